#include "dynix/units/environment_file.hpp"

#include "dynix/test.hpp"

using namespace dynix::units;

TEST_CASE("a file of variables is read as systemd reads it") {
    struct {
        char const* text;
        std::map<std::string, std::string> found;
    } const table[] = {
        {"A=1\nB=2\n", {{"A", "1"}, {"B", "2"}}},
        {"A=1\nA=2", {{"A", "2"}}},
        {"# A=1\n; B=2\n\n  C = x y \t\n", {{"C", "x y"}}},
        {"A='x \" y'\nB=\"x ' \\\" \\n\"", {{"A", "x \" y"}, {"B", "x ' \" \\n"}}},
        {"A='x'\"y\"z", {{"A", "xyz"}}},
        {"A=x\\\ny\nB=1", {{"A", "xy"}, {"B", "1"}}},
        {"A=\\$x\\\\", {{"A", "$x\\"}}},
        {"A='x\ny'\nB=1", {{"A", "x\ny"}, {"B", "1"}}},
        {"no assignment\nB=1", {{"B", "1"}}},
        {"A=", {{"A", ""}}},
        {"A=\nB=1", {{"A", ""}, {"B", "1"}}},
        {"A=\"never closed", {{"A", "never closed"}}},
        {"A=x\\", {{"A", "x"}}},
        {"", {}}};
    for (auto const& row : table) {
        CAPTURE(row.text);
        CHECK(variables_of_file(row.text) == row.found);
    }
}
