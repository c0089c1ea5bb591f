#include "dynix/host/detail/read_units.hpp"

#include "dynix/test.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <functional>

using namespace dynix;
using namespace dynix::host;

namespace {

// Answers as systemd-analyze would, by the folder that it is given.
class fake_analyze : public process::runner {
  public:
    std::function<std::string(std::string const& folder)> says;
    int exit_code = 1;
    process::command asked{};

    result<process::outcome> run(process::command const& what) override {
        asked = what;
        auto const folder = what.environment.at("SYSTEMD_UNIT_PATH");
        for (auto const& path : {what.args.at(2), what.args.back()})
            CHECK(std::filesystem::is_regular_file(path));
        return process::outcome{.exit_code = exit_code, .err = says(folder)};
    }
};

std::string as_always(std::string const& folder) {
    return fmt::format(
        "{}/dynix-unreadable.service:2: Nice priority out of range, ignoring: unreadable\n",
        folder);
}

} // namespace

TEST_CASE("what systemd says of each line is kept with its unit") {
    fake_analyze programs;
    programs.says = [](std::string const& folder) {
        return fmt::format(
                   "{0}/a.service:4: Invalid memory limit 'lots', ignoring: Invalid argument\n"
                   "/etc/systemd/system.conf:1: Unknown key name 'X', ignoring.\n"
                   "{0}/b.timer:2: Failed to parse calendar specification, ignoring: never\n"
                   "b.timer: Timer unit lacks value setting. Refusing.\n"
                   "Unit b.timer has a bad unit file setting.\n",
                   folder) +
               as_always(folder);
    };
    auto const found = read_units({{"a.service", ""}, {"b.timer", ""}}, programs);
    REQUIRE(found);
    REQUIRE(found->size() == 2);
    auto const& service = found->at(0);
    CHECK(service.loads);
    REQUIRE(service.remarks.size() == 1);
    CHECK(service.remarks[0].line == 4);
    CHECK(service.remarks[0].text == "Invalid memory limit 'lots', ignoring: Invalid argument");
    CHECK(service.remarks[0].is_ignored());
    auto const& timer = found->at(1);
    CHECK_FALSE(timer.loads);
    REQUIRE(timer.remarks.size() == 2);
    CHECK(timer.remarks[1].line == 0);
    CHECK(timer.remarks[1].text == "Timer unit lacks value setting. Refusing.");
    CHECK_FALSE(timer.remarks[1].is_ignored());
    // Nothing is left.
    CHECK_FALSE(std::filesystem::exists(programs.asked.environment.at("SYSTEMD_UNIT_PATH")));
}

TEST_CASE("what an option means now is no assignment that counts for nothing") {
    unit_remark const updated{
        3, "Standard output type syslog is obsolete, automatically updating to journal."};
    CHECK_FALSE(updated.is_ignored());
}

TEST_CASE("no word about what cannot be read: there was no reading") {
    fake_analyze programs;
    programs.says = [](std::string const&) {
        return "Failed to initialize manager: Permission denied\n";
    };
    auto const found = read_units({{"a.service", ""}}, programs);
    REQUIRE_FALSE(found);
    CHECK(found.error().message == "'systemd-analyze verify': exit code 1");
}

// systemd-analyze takes what follows a ':' for another name of the unit.
TEST_CASE("a unit with ':' in its name is read, by another name") {
    fake_analyze programs;
    programs.says = [](std::string const& folder) {
        return fmt::format(
                   "{0}/a\\x3ab.service:4: Invalid memory limit 'lots', ignoring: Invalid "
                   "argument\n"
                   "a\\x3ab.service: Service has no ExecStart=. Refusing.\n"
                   "Unit a\\x3ab.service has a bad unit file setting.\n",
                   folder) +
               as_always(folder);
    };
    auto const found = read_units({{"c.service", ""}, {"a:b.service", ""}}, programs);
    REQUIRE(found);
    for (auto const& argument : programs.asked.args)
        CHECK(argument.find(':') == std::string::npos);
    REQUIRE(found->size() == 2);
    CHECK(found->at(0).remarks.empty());
    CHECK_FALSE(found->at(1).loads);
    REQUIRE(found->at(1).remarks.size() == 2);
    CHECK(found->at(1).remarks[0].line == 4);
    CHECK(found->at(1).remarks[1].text == "Service has no ExecStart=. Refusing.");
}

TEST_CASE("what must have the name of its path is not read by another name") {
    fake_analyze programs;
    programs.says = as_always;
    auto const found = read_units({{"srv-a:b.mount", ""}, {"c.service", ""}}, programs);
    REQUIRE(found);
    REQUIRE(found->size() == 2);
    CHECK(found->at(0).loads);
    CHECK(programs.asked.args.size() == 4);
}

TEST_CASE("systemd itself, where it is installed") {
    auto const programs = process::make_runner();
    if (!process::find_program("systemd-analyze")) {
        MESSAGE("skipped: no systemd-analyze");
        return;
    }
    auto const found = read_units(
        {{"a.service",
          "[Unit]\nJobTimeoutSec=soon\nRequires=b.service\n[Service]\nExecStart=/bin/true\n"
          "MemoryMax=1G\nMemoryMax=lots\nNice=5\n"},
         {"b@c.service", "[Service]\nExecStart=/bin/true\nNice=%i\nRestart=always\nType=oneshot\n"},
         {"d.timer", "[Timer]\nOnCalendar=daily\n"},
         {"e:f.service", "[Service]\nExecStart=/bin/true\nNice=lots\n"},
         {"srv-a:b.mount", "[Mount]\nWhat=/dev/null\nWhere=/srv/a:b\n"}},
        *programs);
    REQUIRE(found);
    REQUIRE(found->size() == 5);
    auto const lines = [](unit_reading const& one) {
        std::vector<std::size_t> ignored;
        for (auto const& remark : one.remarks)
            if (remark.is_ignored())
                ignored.push_back(remark.line);
        return ignored;
    };
    CHECK(found->at(0).loads);
    CHECK(lines(found->at(0)) == std::vector<std::size_t>{2, 7});
    CHECK_FALSE(found->at(1).loads); // no Restart=always with Type=oneshot
    CHECK(lines(found->at(1)) == std::vector<std::size_t>{3});
    CHECK(found->at(2).loads);
    CHECK(lines(found->at(2)).empty());
    CHECK(lines(found->at(3)) == std::vector<std::size_t>{3});
    CHECK(found->at(4).loads);
}
