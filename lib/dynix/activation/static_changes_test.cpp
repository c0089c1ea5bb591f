#include "dynix/activation/static_changes.hpp"

#include "dynix/base/test_folder.hpp"
#include "dynix/test.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>

using namespace dynix;
using namespace dynix::activation;

TEST_CASE("the units that another system has otherwise, or not at all") {
    test_folder folder;
    host::real_files files;
    auto const units = folder.path("units");
    std::filesystem::create_directory(units);
    state applied;
    for (auto const* name : {"same.service", "other.service", "gone.service"})
        applied.units.push_back({.name = name, .static_text = "[Service]\nExecStart=/a\n"});
    std::ofstream(units + "/same.service") << "[Service]\nExecStart=/a\n\n";
    std::ofstream(units + "/other.service") << "[Service]\nExecStart=/b\n";
    auto const changed = units_that_change(applied, units, files);
    REQUIRE(changed);
    CHECK(*changed == std::vector<std::string>{"gone.service", "other.service"});
    CHECK(units_that_change({}, units, files)->empty());
    // A switch points its file below /etc back.
    applied.units.front().drop_in = "[Unit]\nX-Dynix-Restart-File=/etc/a.conf /nix/store/a.conf\n";
    CHECK(
        *units_that_change(applied, units, files) ==
        std::vector<std::string>{"gone.service", "other.service", "same.service"});
    applied.units.front().drop_in = "[Service]\nExecStart=\nExecStart=/b\n";
    CHECK(units_that_change(applied, units, files)->size() == 2);
    // What cannot be read is not taken for the same.
    std::filesystem::remove(units + "/same.service");
    std::filesystem::create_directory(units + "/same.service");
    CHECK_FALSE(units_that_change(applied, units, files));
}
