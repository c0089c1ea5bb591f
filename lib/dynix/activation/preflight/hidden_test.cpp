// What of somebody else would hide what an override changes.
#include "dynix/activation/preflight/hidden.hpp"

#include "dynix/activation/fakes/fake_machine.hpp"

#include "dynix/test.hpp"

#include <fmt/format.h>
#include <string>
#include <utility>

using namespace dynix;
using namespace dynix::activation;

namespace {

// The only refusal of a check.
std::string what_hides(fake_machine& m) {
    auto const found = check(m.wanted, {}, m.seen);
    REQUIRE(found.refusals.size() == 1);
    return render(found.refusals[0]);
}

} // namespace

TEST_CASE("a drop-in of somebody that hides the override is named, wherever it sorts") {
    struct {
        char const* before; // lines of [Service]
        char const* after;
        char const* theirs;
        char const* said; // empty: not refused
    } const table[] = {
        {"Nice=1", "Nice=2", "Nice=3", "sets Nice, which an override changes"},
        {"Nice=1", "Nice=2", "Nice=2", ""},
        {"Nice=1", "Nice=2", "User=x", ""},
        {"Nice=1", "", "Nice=3", "sets Nice, which an override changes"},
        {"Environment=A=1", "Environment=A=2", "Environment=A=3",
         "sets Environment, which an override changes"},
        {"Environment=A=1", "Environment=A=2", "Environment=B=3", ""},
        {"Environment=A=1", "Environment=A=2", "Environment=\nEnvironment=B=3",
         "sets Environment, which an override changes"},
        {"Environment=A=1", "Environment=A=2", "UnsetEnvironment=A",
         "sets UnsetEnvironment, which takes out a variable that an override changes"},
        {"Environment=A=1", "Environment=A=2", "UnsetEnvironment=B A=1", ""},
        {"ExecStartPre=/bin/1", "ExecStartPre=/bin/2", "ExecStartPre=\nExecStartPre=/bin/3",
         "sets ExecStartPre, which an override changes"},
        {"ExecStartPre=/bin/1", "ExecStartPre=/bin/2", "ExecStartPre=/bin/3", ""},
    };
    auto const unit = [](std::string const& lines) { return service("1") + lines + '\n'; };
    for (auto const& row : table) {
        CAPTURE(row.before);
        CAPTURE(row.theirs);
        fake_machine m;
        m.add("a.service", unit(row.before), unit(row.after));
        auto const path = m.where.runtime_units() + "/a.service.d/override.conf";
        REQUIRE(m.plain.write(path, fmt::format("[Service]\n{}\n", row.theirs)));
        m.units.units["a.service"].status.drop_in_paths = {path};
        REQUIRE(m.units.reload());
        if (*row.said) {
            auto const said = what_hides(m);
            CAPTURE(said);
            CHECK(said.find(row.said) != std::string::npos);
            CHECK(said.find("override.conf") != std::string::npos);
        } else {
            CHECK(check(m.wanted, {}, m.seen).refusals.empty());
        }
    }
}

TEST_CASE("a later drop-in hides only the variables that it sets or takes out") {
    for (auto const& row :
         {std::pair{"Environment=B=3", ""},
          {"Environment=A=3", "sets Environment after the drop-in of dynix"},
          {"Environment=", "sets Environment after the drop-in of dynix"},
          {"UnsetEnvironment=A", "sets UnsetEnvironment after the drop-in of dynix"},
          {"UnsetEnvironment=B", ""}}) {
        auto const* const theirs = row.first;
        auto const* const said = row.second;
        CAPTURE(theirs);
        fake_machine m;
        m.add("a.service", service("1", "Environment=A=1"), service("1", "Environment=A=2"));
        auto const path = m.where.runtime_units() + "/a.service.d/zzz.conf";
        REQUIRE(m.plain.write(path, fmt::format("[Service]\n{}\n", theirs)));
        m.units.units["a.service"].status.drop_in_paths = {path};
        REQUIRE(m.units.reload());
        if (*said)
            CHECK(what_hides(m).find(said) != std::string::npos);
        else
            CHECK(check(m.wanted, {}, m.seen).refusals.empty());
    }
}

TEST_CASE("a file of variables that sets what the override changes hides it") {
    struct {
        char const* unit; // more lines of [Service]
        char const* text; // of the file
        bool refused;
    } const table[] = {
        {"EnvironmentFile=/e", "# for the admin\nA=3\n", true},
        {"EnvironmentFile=-/e", "B=1\n A = 'x y'\n", true},
        {"EnvironmentFile=/e", "B=1\n#A=3\n", false},
        {"EnvironmentFile=/e", "A=2\n", false},
        {"EnvironmentFile=/e", "A=3\nA=\"2\"\n", false},
        {"EnvironmentFile=/none", "A=3\n", false},
        // It may write the file anew.
        {"ExecStartPre=/bin/p\nEnvironmentFile=/e", "A=3\n", false}};
    for (auto const& row : table) {
        CAPTURE(row.unit);
        CAPTURE(row.text);
        fake_machine m;
        auto const text = [&](char const* value) {
            return service("1", fmt::format("Environment=A={}\n{}\n", value, row.unit));
        };
        m.add("a.service", text("1"), text("2"));
        m.units.outside["/e"] = {host::file_kind::regular, row.text};
        if (row.refused)
            CHECK(
                what_hides(m).find("'/e', an EnvironmentFile= of 'a.service', sets A, which an "
                                   "override changes, and so hides it") != std::string::npos);
        else
            CHECK(check(m.wanted, {}, m.seen).refusals.empty());
    }
}
