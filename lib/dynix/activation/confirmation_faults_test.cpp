// An apply that has to be confirmed, its confirmation and its return, with a fault at every call.
#include "dynix/activation/fakes/fake_confirmation.hpp"
#include "dynix/activation/status.hpp"

#include <fmt/format.h>

using namespace dynix;
using namespace dynix::activation;

namespace {

std::map<std::string, std::string> const new_runs{{"a", "/bin/x new "}, {"b", "/bin/x new "}};

std::map<std::string, std::string> const static_runs{
    {"a", "/bin/x static "}, {"b", "/bin/x static "}};

// What 'dynix status' says then: nothing is called live that no process has, and all is only where
// it is.
void check_status(confirmed_machine& m) {
    auto const now = current_status(m.seen);
    REQUIRE(now);
    auto const runs = m.view().runs;
    for (auto const& unit : now->units)
        if (unit.standing == unit_standing::live)
            CHECK(
                "[Service]\nExecStart=" +
                    runs.at(unit.name).substr(0, runs.at(unit.name).size() - 1) + "\n" ==
                now->recorded->find(unit.name)->dynamic_text);
    if (now->all_live() && !now->unfinished)
        CHECK((m.runs() == m.first_runs || m.runs() == new_runs || m.runs() == static_runs));
}

// Does `act` on machines that `prepare` has readied, with a fault at each of its calls in turn, and
// then `check` on what became of it.
template <class Prepare, class Act, class Check>
void at_every_call(
    std::vector<manner> const& manners, Prepare const& prepare, Act const& act,
    Check const& check) {
    for (auto const what : {before_confirmed::nothing_applied, before_confirmed::older_applied})
        for (auto const how : manners)
            for (std::size_t at = 1;; at += faults::distance()) {
                confirmed_machine m(what);
                prepare(m);
                auto const run = with_fault(m, how, at, [&] { return act(m); });
                if (!run.found)
                    CHECK(how == manner::kill);
                if (run.beyond)
                    break;
                auto const fault =
                    fmt::format("call {} ({}), manner {}", at, run.call, static_cast<int>(how));
                CAPTURE(fault);
                CAPTURE(static_cast<int>(what));
                check(m, run.found);
                REQUIRE(at < 1000);
            }
}

void apply_and_wait(confirmed_machine& m) {
    REQUIRE(m.apply_to_confirm().result == apply_result::done);
}

} // namespace

TEST_CASE(
    "an apply with a fault at every call: what waits is taken back in its time, nothing else") {
    at_every_call(
        {manner::once, manner::from_then_on, manner::kill}, [](confirmed_machine&) {},
        [](confirmed_machine& m) { return m.apply_to_confirm(); },
        [](confirmed_machine& m, auto const& found) {
            check_status(m);
            auto const now = m.recorded();
            bool const waits = now && now->is_open();
            bool const changed = m.runs() != m.first_runs || m.view().drop_ins != m.first_drop_ins;
            if (changed)
                CHECK(waits);
            // Only what is not over waits for systemd.
            if (found && found->result == apply_result::done)
                CHECK(waits);
            if (waits && changed) {
                CHECK_FALSE(m.units.timers.empty());
                m.time.time += two_minutes;
                m.let_timers_fire();
                m.check_as_first();
                check_status(m);
                CHECK_FALSE(m.recorded()->is_open());
                CHECK(m.undone == std::vector<override_id>{second});
            }
        });
}

TEST_CASE("a return with a fault at every call: run again, it comes to its end") {
    at_every_call(
        {manner::once, manner::kill},
        [](confirmed_machine& m) {
            apply_and_wait(m);
            m.time.time += two_minutes;
        },
        [](confirmed_machine& m) { return m.back({.only_when_due = true}); },
        [](confirmed_machine& m, auto const&) {
            check_status(m);
            auto const now = m.recorded();
            REQUIRE(now);
            if (now->is_open()) {
                // Killed, or refused: systemd starts it once more, or a person does.
                REQUIRE(m.back({.only_when_due = true}).what);
                CHECK(m.recorded()->now == confirmation_phase::taken_back);
            }
            if (m.recorded()->now == confirmation_phase::taken_back)
                m.check_as_first();
            else
                CHECK_FALSE(m.recorded()->left.empty());
            CHECK(m.undone == std::vector<override_id>{second});
        });
}

TEST_CASE("a confirmation with a fault at every call: it is kept, or taken back in its time") {
    at_every_call(
        {manner::once, manner::from_then_on, manner::kill}, apply_and_wait,
        [](confirmed_machine& m) { return m.confirm_by("alice"); },
        [](confirmed_machine& m, auto const& found) {
            CHECK(m.runs() == new_runs);
            check_status(m);
            auto const now = m.recorded();
            REQUIRE(now);
            if (found)
                CHECK(now->is_open() != found->has_value());
            m.time.time += two_minutes;
            if (now->is_open()) {
                CHECK_FALSE(m.units.timers.empty());
                m.let_timers_fire();
                m.check_as_first();
                CHECK(m.undone == std::vector<override_id>{second});
            } else {
                m.let_timers_fire();
                CHECK(m.runs() == new_runs);
                CHECK(m.undone.empty());
            }
            check_status(m);
        });
}
