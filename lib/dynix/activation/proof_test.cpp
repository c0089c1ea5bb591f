#include "dynix/activation/proof.hpp"

#include "dynix/test.hpp"

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
         {process({"/a"}, {"CC=2"})},
         "wanted='C=2' live='C unset'"},
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
        {"a oneshot that has ended",
         "Type=oneshot\nExecStart=/a 1",
         "Type=oneshot\nExecStart=/a 2",
         {},
         "wanted='/a 2' live='no process'"},
    };
    for (auto const& row : table) {
        CAPTURE(row.about);
        CHECK(
            prove(service(row.wanted), service(row.before), running(), row.live, "a").show() ==
            row.shown);
    }
}

TEST_CASE("a wrapper may add to the environment, and says so in a note") {
    auto const before = service("ExecStart=/a\nEnvironment=PATH=/p1 LANG=C");
    auto const wanted = service("ExecStart=/a\nEnvironment=PATH=/p2 LANG=C");
    auto const found =
        prove(wanted, before, running(), {process({"/a"}, {"PATH=/wrapped:/p2", "LANG=de"})}, "a");
    CHECK(found.outcome == verdict::proven);
    CHECK(
        found.notes == std::vector<std::string>{
                           "PATH=/wrapped:/p2 contains PATH=/p2: a wrapper added to it",
                           "LANG=de instead of LANG=C, which did not change: set by a wrapper"});
    auto const with_file = prove(
        service("ExecStart=/a\nEnvironment=X=2\nEnvironmentFile=/e"), before, running(),
        {process({"/a"}, {"X=3"})}, "a");
    CHECK(with_file.outcome == verdict::proven);
    CHECK(with_file.notes.at(0) == "X=3 instead of X=2: EnvironmentFile may set it");
}

TEST_CASE("what the manager says comes before what the processes show") {
    auto const unit = service("ExecStart=/a");
    std::vector const live{process({"/a"})};
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
