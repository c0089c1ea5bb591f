#include "dynix/host/detail/unit_properties.hpp"

#include "dynix/host/detail/listed_units.hpp"

#include "dynix/test.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <vector>

using namespace dynix;
using namespace dynix::host;

namespace {

// What PID 1 is asked: "GetAll a_2eservice", "Get a_2eservice MainPID", "ListUnits".
struct asked_call {
    std::string what;
    message_ptr message;
};

// The other end of a connection: it answers when as many calls have come as it waits for, so that
// who asks one by one waits in vain.
class manager {
  public:
    // How a call is answered; false: with an error.
    using answer = std::function<bool(std::string const& what, sd_bus_message* reply)>;

    manager(std::size_t calls, answer how) : calls_(calls), how_(std::move(how)) {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
        client_ = open(ends[0], false);
        thread_ = std::thread([this, end = ends[1]] { serve(end); });
    }
    manager(manager const&) = delete;
    manager& operator=(manager const&) = delete;
    ~manager() {
        client_.reset();
        thread_.join();
    }

    sd_bus* bus() const { return client_.get(); }

    // Ends the connection; what was asked.
    std::vector<std::string> asked() {
        client_.reset();
        thread_.join();
        thread_ = std::thread([] {});
        return asked_;
    }

  private:
    static bus_ptr open(int descriptor, bool serves) {
        sd_bus* raw = nullptr;
        sd_bus_new(&raw);
        bus_ptr bus(raw);
        sd_bus_set_fd(raw, descriptor, descriptor);
        sd_id128_t server{};
        sd_id128_randomize(&server);
        if (serves)
            sd_bus_set_server(raw, 1, server);
        sd_bus_set_anonymous(raw, 1);
        sd_bus_start(raw);
        return bus;
    }

    static std::string describe_call(sd_bus_message* call) {
        auto const path = std::string_view(sd_bus_message_get_path(call));
        std::string out = sd_bus_message_get_member(call);
        char const* word = nullptr;
        if (out == "ListUnits")
            return out;
        out += ' ';
        out += path.substr(path.rfind('/') + 1);
        sd_bus_message_read_basic(call, 's', &word);
        if (out.starts_with("Get ") && sd_bus_message_read_basic(call, 's', &word) > 0)
            (out += ' ') += word;
        return out;
    }

    void reply(asked_call const& one) const {
        sd_bus_message* raw = nullptr;
        sd_bus_message_new_method_return(one.message.get(), &raw);
        message_ptr const made(raw);
        if (how_(one.what, raw))
            sd_bus_send(nullptr, raw, nullptr);
        else
            sd_bus_reply_method_errorf(
                one.message.get(),
                one.what.find("a_2esocket") == one.what.npos ? SD_BUS_ERROR_UNKNOWN_PROPERTY
                                                             : SD_BUS_ERROR_UNKNOWN_OBJECT,
                "unknown");
    }

    // Until the connection ends. Where nothing answers, it ends it when the calls have come.
    void serve(int descriptor) {
        auto const bus = open(descriptor, true);
        std::vector<asked_call> held;
        for (;;) {
            sd_bus_message* raw = nullptr;
            auto const code = sd_bus_process(bus.get(), &raw);
            message_ptr message(raw);
            if (code < 0)
                return;
            if (code == 0 && sd_bus_wait(bus.get(), UINT64_MAX) < 0)
                return;
            if (!message || sd_bus_message_is_method_call(raw, nullptr, nullptr) <= 0)
                continue;
            asked_.push_back(describe_call(raw));
            held.push_back({asked_.back(), std::move(message)});
            if (asked_.size() < calls_)
                continue;
            if (!how_)
                return;
            for (auto const& one : held)
                reply(one);
            held.clear();
        }
    }

    std::size_t calls_;
    answer how_;
    std::vector<std::string> asked_{};
    bus_ptr client_{};
    std::thread thread_{};
};

bool has_word(std::string const& what, std::string_view word) {
    return what.ends_with(word);
}

// What PID 1 says of a property of a unit that runs; false for one that it does not know.
bool of_services(std::string const& what, sd_bus_message* to) {
    static std::map<std::string_view, std::function<int(sd_bus_message*)>> const known = {
        {"Id", [](auto* it) { return sd_bus_message_append(it, "v", "s", "b.service"); }},
        {"LoadState", [](auto* it) { return sd_bus_message_append(it, "v", "s", "loaded"); }},
        {"RequiredBy",
         [](auto* it) { return sd_bus_message_append(it, "v", "as", 1, "c.service"); }},
        {"MainPID", [](auto* it) { return sd_bus_message_append(it, "v", "u", 42); }},
        {"NRestarts", [](auto* it) { return sd_bus_message_append(it, "v", "u", 3); }},
        {"ExecMainStatus", [](auto* it) { return sd_bus_message_append(it, "v", "i", -1); }},
        {"RemainAfterExit", [](auto* it) { return sd_bus_message_append(it, "v", "b", 1); }},
        {"ConditionResult", [](auto* it) { return sd_bus_message_append(it, "v", "b", 0); }},
        {"ConditionTimestamp", [](auto* it) { return sd_bus_message_append(it, "v", "t", 5ULL); }},
        {"Type", [](auto* it) { return sd_bus_message_append(it, "v", "s", "simple"); }},
        {"InvocationID", [](auto* it) {
             std::array<unsigned char, 16> const id{1, 2};
             auto code = sd_bus_message_open_container(it, 'v', "ay");
             if (code >= 0)
                 code = sd_bus_message_append_array(it, 'y', id.data(), id.size());
             return code < 0 ? code : sd_bus_message_close_container(it);
         }}};
    auto const name = std::string_view(what).substr(what.rfind(' ') + 1);
    if (auto const found = known.find(name); found != known.end())
        return found->second(to) >= 0;
    if (name.ends_with("USec") || name.find("Timestamp") != name.npos)
        return sd_bus_message_append(to, "v", "t", name.ends_with("StopUSec") ? ~0ULL : 1500ULL) >=
               0;
    if (name.ends_with("State") || name == "FragmentPath" || name == "Result" ||
        name == "ControlGroup")
        return sd_bus_message_append(to, "v", "s", "") >= 0;
    if (name.starts_with("Refuse") || name == "Transient" || name.starts_with("StopWhen"))
        return sd_bus_message_append(to, "v", "b", 0) >= 0;
    return sd_bus_message_append(to, "v", "as", 0) >= 0;
}

// So many are sent at least before the first answer is waited for.
constexpr std::size_t calls_at_once = 60;

bool asks_for_files(std::string const& call) {
    return call.starts_with("GetAll") || has_word(call, "NeedDaemonReload");
}

} // namespace

TEST_CASE("many services are asked about before the first answer is waited for") {
    manager systemd(calls_at_once, of_services);
    auto const found = read_statuses(systemd.bus(), {"a.service", "b.service"});
    REQUIRE(found);
    REQUIRE(found->size() == 2);
    for (auto const& one : *found) {
        CHECK(one.code == 0);
        CHECK(one.status.name == "b.service");
        CHECK(!one.status.condition_result);
        CHECK(one.status.invocation_id == "01020000000000000000000000000000");
        CHECK(one.status.stopped_with_it == std::vector<std::string>{"c.service"});
        CHECK(one.status.relations.name == "b.service");
        CHECK(one.status.relations.load_state == "loaded");
        CHECK(one.status.relations.skipped_by_condition);
        CHECK(one.status.relations.links == std::vector<unit_link>{{"RequiredBy", "c.service"}});
        CHECK(one.status.main_pid == 42);
        CHECK(one.status.n_restarts == 3);
        CHECK(one.status.main_exit_status == -1);
        CHECK(one.status.remain_after_exit);
        CHECK(one.status.type == "simple");
    }
}

TEST_CASE("no unit is asked for what systemd looks into all unit files for") {
    manager systemd(1, of_services);
    REQUIRE(read_statuses(systemd.bus(), {"a.service", "b.socket"}));
    REQUIRE(read_relations(systemd.bus(), {"a.service"}));
    auto const asked = systemd.asked();
    CHECK(asked.size() > calls_at_once);
    CHECK(std::ranges::none_of(asked, asks_for_files));
}

TEST_CASE("only services are asked for what services have") {
    manager systemd(1, of_services);
    REQUIRE(read_statuses(systemd.bus(), {"a.socket"}));
    CHECK(std::ranges::none_of(
        systemd.asked(), [](std::string const& call) { return has_word(call, "MainPID"); }));
}

TEST_CASE("what systemd does not say of one unit is no fault of another") {
    manager systemd(1, [](std::string const& what, sd_bus_message* to) {
        return what.find("b_2etimer") != what.npos && of_services(what, to);
    });
    auto const found = read_statuses(systemd.bus(), {"a.socket", "b.timer"});
    REQUIRE(found);
    CHECK((*found)[0].code < 0);
    CHECK((*found)[1].code == 0);
}

TEST_CASE("what an older systemd does not know of is not there, and no fault") {
    manager systemd(1, [](std::string const& what, sd_bus_message* to) {
        return !has_word(what, "Upholds") && !has_word(what, "FreezerState") &&
               of_services(what, to);
    });
    auto const found = read_statuses(systemd.bus(), {"a.service"});
    REQUIRE(found);
    CHECK(found->front().code == 0);
    CHECK(!found->front().status.frozen);
}

TEST_CASE("what a unit has to do with others is asked of each at once") {
    manager systemd(30, of_services);
    auto const found = read_relations(systemd.bus(), {"a.service", "b.service"});
    REQUIRE(found);
    CHECK(found->back().name == "b.service");
    CHECK(found->back().skipped_by_condition);
    CHECK(found->back().links == std::vector<unit_link>{{"RequiredBy", "c.service"}});
}

TEST_CASE("how the files of a unit are loaded is two calls, and not all that it is") {
    manager systemd(2, [](std::string const& what, sd_bus_message* to) {
        return has_word(what, "DropInPaths")
                   ? sd_bus_message_append(to, "v", "as", 1, "/run/x.conf") >= 0
                   : sd_bus_message_append(to, "v", "s", "masked") >= 0;
    });
    auto const found = read_loads(systemd.bus(), {"a.service"});
    REQUIRE(found);
    CHECK(found->front().load_state == "masked");
    CHECK(!found->front().loaded());
    CHECK(found->front().drop_in_paths == std::vector<std::string>{"/run/x.conf"});
}

TEST_CASE("the run of a unit is asked for without its files, and of one that is not up, why") {
    bool is_up = false;
    SUBCASE("up") {
        is_up = true;
    }
    SUBCASE("not up") {}
    manager systemd(9, [&](std::string const& what, sd_bus_message* to) {
        return has_word(what, "ActiveState")
                   ? sd_bus_message_append(to, "v", "s", is_up ? "active" : "failed") >= 0
                   : of_services(what, to);
    });
    auto const found = read_statuses_of_runs(systemd.bus(), {"a.service"});
    REQUIRE(found);
    auto const& now = found->front().status;
    CHECK(found->front().code == 0);
    CHECK(now.name == "a.service");
    CHECK(now.invocation_id == "01020000000000000000000000000000");
    CHECK(now.last_inactive_usec == 1500);
    CHECK(now.condition_result == is_up);
    CHECK(now.main_exit_status == (is_up ? 0 : -1));
    CHECK(now.main_pid == 42);
    auto const asked = systemd.asked();
    CHECK(asked.size() == (is_up ? 9 : 12));
    CHECK(std::ranges::none_of(asked, asks_for_files));
}

TEST_CASE("timeouts of all units are asked for together, and none is without end") {
    manager systemd(3, of_services);
    auto const found = read_timeouts(systemd.bus(), {"a.service", "b.target", "c.socket"});
    REQUIRE(found);
    CHECK((*found)[0].start == milliseconds(2));
    CHECK(!(*found)[0].stop);
    CHECK((*found)[1].start == milliseconds(0));
    CHECK((*found)[1].stop == milliseconds(0));
    CHECK((*found)[2].stop == milliseconds(2));
}

TEST_CASE("of units without a file nobody asks whether it has changed") {
    manager systemd(1, [](std::string const&, sd_bus_message* to) {
        return sd_bus_message_append(to, "v", "b", 1) >= 0;
    });
    unit_run there{.name = "a.service"};
    unit_run gone{.name = "b.service", .has_file = false};
    auto const found = read_changed_files(systemd.bus(), {there, gone});
    REQUIRE(found);
    CHECK(*found == std::vector<std::string>{"a.service"});
    CHECK(systemd.asked() == std::vector<std::string>{"Get a_2eservice NeedDaemonReload"});
}

TEST_CASE("all units are listed once, and each is asked for its run") {
    auto const list = [](std::string const& what, sd_bus_message* to) {
        std::array<std::uint8_t, 16> constexpr id{0xab};
        if (what != "ListUnits") {
            sd_bus_message_open_container(to, 'v', "ay");
            sd_bus_message_append_array(to, 'y', id.data(), id.size());
            return sd_bus_message_close_container(to) >= 0;
        }
        return sd_bus_message_append(
                   to, "a(ssssssouso)", 3, "a.service", "", "loaded", "active", "running", "", "/",
                   0, "", "/", "b.device", "", "loaded", "active", "plugged", "", "/", 0, "", "/",
                   "c.service", "", "not-found", "inactive", "dead", "", "/", 0, "", "/") >= 0;
    };
    manager systemd(1, list);
    auto const found = read_runs(systemd.bus());
    REQUIRE(found);
    REQUIRE(found->size() == 2);
    CHECK((*found)[0].invocation_id == "ab000000000000000000000000000000");
    CHECK((*found)[0].active_state == "active");
    CHECK((*found)[0].has_file);
    CHECK(!(*found)[1].has_file);
    CHECK(systemd.asked().size() == 3);
}

TEST_CASE("the names of all units are one call") {
    manager systemd(1, [](std::string const&, sd_bus_message* to) {
        return sd_bus_message_append(
                   to, "a(ssssssouso)", 2, "a.service", "", "loaded", "active", "running", "", "/",
                   0, "", "/", "b.device", "", "loaded", "active", "plugged", "", "/", 0, "",
                   "/") >= 0;
    });
    auto const found = read_names(systemd.bus());
    REQUIRE(found);
    CHECK(*found == std::vector<std::string>{"a.service"});
    CHECK(systemd.asked() == std::vector<std::string>{"ListUnits"});
}

// What was not answered is not what systemd said.
TEST_CASE("a connection that ends meanwhile is an error") {
    std::map<std::string, std::function<bool(sd_bus*)>> const ways = {
        {"statuses", [](sd_bus* bus) { return read_statuses(bus, {"a.service"}).has_value(); }},
        {"timeouts",
         [](sd_bus* bus) {
             return read_timeouts(bus, {"a.service", "b.service"}).has_value();
         }},
        {"relations",
         [](sd_bus* bus) {
             return read_relations(bus, {"a.service", "b.service", "c.service"}).has_value();
         }},
        {"changed files",
         [](sd_bus* bus) {
             return read_changed_files(bus, {{.name = "a"}, {.name = "b"}}).has_value();
         }},
    };
    for (auto const& way : ways) {
        CAPTURE(way.first);
        manager systemd(2, nullptr);
        CHECK(!way.second(systemd.bus()));
    }
}
