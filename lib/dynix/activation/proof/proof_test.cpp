#include "dynix/activation/proof/proof.hpp"

#include "dynix/test.hpp"

#include <fmt/ranges.h>
#include <unistd.h>

using namespace dynix;
using namespace dynix::activation;

namespace {

units::unit_file service(std::string const& lines) {
    auto parsed = units::parse_unit("[Service]\n" + lines, "x.service");
    REQUIRE(parsed);
    return *parsed;
}

host::unit_status running() {
    host::unit_status status;
    status.name = "x.service";
    status.active_state = "active";
    status.sub_state = "running";
    status.type = "simple";
    status.invocation_id = "b";
    return status;
}

host::live_process
one_of(std::int64_t pid, std::uint64_t start_ticks, std::vector<std::string> argv) {
    host::live_process one;
    one.pid = pid;
    one.start_ticks = start_ticks;
    one.argv = std::move(argv);
    one.environment = {"Z=1"};
    return one;
}

host::live_process
process(std::vector<std::string> argv, std::vector<std::string> environment = {"Z=1"}) {
    host::live_process one;
    one.argv = std::move(argv);
    one.environment = std::move(environment);
    one.exe = "/n";
    return one;
}

} // namespace

TEST_CASE("what the processes of a unit prove") {
    struct {
        char const* about;
        std::string before;
        std::string wanted;
        std::vector<host::live_process> live;
        std::string shown;
    } const table[] = {
        {"the planned argv", "ExecStart=/a 1", "ExecStart=/a 2", {process({"/a", "2"})}, "proven"},
        {"the old argv",
         "ExecStart=/a 1",
         "ExecStart=/a 2",
         {process({"/a", "1"})},
         "wanted='/a 2' live='/a 1'"},
        {"a script's interpreter, and its child",
         "ExecStart=/s1",
         "ExecStart=/s2",
         {process({"/bash", "/s2"}), process({"distccd", "--jobs", "4"})},
         "proven"},
        {"the child alone",
         "ExecStart=/s1",
         "ExecStart=/s2",
         {process({"distccd", "--jobs", "4"})},
         "wanted='/s2' live='distccd --jobs 4'"},
        {"nothing runs", "ExecStart=/a 1", "ExecStart=/a 2", {}, "wanted='/a 2' live='no process'"},
        {"the changed variable",
         "ExecStart=/a\nEnvironment=C=1 D=1",
         "ExecStart=/a\nEnvironment=C=2 D=1",
         {process({"/a"}, {"C=2", "D=1"})},
         "proven"},
        {"the changed variable with its old value",
         "ExecStart=/a\nEnvironment=C=1",
         "ExecStart=/a\nEnvironment=C=2",
         {process({"/a"}, {"C=1"})},
         "wanted='C=2' live='C=1'"},
        {"the changed variable is not there",
         "ExecStart=/a",
         "ExecStart=/a\nEnvironment=C=2",
         {process({"/a"}, {"CC=2", "INVOCATION_ID=1"})},
         "wanted='C=2' live='C unset'"},
        {"the changed variable is not there, nor is what systemd gives to all",
         "ExecStart=/a",
         "ExecStart=/a\nEnvironment=C=2",
         {process({"/a"}, {"CC=2"})},
         "not provable: C unset instead of C=2: neither is what systemd gave it before or now"},
        {"a variable that was there before and is not now",
         "ExecStart=/a\nEnvironment=C=1",
         "ExecStart=/a\nEnvironment=C=2",
         {process({"/a"}, {"CC=2", "INVOCATION_ID=1"})},
         "not provable: C unset instead of C=2: neither is what systemd gave it before or now"},
        {"the changed variable with somebody else's value",
         "ExecStart=/a\nEnvironment=C=1",
         "ExecStart=/a\nEnvironment=C=2",
         {process({"/a"}, {"C=7", "INVOCATION_ID=1"})},
         "not provable: C=7 instead of C=2: neither is what systemd gave it before or now"},
        {"an environment wiped with zeros",
         "ExecStart=/a",
         "ExecStart=/a\nEnvironment=C=2",
         {process({"/a"}, {"", "", ""})},
         "not provable: the process has overwritten its environment"},
        {"an environment whose beginning is overwritten, and which shows the old value",
         "ExecStart=/a\nEnvironment=C=1",
         "ExecStart=/a\nEnvironment=C=2",
         {process({"/a"}, {"ess", "C=1"})},
         "wanted='C=2' live='C=1'"},
        {"a value that systemd ignores, because it is not UTF-8",
         "ExecStart=/a",
         "ExecStart=/a\nEnvironment=C=\\xff",
         {process({"/a"}, {"INVOCATION_ID=1"})},
         "proven"},
        {"a command line wiped with zeros",
         "ExecStart=/n -c 1",
         "ExecStart=/n -c 2",
         {process({"", "", ""})},
         "not provable: the process has overwritten its command line with ''"},
        {"a short title, padded with zeros",
         "ExecStart=/n -c 1",
         "ExecStart=/n -c 2",
         {process({"n: main", "", ""})},
         "not provable: the process has overwritten its command line with 'n: main'"},
        {"the second of two processes has it",
         "ExecStart=/a\nEnvironment=C=1",
         "ExecStart=/a\nEnvironment=C=2",
         {process({"/a"}, {"C=1"}), process({"/a"}, {"C=2"})},
         "proven"},
        {"a removed variable",
         "ExecStart=/a\nEnvironment=C=1",
         "ExecStart=/a",
         {process({"/a"}, {"D=1"})},
         "proven"},
        {"a removed variable that lives on",
         "ExecStart=/a\nEnvironment=C=1",
         "ExecStart=/a",
         {process({"/a"}, {"C=1"})},
         "wanted='C unset' live='C=1'"},
        {"a specifier in the value",
         "ExecStart=/a",
         "ExecStart=/a\nEnvironment=C=%d/key",
         {process({"/a"}, {"C=/run/credentials/x/key"})},
         "proven"},
        {"an environment that cannot be read",
         "ExecStart=/a\nEnvironment=C=1",
         "ExecStart=/a\nEnvironment=C=2",
         {process({"/a"}, {})},
         "not provable: the environment of the process cannot be read"},
        {"a title with the command in it",
         "ExecStart=/n -c 1",
         "ExecStart=/n -c 2",
         {process({"nginx: master process /n -c 2"})},
         "proven"},
        {"a title with the old command in it",
         "ExecStart=/n -c 1",
         "ExecStart=/n -c 2",
         {process({"nginx: master process /n -c 1"})},
         "wanted='/n -c 2' live='nginx: master process /n -c 1'"},
        {"a title without a command",
         "ExecStart=/n -c 1",
         "ExecStart=/n -c 2",
         {process({"postgres: main process"})},
         "not provable: the process has overwritten its command line with 'postgres: main "
         "process'"},
        {"a short title in the place of a long command line",
         "ExecStart=/n 1",
         "ExecStart=/n 2",
         {process({"(worker)      ", "", ""})},
         "not provable: the process has overwritten its command line with '(worker)'"},
        {"the same of another program",
         "ExecStart=/n 1",
         "ExecStart=/n 2",
         {process({"/m", "x    "})},
         "wanted='/n 2' live='/m x'"},
        {"a oneshot that has ended",
         "Type=oneshot\nExecStart=/a 1",
         "Type=oneshot\nExecStart=/a 2",
         {},
         "wanted='/a 2' live='no process'"},
    };
    for (auto const& row : table) {
        CAPTURE(row.about);
        CHECK(
            prove(service(row.wanted), service(row.before), running(), {row.live}, "a").show() ==
            row.shown);
    }
}

TEST_CASE("a value within another word is not what a wrapper has added to") {
    auto const before = service("ExecStart=/a\nEnvironment=JOBS=4");
    auto const wanted = service("ExecStart=/a\nEnvironment=JOBS=1");
    auto const outcome_with = [&](char const* live) {
        return prove(wanted, before, running(), {{process({"/a"}, {live})}}, "a").outcome;
    };
    for (auto const* live : {"JOBS=12", "JOBS=21", "JOBS=0:21", "JOBS=-1"})
        CHECK(outcome_with(live) == verdict::not_provable);
    for (auto const* live : {"JOBS=1", "JOBS=12:1", "JOBS=1 12", "JOBS=11,1,2"})
        CHECK(outcome_with(live) == verdict::proven);
}

TEST_CASE("a wrapper may add to the environment, and says so in a note") {
    auto const before = service("ExecStart=/a\nEnvironment=PATH=/p1 LANG=C");
    auto const wanted = service("ExecStart=/a\nEnvironment=PATH=/p2 LANG=C");
    auto const found = prove(
        wanted, before, running(), {{process({"/a"}, {"PATH=/wrapped:/p2", "LANG=de"})}}, "a");
    CHECK(found.outcome == verdict::proven);
    CHECK(
        found.notes == std::vector<std::string>{
                           "PATH=/wrapped:/p2 contains PATH=/p2: a wrapper added to it",
                           "LANG=de instead of LANG=C, which did not change: set by a wrapper"});
    auto const with_file = prove(
        service("ExecStart=/a\nEnvironment=X=2\nEnvironmentFile=/e"), before, running(),
        {{process({"/a"}, {"X=3"})}}, "a");
    CHECK(with_file.outcome == verdict::not_provable);
    CHECK(with_file.notes.at(0) == "X is something else than X=2: EnvironmentFile= may set it");
}

TEST_CASE("a variable that a file or the manager may have set proves nothing of an override") {
    auto const shown = [](char const* wanted, char const* before, char const* live) {
        auto const unit = [](char const* more) {
            return service(fmt::format("ExecStart=/a\n{}", more));
        };
        return prove(unit(wanted), unit(before), running(), {{process({"/a"}, {live})}}, "a")
            .show();
    };
    constexpr auto const* file = "not provable: X is something else than X=2: EnvironmentFile= may "
                                 "set it";
    CHECK(shown("Environment=X=2\nEnvironmentFile=/e", "Environment=X=1", "X=3") == file);
    CHECK(shown("Environment=X=2\nEnvironmentFile=/e", "Environment=X=1", "X=1") == file);
    CHECK(shown("Environment=X=2\nEnvironmentFile=/e", "Environment=X=1", "X=2") == "proven");
    for (auto const* const more : {"EnvironmentFile=/e", "PassEnvironment=X"})
        CHECK(
            shown(more, "Environment=X=1", "X=1") ==
            "not provable: X is still there: EnvironmentFile= or PassEnvironment= may set it");
    // What did not change is no matter of the override.
    auto const* const both = "Environment=X=2\nEnvironmentFile=/e";
    CHECK(shown(both, both, "X=3") == "proven");
    // Only such an assignment is taken out.
    CHECK(
        shown("Environment=X=2\nUnsetEnvironment=X=1", "Environment=X=1", "X=1") ==
        "wanted='X=2' live='X=1'");
}

TEST_CASE("what the manager says comes before what the processes show") {
    auto const unit = service("ExecStart=/a");
    host::unit_processes const live{{process({"/a"})}};
    auto status = running();
    CHECK(prove(unit, unit, status, live, "").outcome == verdict::proven);
    CHECK(
        prove(unit, unit, status, live, "b").show() ==
        "wanted='a new run of the unit' live='invocation b'");
    status.need_daemon_reload = true;
    CHECK(prove(unit, unit, status, live, "a").outcome == verdict::contradicted);
    status = running();
    status.active_state = "inactive";
    CHECK(prove(unit, unit, status, {}, "a").show() == "not provable: the unit is inactive");
    status = running();
    status.name = "x.socket";
    CHECK(prove(unit, unit, status, {}, "a").outcome == verdict::not_provable);
    status = running();
    status.type = "oneshot";
    CHECK(prove(unit, unit, status, {}, "a").outcome == verdict::not_provable);
}

TEST_CASE("a unit that has failed, or waits to be started again, is never 'not provable'") {
    auto const unit = service("ExecStart=/a");
    auto status = running();
    status.active_state = "failed";
    CHECK(
        prove(unit, unit, status, {}, "").show() ==
        "wanted='a unit that runs' live='failed (running)'");
    status.active_state = "activating";
    status.sub_state = "auto-restart";
    CHECK(prove(unit, unit, status, {}, "").outcome == verdict::contradicted);
    status.sub_state = "start";
    CHECK(prove(unit, unit, status, {}, "").outcome == verdict::not_provable);
}

TEST_CASE("the main process decides, and what is left of an earlier run proves nothing") {
    auto const before = service("ExecStart=/a 1");
    auto const wanted = service("ExecStart=/a 2");
    auto status = running();
    status.main_pid = 20;
    auto const verdict_of = [&](std::vector<host::live_process> live) {
        auto const found = prove(wanted, before, status, {std::move(live)}, "a");
        return fmt::format(
            "{}{}{}", found.show(),
            found.left_over.empty() ? "" : "; left over: ", fmt::join(found.left_over, ", "));
    };
    CHECK(
        verdict_of({one_of(10, 5, {"/a", "1"}), one_of(20, 9, {"/a", "2"})}) ==
        "proven; left over: process 10 '/a 1'");
    CHECK(
        verdict_of({one_of(10, 5, {"/a", "2"}), one_of(20, 9, {"/other"})}) ==
        "wanted='/a 2' live='/other'; left over: process 10 '/a 2'");
    // A wrapper, and its child.
    CHECK(verdict_of({one_of(20, 9, {"/wrapper"}), one_of(21, 9, {"/a", "2"})}) == "proven");
    // One that runs the old command is no wrapper.
    CHECK(
        verdict_of({one_of(20, 9, {"/a", "1"}), one_of(21, 9, {"/a", "2"})}) ==
        "wanted='/a 2' live='/a 1', '/a 2'");
    // systemd does not know the main process; the run began at 80 ms.
    status.main_pid = 0;
    status.last_inactive_usec = 80'000;
    auto const tick = 1'000'000 / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    auto const early = 80'000 / tick - 1;
    CHECK(
        verdict_of({one_of(10, early, {"/a", "2"})}) ==
        "wanted='/a 2' live='no process'; left over: process 10 '/a 2'");
    CHECK(verdict_of({one_of(10, early + 1, {"/a", "2"})}) == "proven");
    // A main process of an earlier run, as a stale PID file names it.
    status.main_pid = 10;
    CHECK(verdict_of({one_of(10, early, {"/a", "2"})}).starts_with("wanted='/a 2'"));
}

TEST_CASE("the main process's environment counts, not that of another with the same command") {
    auto const before = service("ExecStart=/a\nEnvironment=C=1");
    auto const wanted = service("ExecStart=/a\nEnvironment=C=2");
    auto status = running();
    status.main_pid = 20;
    auto main = one_of(20, 1, {"/a"});
    main.environment = {"C=1"};
    auto child = one_of(21, 1, {"/a"});
    child.environment = {"C=2"};
    CHECK(prove(wanted, before, status, {{child, main}}, "a").outcome == verdict::contradicted);
    std::swap(main.environment, child.environment);
    CHECK(prove(wanted, before, status, {{child, main}}, "a").outcome == verdict::proven);
}

TEST_CASE("hidden processes make it not provable, unless the main process is seen") {
    auto const before = service("ExecStart=/a 1");
    auto const wanted = service("ExecStart=/a 2");
    auto status = running();
    CHECK(
        prove(wanted, before, status, {{}, 2}, "a").show() ==
        "not provable: 2 of its processes cannot be seen from here (another PID namespace, or "
        "hidepid= of /proc)");
    status.main_pid = 20;
    CHECK(
        prove(wanted, before, status, {{one_of(20, 1, {"/a", "1"})}, 2}, "a").outcome ==
        verdict::contradicted);
}

TEST_CASE("a service that remains active without a process") {
    auto const before = service("ExecStart=/a 1");
    auto const wanted = service("ExecStart=/a 2");
    auto status = running();
    status.sub_state = "exited";
    CHECK(
        prove(wanted, before, status, {}, "a").show() ==
        "not provable: the service has no process once it has ended");
    // Something that it left running shows what it ran.
    CHECK(
        prove(wanted, before, status, {{one_of(5, 1, {"/a", "2"})}}, "a").outcome ==
        verdict::proven);
    CHECK(
        prove(wanted, before, status, {{one_of(5, 1, {"/b"})}}, "a").outcome ==
        verdict::not_provable);
}
