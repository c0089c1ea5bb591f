// PID 1 for tests of what is asked of it, at the other end of a connection.
#pragma once

#include "dynix/host/detail/bus_connection.hpp"

#include "dynix/test.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <utility>
#include <vector>

namespace dynix::host {

// What PID 1 is asked: "GetAll a_2eservice", "Get a_2eservice MainPID", "ListUnits",
// "ListUnitsByNames a.service b.service".
struct asked_call {
    std::string what;
    message_ptr message;
};

// The other end of a connection: it answers when as many calls for properties have come as it waits
// for, so that who asks one by one waits in vain.
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

    bool refuses_access = false; // to what it does not answer; else it does not know it

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
        if (out == "ListUnitsByNames") {
            sd_bus_message_enter_container(call, 'a', "s");
            while (sd_bus_message_read_basic(call, 's', &word) > 0)
                (out += ' ') += word;
            return out;
        }
        out += ' ';
        out += path.substr(path.rfind('/') + 1);
        sd_bus_message_read_basic(call, 's', &word);
        if (out.starts_with("Get ") && sd_bus_message_read_basic(call, 's', &word) > 0)
            (out += ' ') += word;
        return out;
    }

    static bool is_for_unknown(std::string const& what) {
        return what.find("a_2esocket") != what.npos || what.find("a.socket") != what.npos;
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
                refuses_access             ? SD_BUS_ERROR_ACCESS_DENIED
                : is_for_unknown(one.what) ? SD_BUS_ERROR_UNKNOWN_OBJECT
                                           : SD_BUS_ERROR_UNKNOWN_PROPERTY,
                "refused");
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
            bool const lists = asked_.back().starts_with("ListUnitsByNames") && how_;
            held.push_back({asked_.back(), std::move(message)});
            if (lists)
                ++lists_;
            else if (asked_.size() - lists_ < calls_)
                continue;
            if (!how_)
                return;
            for (auto const& one : held)
                reply(one);
            held.clear();
        }
    }

    std::size_t calls_;
    std::size_t lists_ = 0;
    answer how_;
    std::vector<std::string> asked_{};
    bus_ptr client_{};
    std::thread thread_{};
};

// The answer to ListUnitsByNames, of units that are in this state.
inline bool
list_in(std::string const& what, sd_bus_message* to, char const* state, char const* job = "") {
    auto rest = std::string_view(what);
    auto code = sd_bus_message_open_container(to, 'a', "(ssssssouso)");
    for (auto at = rest.find(' '); code >= 0 && at != rest.npos; at = rest.find(' ')) {
        rest.remove_prefix(at + 1);
        std::string const name(rest.substr(0, rest.find(' ')));
        code = sd_bus_message_append(
            to, "(ssssssouso)", name == "a.service" ? "b.service" : name.c_str(), "", "loaded",
            state, "running", "", "/", 0, job, "/");
    }
    return code >= 0 && sd_bus_message_close_container(to) >= 0;
}

inline bool has_word(std::string const& what, std::string_view word) {
    return what.ends_with(word);
}

// What PID 1 says of a property of a unit that runs; false for one that it does not know.
inline bool of_services(std::string const& what, sd_bus_message* to) {
    if (what.starts_with("ListUnitsByNames"))
        return list_in(what, to, "inactive");
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

} // namespace dynix::host
