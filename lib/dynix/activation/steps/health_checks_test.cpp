// Health checks: when their commands run, what their failure leads to, and what is shown of it.
#include "dynix/activation/fakes/fake_machine.hpp"
#include "dynix/activation/steps/health_checks.hpp"

#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::activation;

namespace {

plan::preflight_check preflight(std::string name) {
    return {.name = name, .command = {"/bin/preflight", name}};
}

plan::probe_check probe(std::string name) {
    return {.name = name, .command = {"/bin/probe", name}};
}

host::command_end exits(std::int64_t status, std::string output = {}) {
    auto const size = output.size();
    return {
        .result = status == 0 ? "success" : "exit-code",
        .status = status,
        .output = std::move(output),
        .written = size};
}

// a.service, with a change.
struct checked_machine : fake_machine {
    checked_machine() { add("a.service", service("1"), service("2")); }

    plan::unit_checks& checks() { return planned("a.service").checks; }

    std::size_t commands() const {
        return static_cast<std::size_t>(
            std::count_if(units.calls.begin(), units.calls.end(), [](std::string const& call) {
                return call.starts_with("command");
            }));
    }
};

std::vector<std::string> told(std::vector<step> const& steps) {
    std::vector<std::string> all;
    for (auto const& one : steps)
        all.push_back(to_string(one.mark) + ": " + describe(one));
    return all;
}

} // namespace

TEST_CASE("preflights run before anything changes, probes after the proof") {
    checked_machine m;
    m.checks() = {{preflight("syntax"), preflight("files")}, {probe("http")}};
    auto const found = m.apply();
    CHECK(found.result == apply_result::done);
    CHECK(
        told(found.steps) ==
        std::vector<std::string>{
            "done: run the preflight 'syntax' of a.service",
            "done: run the preflight 'files' of a.service",
            "done: write " + host::paths().drop_in("a.service"),
            "done: reload systemd (daemon-reload)", "done: reset the start limit of a.service",
            "done: restart a.service", "done: prove that a.service runs as planned",
            "done: wait until the probe 'http' of a.service succeeds"});
    auto acts = m.units.acts();
    std::erase(acts, "wait");
    CHECK(
        acts == std::vector<std::string>{
                    "command a.service /bin/preflight syntax",
                    "command a.service /bin/preflight files", "reload", "ResetFailedUnit a.service",
                    "queue", "restart a.service", "wait for the jobs",
                    "command a.service /bin/probe http"});
    std::vector<std::string> phases;
    for (auto const& one : found.times)
        phases.push_back(one.name);
    CHECK(phases == std::vector<std::string>{"check", "health", "activate", "prove"});
}

TEST_CASE("a dry run names the checks and runs none") {
    checked_machine m;
    m.checks() = {{preflight("syntax")}, {probe("http")}};
    m.checks().probes[0].before = {"/bin/probe", "old"};
    auto const found = m.apply({.dry_run = true});
    CHECK(found.result == apply_result::done);
    CHECK(m.commands() == 0);
    REQUIRE(found.steps.size() == 8);
    CHECK(describe(found.steps[0]) == "run the preflight 'syntax' of a.service");
    CHECK(
        describe(found.steps[1]) ==
        "see whether the probe 'http' of a.service succeeds before the change");
    CHECK(name(found.steps[7]) == "probe");
}

TEST_CASE("a unit that does not change is not checked, and one that does not run not probed") {
    checked_machine m;
    m.checks() = {{preflight("syntax")}, {probe("http")}};
    m.planned("a.service").dynamic_text = service("1");
    CHECK(m.apply().steps.empty());
    CHECK(m.commands() == 0);
    m.planned("a.service").dynamic_text = service("2");
    fake_systemd::stop(m.units.units["a.service"]);
    CHECK(m.apply().result == apply_result::done);
    CHECK(m.commands() == 1);
}

TEST_CASE("a preflight that fails: refused, and nothing changed") {
    struct {
        host::command_end end;
        std::string said;
    } const table[] = {
        {exits(1, "nginx: [emerg] unknown directive \"x\"\n"),
         "error: the preflight 'syntax' of 'a.service' refuses the new configuration: its command "
         "ended with status 1; it wrote:\n"
         "  | nginx: [emerg] unknown directive \"x\"\n"
         "hint: change or undo the override that causes it: 'dynix undo'\n"},
        {{.result = "timeout"}, "its command did not end in 30000 ms; it wrote nothing\n"},
        {{.result = "signal", .status = 9}, "was ended by signal 9; it wrote nothing"},
        {exits(203), "its command cannot be executed; it wrote nothing"},
        {{.result = "oom-kill"}, "its command failed: oom-kill; it wrote nothing"},
        {exits(1, "\xff\x1b[2J"), "it wrote:\n  | ??[2J\n"},
    };
    for (auto const& row : table) {
        CAPTURE(row.said);
        checked_machine m;
        m.checks().preflights = {preflight("syntax"), preflight("files")};
        m.units.on_command = [&](host::unit_command const& what) {
            CHECK(what.unit == "a.service");
            CHECK_FALSE(what.from_outside);
            return row.end;
        };
        auto const before = m.view();
        auto const found = m.apply();
        CHECK(found.result == apply_result::refused);
        CHECK(exit_code_of(found.result) == exit_code::refused);
        CHECK(said(found).find(row.said) != std::string::npos);
        CHECK(m.view() == before);
        CHECK(m.commands() == 1);
        CHECK(found.steps.at(0).mark == step_mark::failed);
        for (std::size_t i = 1; i < found.steps.size(); ++i)
            CHECK(found.steps[i].mark == step_mark::skipped);
    }
}

TEST_CASE("of a megabyte that a command writes, its end is shown") {
    checked_machine m;
    m.checks().preflights = {preflight("syntax")};
    m.units.on_command = [](host::unit_command const&) {
        std::string text;
        while (text.size() < host::kept_output)
            text += "a line of it\n";
        text += "the last line\n";
        auto end = exits(1, text.substr(text.size() - host::kept_output));
        end.written = 1'000'000;
        return end;
    };
    auto const text = said(m.apply());
    CHECK(
        text.find("the end of the 1000000 bytes that it wrote:\n  | a line of it\n") != text.npos);
    CHECK(text.find("  | the last line\n") != text.npos);
    CHECK(std::count(text.begin(), text.end(), '\n') < 25);
    // One line without an end.
    m.units.on_command = [](host::unit_command const&) {
        auto end = exits(1, std::string(host::kept_output, 'x'));
        end.written = 1'000'000;
        return end;
    };
    auto const line = said(m.apply());
    CHECK(line.size() < 2000);
    CHECK(line.find("xxxx\nhint") != line.npos);
}

TEST_CASE("what changes while a preflight runs is checked after it") {
    checked_machine m;
    m.checks() = {{preflight("syntax")}, {probe("http")}};
    m.units.on_command = [&](host::unit_command const&) {
        m.units.units["a.service"].status.load_state = "masked";
        return exits(0);
    };
    auto const before = m.view();
    auto const found = m.apply();
    CHECK(found.result == apply_result::refused);
    CHECK(said(found).find("is masked") != std::string::npos);
    CHECK(m.view() == before);
}

TEST_CASE("a probe is tried until it succeeds") {
    checked_machine m;
    m.checks().probes = {probe("http")};
    m.checks().probes[0].grace = std::chrono::seconds(3);
    auto const start = m.time.now();
    int tries = 0;
    m.units.on_command = [&](host::unit_command const& what) {
        CHECK(what.from_outside);
        CHECK(what.at_most == std::chrono::seconds(5));
        // The settle time of a second, and the grace period.
        CHECK(m.time.now() - start >= std::chrono::seconds(4));
        return exits(++tries == 3 ? 0 : 1);
    };
    CHECK(m.apply().result == apply_result::done);
    CHECK(tries == 3);
    CHECK(m.view().runs.at("a.service") == "/bin/x 2 ");
}

TEST_CASE("a probe that never succeeds: restored, without another probe") {
    checked_machine m;
    m.checks().probes = {probe("http"), probe("socket")};
    m.checks().probes[0].deadline = std::chrono::seconds(4);
    auto const before = m.view();
    m.units.on_command = [&](host::unit_command const& what) {
        CHECK(what.command.at(1) == "http");
        m.time.time += std::min(what.at_most, host::milliseconds(700));
        return exits(7, "no answer\n");
    };
    auto const found = m.apply();
    CHECK(found.result == apply_result::failed_restored);
    CHECK(
        said(found) ==
        "error: the probe 'http' of 'a.service' did not succeed in 4000 ms: its command ended "
        "with status 7; it wrote:\n  | no answer\n"
        "hint: its messages: journalctl -b -u a.service\n");
    // At 0, 1.7 and 3.4 seconds.
    CHECK(m.commands() == 3);
    CHECK(m.view() == before);
    CHECK(found.steps.back().mark == step_mark::skipped);
    for (auto const& one : found.restore_steps)
        CHECK(one.kind != &steps::probe);
}

TEST_CASE("of a last try that the deadline cuts short, what the one before it said is shown") {
    checked_machine m;
    m.checks().probes = {probe("http")};
    m.checks().probes[0].deadline = std::chrono::seconds(4);
    m.units.on_command = [&](host::unit_command const& what) {
        constexpr auto takes = host::milliseconds(700);
        m.time.time += std::min(what.at_most, takes);
        return what.at_most < takes ? host::command_end{.result = "timeout"}
                                    : exits(7, "no answer\n");
    };
    auto const found = m.apply();
    CHECK(found.result == apply_result::failed_restored);
    CHECK(said(found).find("ended with status 7; it wrote:\n  | no answer") != std::string::npos);
}

TEST_CASE("a unit that does not stay up while it is probed is restored at once") {
    for (bool const by_itself : {false, true}) {
        CAPTURE(by_itself);
        checked_machine m;
        m.checks().probes = {probe("http")};
        m.units.on_command = [&](host::unit_command const&) {
            if (by_itself)
                m.units.start_again("a.service");
            else
                fake_systemd::fail(m.units.units["a.service"]);
            return exits(by_itself ? 0 : 1);
        };
        auto const found = m.apply();
        CHECK(found.result == apply_result::failed_restored);
        CHECK(m.commands() == 1);
        CHECK(m.view().runs.at("a.service") == "/bin/x 1 ");
    }
}

TEST_CASE("a service that its socket starts for the probe is none that starts again by itself") {
    checked_machine m;
    m.checks().probes = {probe("http")};
    m.units.on_command = [&](host::unit_command const&) {
        fake_systemd::stop(m.units.units["a.service"]);
        m.units.start("a.service");
        return exits(0);
    };
    CHECK(m.apply().result == apply_result::done);
}

TEST_CASE("a probe that does not succeed before the change either is left out, and that is said") {
    checked_machine m;
    m.checks().probes = {probe("http"), probe("socket")};
    m.checks().probes[0].before = {"/bin/probe", "old"};
    m.units.on_command = [](host::unit_command const& what) {
        return exits(what.command.at(1) == "socket" ? 0 : 1, "no route");
    };
    auto const found = m.apply();
    CHECK(found.result == apply_result::done);
    CHECK(
        found.warnings ==
        std::vector<std::string>{
            "the probe 'http' of 'a.service' is left out, because it does not succeed before the "
            "change either: its command ended with status 1; it wrote:\n  | no route"});
    CHECK(found.steps.at(0).mark == step_mark::skipped);
    CHECK(found.steps.at(found.steps.size() - 2).mark == step_mark::skipped);
    CHECK(found.steps.back().mark == step_mark::done);
}

TEST_CASE("a probe that succeeds before the change counts after it") {
    // By the command of the static configuration, or by the new one where an override is applied.
    for (std::string const good : {"old", "http"}) {
        CAPTURE(good);
        checked_machine m;
        m.checks().probes = {probe("http")};
        m.checks().probes[0].before = {"/bin/probe", "old"};
        m.checks().probes[0].deadline = std::chrono::seconds(1);
        m.units.on_command = [&](host::unit_command const& what) {
            bool const changed = m.view().runs.at("a.service") == "/bin/x 2 ";
            return exits(!changed && what.command.at(1) == good ? 0 : 1);
        };
        auto const found = m.apply();
        CHECK(found.result == apply_result::failed_restored);
        CHECK(found.warnings.empty());
    }
}

TEST_CASE("nothing tells of a unit that had failed: its probe with a first try is left out") {
    checked_machine m;
    m.checks().probes = {probe("http")};
    m.checks().probes[0].before = {"/bin/probe", "old"};
    fake_systemd::fail(m.units.units["a.service"]);
    auto const found = m.apply();
    CHECK(found.result == apply_result::done);
    CHECK(m.commands() == 0);
    REQUIRE(found.warnings.size() == 1);
    CHECK(found.warnings[0].ends_with("either: the unit does not run"));
}

TEST_CASE("a request to stop ends checks: before the change refused, after it restored") {
    for (std::string const which : {"preflight", "probe"}) {
        CAPTURE(which);
        checked_machine m;
        m.checks() = {{preflight("syntax")}, {probe("http")}};
        auto const before = m.view();
        bool stop = false;
        m.units.fails = [&](std::string const& call) {
            stop = stop || call.find("/bin/" + which) != std::string::npos;
            return false;
        };
        apply_options options;
        options.stop_requested = [&] { return stop; };
        auto const found = m.apply(options);
        CHECK(
            found.result ==
            (which == "preflight" ? apply_result::refused : apply_result::failed_restored));
        CHECK(said(found) == "error: interrupted\n");
        CHECK(m.view() == before);
    }
}

TEST_CASE("a reset runs no checks") {
    checked_machine m;
    m.checks() = {{preflight("syntax")}, {probe("http")}};
    REQUIRE(m.apply().result == apply_result::done);
    m.units.on_command = [](host::unit_command const&) { return exits(1); };
    auto const commands = m.commands();
    CHECK(m.reset().result == apply_result::done);
    CHECK(m.commands() == commands);
}

TEST_CASE("an apply with checks, with a fault at every call") {
    for (auto const how : {manner::once, manner::from_then_on})
        for (std::size_t at = 1;; ++at) {
            checked_machine m;
            m.checks() = {{preflight("syntax")}, {probe("http")}};
            m.checks().probes[0].before = {"/bin/probe", "old"};
            auto const before = m.view();
            m.injected.arm(how, at);
            auto const found = m.apply();
            auto const calls = m.injected.calls;
            m.injected.disarm();
            if (calls.size() < at)
                break;
            CAPTURE(at);
            CAPTURE(calls[at - 1]);
            auto const now = m.view();
            if (found.result == apply_result::done)
                CHECK(now.runs.at("a.service") == "/bin/x 2 ");
            if (found.result == apply_result::refused)
                CHECK(now == before);
            if (found.result == apply_result::failed_restored)
                CHECK(now.runs == before.runs);
            if (found.result == apply_result::failed_left)
                CHECK_FALSE(found.left.empty());
            if (calls[at - 1].starts_with("command a.service /bin/pre"))
                CHECK(found.result == apply_result::refused);
            if (calls[at - 1] == "command a.service /bin/probe http" && how == manner::once)
                CHECK(found.result == apply_result::failed_restored);
            CHECK(m.reset().result == apply_result::done);
            CHECK(m.view().runs == before.runs);
        }
}
