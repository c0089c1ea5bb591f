// Every call that an activation makes fails once, or fails from then on, or is where the process is
// killed. What is promised after each is checked, and that the next apply or reset converges.
#include "dynix/activation/fakes/fake_machine.hpp"
#include "dynix/activation/record/state.hpp"
#include "dynix/activation/status.hpp"

#include "dynix/test.hpp"

#include <fmt/format.h>

using namespace dynix;
using namespace dynix::activation;

namespace {

std::string listens(std::string const& port) {
    return "[Socket]\nListenStream=" + port + "\n";
}

// Two plain services, a socket with its running service, and one that the plan leaves alone.
void plan_units(fake_machine& m, std::string const& setting) {
    m.wanted = {};
    auto const add = [&](std::string const& name, std::string const& from, std::string const& to) {
        if (m.units.units.contains(name)) {
            m.wanted.services[0].units.push_back({name, from, to});
        } else {
            m.add(name, from, to);
        }
    };
    m.wanted.services.push_back({.name = "all", .settle = host::milliseconds(100)});
    add("a.service", service("static"), service(setting));
    add("b.service", service("static"), service(setting));
    add("web.socket", listens("1"), listens(setting));
    add("web.service", service("static"), service(setting));
    m.units.units["web.socket"].status.triggers = {"web.service"};
    if (!m.units.units.contains("other.service"))
        m.units.add("other.service", service("static"));
}

enum class before_it { nothing_applied, older_applied };

// The plan to apply has the setting "new", or "bad", with which b.service does not stay up.
void prepare(fake_machine& m, before_it what, std::string const& setting) {
    m.units.on_start = [](std::string const& name, fake_unit& started) {
        if (name == "b.service")
            fail_bad(name, started);
    };
    plan_units(m, "old");
    if (what == before_it::older_applied)
        REQUIRE(m.apply().result == apply_result::done);
    plan_units(m, setting);
}

std::optional<state> recorded(fake_machine& m) {
    auto found = read_state(m.seen);
    REQUIRE(found);
    return *found;
}

void check_runs(fake_machine& m, std::string const& setting) {
    auto const now = m.view();
    CHECK(now.runs.at("a.service") == "/bin/x " + setting + " ");
    CHECK(now.runs.at("b.service") == "/bin/x " + setting + " ");
    CHECK(now.runs.at("web.service") == "/bin/x " + setting + " ");
    CHECK(m.units.units["web.socket"].status.active());
    CHECK(now.runs.at("web.socket") == "listens on " + (setting == "static" ? "1" : setting) + " ");
    CHECK(
        m.units.units["web.socket"].loaded.last("Socket", "ListenStream") ==
        (setting == "static" ? "1" : setting));
    CHECK(now.drop_ins.size() == (setting == "static" ? 0 : 4));
    if (setting == "static")
        CHECK_FALSE(now.state.has_value());
    else
        CHECK(recorded(m)->now == record_state::applied);
}

// What exit code, drop-ins, processes and state must have to do with each other.
void check_promise(
    apply_outcome const& found, machine_view const& before, fake_machine& m,
    std::string const& setting) {
    auto const now = m.view();
    CAPTURE(to_string(exit_code_of(found.result)));
    switch (found.result) {
    case apply_result::done:
        check_runs(m, setting);
        return;
    case apply_result::refused:
        CHECK(now == before);
        CHECK_FALSE(found.errors.empty());
        return;
    case apply_result::failed_restored: {
        CHECK(now.runs == before.runs);
        CHECK(now.drop_ins == before.drop_ins);
        CHECK(now.state.has_value() == before.state.has_value());
        if (now.state)
            CHECK(recorded(m)->now == record_state::applied);
        CHECK(found.left.empty());
        CHECK_FALSE(found.errors.empty());
        return;
    }
    case apply_result::failed_left:
        CHECK_FALSE(found.left.empty());
        CHECK_FALSE(found.errors.empty());
        return;
    }
}

// What comes after the fault, once nothing fails any more.
void check_converges(fake_machine& m, bool by_reset) {
    m.injected.disarm();
    if (by_reset) {
        auto const found = m.reset();
        CHECK(found.result == apply_result::done);
        check_runs(m, "static");
    } else {
        plan_units(m, "newer");
        auto const found = m.apply();
        for (auto const& one : found.errors)
            MESSAGE(render(one));
        CHECK(found.result == apply_result::done);
        check_runs(m, "newer");
        auto const status = current_status(m.seen);
        REQUIRE(status);
        CHECK(status->all_live());
    }
}

char const* word(manner how) {
    return how == manner::once           ? "fails once"
           : how == manner::from_then_on ? "fails from then on"
                                         : "is the place of a kill";
}

// At which calls each phase began.
using phase_begins = std::map<apply_phase, std::size_t>;

// Where a fault may end with something not as it was. One fault that makes an apply fail is taken
// back; only a further one, during the restore, is not, and a reset goes on to its end. Nothing is
// left before the first change, and a file that cannot be read changes nothing.
bool may_be_left(
    manner how, std::string const& setting, phase_begins const& begins, std::size_t at,
    std::string const& call) {
    auto const after = [&](apply_phase phase) {
        return begins.contains(phase) && at > begins.at(phase);
    };
    if (how == manner::from_then_on || setting == "static")
        return after(apply_phase::activate) &&
               (how == manner::from_then_on || !call.starts_with("read"));
    return setting == "bad" && after(apply_phase::restore) && !call.starts_with("read");
}

// Runs `act` on the same machine for every call it makes, with a fault there; from what comes of it
// both an apply and a reset go on.
template <class Act>
void with_every_fault(before_it what, std::string const& setting, Act const& act) {
    fake_machine m;
    prepare(m, what, setting);
    auto const before = m.view();
    auto const other = m.invocation("other.service");
    kept_machine const prepared(m);
    for (auto const how : {manner::once, manner::from_then_on, manner::kill})
        for (std::size_t at = 1;; at += faults::distance()) {
            prepared.put_back();
            REQUIRE(m.view() == before);
            phase_begins begins;
            auto const on_progress = [&](progress const& told) {
                if (told.begins)
                    begins.try_emplace(told.phase, m.injected.calls.size());
            };
            auto const run = with_fault(m, how, at, [&] { return act(m, on_progress); });
            if (run.beyond)
                break;
            auto const& found = run.found;
            auto const fault = fmt::format("call {} ({}) {}", at, run.call, word(how));
            CAPTURE(fault);
            CHECK(!found == (how == manner::kill));
            if (found)
                check_promise(*found, before, m, setting);
            if (found && found->result == apply_result::failed_left)
                CHECK(may_be_left(how, setting, begins, at, run.call));
            kept_machine const struck(m);
            for (bool const by_reset : {false, true}) {
                CAPTURE(by_reset);
                if (by_reset)
                    struck.put_back();
                check_converges(m, by_reset);
                CHECK(m.invocation("other.service") == other);
            }
            REQUIRE(at < 1000);
        }
}

} // namespace

TEST_CASE("apply, with a fault at every call") {
    for (auto const what : {before_it::nothing_applied, before_it::older_applied}) {
        CAPTURE(static_cast<int>(what));
        with_every_fault(what, "new", [](fake_machine& m, auto const& on_progress) {
            return m.apply({.on_progress = on_progress});
        });
    }
}

TEST_CASE("an apply that must restore, with a further fault at every call") {
    for (auto const what : {before_it::nothing_applied, before_it::older_applied}) {
        CAPTURE(static_cast<int>(what));
        with_every_fault(what, "bad", [](fake_machine& m, auto const& on_progress) {
            return m.apply({.on_progress = on_progress});
        });
    }
}

TEST_CASE("reset, with a fault at every call") {
    with_every_fault(
        before_it::older_applied, "static", [](fake_machine& m, auto const& on_progress) {
            return m.reset({.on_progress = on_progress});
        });
}

TEST_CASE("without a fault the same situations end as they should") {
    for (auto const what : {before_it::nothing_applied, before_it::older_applied}) {
        fake_machine m;
        prepare(m, what, "new");
        CHECK(m.apply().result == apply_result::done);
        check_runs(m, "new");
        fake_machine failing;
        prepare(failing, what, "bad");
        auto const before = failing.view();
        auto const found = failing.apply();
        CHECK(found.result == apply_result::failed_restored);
        CHECK(failing.view().runs == before.runs);
        CHECK(failing.view().drop_ins == before.drop_ins);
    }
}
