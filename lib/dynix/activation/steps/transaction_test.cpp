// That steps are the programme: what is carried out is what stands there, marked with how it went.
#include "dynix/activation/steps/transaction.hpp"

#include "dynix/activation/applied_state.hpp"
#include "dynix/activation/fakes/fake_machine.hpp"
#include "dynix/activation/journal.hpp"
#include "dynix/activation/restore.hpp"
#include "dynix/activation/steps/programme.hpp"
#include "dynix/activation/steps/reload.hpp"
#include "dynix/activation/steps/within_run.hpp"
#include "dynix/test.hpp"

#include <fmt/format.h>

using namespace dynix;
using namespace dynix::activation;

namespace {

std::vector<std::string> marked(std::vector<step> const& all) {
    std::vector<std::string> words;
    for (auto const& one : all)
        words.push_back(fmt::format("{} {}: {}", name(one), one.unit, to_string(one.mark)));
    return words;
}

using strings = std::vector<std::string>;

} // namespace

TEST_CASE("a phase that comes again is one, with the time of all its parts") {
    fake_machine m;
    std::vector<phase_time> times;
    phases progress(m.time, {}, times);
    for (auto const& [phase, took] :
         {std::pair{apply_phase::activate, 20}, std::pair{apply_phase::prove, 5},
          std::pair{apply_phase::activate, 10}}) {
        progress.enter(phase);
        m.time.time += host::milliseconds(took);
    }
    progress.end();
    REQUIRE(times.size() == 2);
    CHECK(times[0].name == "activate");
    CHECK(times[0].elapsed == host::milliseconds(30));
    CHECK(times[1].elapsed == host::milliseconds(5));
}

TEST_CASE("a kind of step that nobody knows is carried out where it stands") {
    static step_kind const leave_note{
        .name = "leave-note",
        .sentence = "leave a note about {}",
        .left = {.by_reset = "a note about {} is left"},
        .run = [](transaction& in, std::vector<step>& now) {
            transaction::good(now[0], in.host.files.write(in.host.where.pending(), now[0].unit));
        }};
    for (bool const fails : {false, true}) {
        CAPTURE(fails);
        fake_machine m;
        m.add("a.service", service("1"), service("2"));
        auto checked = check(m.wanted, {}, m.seen);
        auto programme = checked.steps;
        programme.insert(programme.begin() + 2, {&leave_note, "a.service"});
        CHECK(describe(programme[2]) == "leave a note about a.service");
        CHECK(
            left_by(programme[2], &left_behind::by_restore) ==
            "'a.service': it does not run as before");
        CHECK(left_by(programme[2], &left_behind::by_reset) == "a note about a.service is left");
        std::vector<phase_time> times;
        phases progress(m.time, {}, times);
        std::vector<std::string> failures;
        transaction_rules rules;
        rules.on_failure = [&](step const& failed, error const&) {
            failures.push_back(name(failed));
            return false;
        };
        transaction work(m.seen, progress, checked.units, rules);
        if (fails)
            REQUIRE(m.plain.write(m.where.pending() + "/in the way", ""));
        work.run(programme);
        CHECK(failures == (fails ? strings{"leave-note"} : strings{}));
        CHECK(
            marked(work.past()) ==
            (fails
                 ? strings{"write-drop-in a.service: done", "reload : done", "leave-note a.service: failed", "reset-failed a.service: skipped", "restart a.service: skipped", "prove a.service: skipped"}
                 : strings{
                       "write-drop-in a.service: done", "reload : done",
                       "leave-note a.service: done", "reset-failed a.service: done",
                       "restart a.service: done", "prove a.service: done"}));
        CHECK(m.view().runs.at("a.service") == (fails ? "/bin/x 1 " : "/bin/x 2 "));
    }
}

TEST_CASE("a way to change a unit that nobody knows is carried out, recorded and taken back") {
    static step_kind const wave{
        .name = "wave",
        .sentence = "wave at {}",
        .keeps_run = true,
        .run = [](transaction& in, std::vector<step>& now) {
            transaction::good(now[0], in.host.files.write(in.host.where.pending(), now[0].unit));
        }};
    static step_kind const watch{
        .name = "watch",
        .sentence = "watch {}",
        .phase = apply_phase::prove,
        .run = [](transaction&, std::vector<step>&) {}};
    static unit_change const waved{
        .name = "wave",
        .done = "waved at",
        .takes = true,
        .begins = true,
        .keeps_run = true,
        .how = taken::by_reload,
        .job = &wave,
        .look = &watch};
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    auto checked = check(m.wanted, {}, m.seen);
    checked.units.at(0).change = &waved;
    auto const journal = journal_of({}, checked.units);
    CHECK(journal.previous.at(0).change == &waved);

    std::vector<phase_time> times;
    phases progress(m.time, {}, times);
    transaction work(m.seen, progress, checked.units, {});
    work.run(steps_of(checked.units));
    CHECK(
        marked(work.past()) == strings{
                                   "write-drop-in a.service: done", "reload : done",
                                   "wave a.service: done", "watch a.service: done"});
    CHECK(m.view().runs.at("a.service") == "/bin/x 1 ");
    CHECK(within_run_begun(work.past(), "a.service"));
    CHECK_FALSE(reload_begun(work.past(), "a.service"));
    CHECK_FALSE(job_begun(work.past(), "a.service"));
    auto const recorded = state_applied({}, {}, checked, m.seen);
    REQUIRE(recorded);
    CHECK(recorded->units.at(0).how == taken::by_reload);

    auto const back = units_back({checked, work.past(), journal}, m.seen);
    CHECK(
        marked(steps_of(back)) == strings{
                                      "put-back-drop-in a.service: planned", "reload : planned",
                                      "wave a.service: planned", "watch a.service: planned"});

    // The next one finds the record of one that was killed, and leaves the unit running.
    fake_machine killed;
    killed.add("a.service", service("1"), service("3", "X-RestartIfChanged=false\n"));
    auto next = check(killed.wanted, {}, killed.seen);
    REQUIRE(next.units.at(0).change == &changes::leave);
    next.recorded = journal;
    CHECK(
        marked(steps_of(units_back({next, {}, journal_of(journal, next.units)}, killed.seen))) ==
        strings{
            "put-back-drop-in a.service: planned", "reload : planned", "wave a.service: planned",
            "watch a.service: planned"});

    strings warnings;
    warn_of_fallbacks(
        {{.kind = &wave, .unit = "a.service", .why = make_error("deaf"), .falls_back = &waved}},
        warnings);
    CHECK(warnings == strings{"'a.service' is restarted, as a wave was not enough: deaf"});
}

TEST_CASE("what a service says of its reload shows nothing where it was asked in another way") {
    static step_kind const nod{
        .name = "nod",
        .sentence = "nod at {}",
        .keeps_run = true,
        .run = [](transaction& in, std::vector<step>& now) {
            ask_within_run(in, now, [](transaction&, std::vector<step*> const&) {});
        }};
    static unit_change const nodded{.name = "nod", .keeps_run = true, .job = &nod};
    for (auto const* const way : {&changes::reload, &nodded}) {
        CAPTURE(way->name);
        auto const lines = "Type=notify-reload\nX-ReloadIfChanged=true\nExecReload=/bin/r\n";
        fake_machine m;
        m.add("a.service", service("1", lines), service("2", lines));
        auto checked = check(m.wanted, {}, m.seen);
        checked.units.at(0).change = way;
        std::vector<phase_time> times;
        phases progress(m.time, {}, times);
        transaction work(m.seen, progress, checked.units, {});
        work.run(steps_of(checked.units));
        CHECK(checked.units.at(0).reload_shown == (way == &changes::reload));
    }
}

TEST_CASE("only of a unit that has failed the failures have to be forgotten") {
    for (bool const failed : {false, true}) {
        CAPTURE(failed);
        fake_machine m;
        m.add("a.service", service("1"), service("2"));
        if (failed)
            fake_systemd::fail(m.units.units["a.service"]);
        m.units.fails = [](std::string const& call) { return call == "ResetFailedUnit a.service"; };
        CHECK(m.apply().result == (failed ? apply_result::failed_restored : apply_result::done));
    }
}

TEST_CASE("a deferred unit that became a restart reads restart") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"), false);
    m.add("b.service", service("1"), service("2"), false);
    m.units.fails = [&](std::string const& call) {
        if (call == "reload" && !m.units.units["a.service"].status.active())
            m.units.start("a.service");
        return false;
    };
    CHECK(
        marked(m.apply({.dry_run = true}).steps) ==
        strings{
            "write-drop-in a.service: planned", "write-drop-in b.service: planned",
            "reload : planned", "defer a.service: planned", "defer b.service: planned"});
    CHECK(
        marked(m.apply().steps) == strings{
                                       "write-drop-in a.service: done",
                                       "write-drop-in b.service: done", "reload : done",
                                       "defer b.service: done", "reset-failed a.service: done",
                                       "restart a.service: done", "prove a.service: done"});
}

TEST_CASE("what a restore has taken back reads undone, and its own steps are told") {
    fake_machine m;
    m.add("a.service", service("1"), service("bad"));
    m.units.on_start = fail_bad;
    auto const found = m.apply();
    CHECK(found.result == apply_result::failed_restored);
    CHECK(
        marked(found.steps) == strings{
                                   "write-drop-in a.service: undone", "reload : undone",
                                   "reset-failed a.service: undone", "restart a.service: undone",
                                   "prove a.service: failed"});
    CHECK(
        marked(found.restore_steps) == strings{
                                           "put-back-drop-in a.service: done", "reload : done",
                                           "reset-failed a.service: done",
                                           "restart a.service: done", "prove a.service: done"});
}
