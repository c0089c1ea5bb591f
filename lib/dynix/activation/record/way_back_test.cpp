#include "dynix/activation/record/way_back.hpp"

#include "dynix/activation/fakes/fake_machine.hpp"
#include "dynix/base/file.hpp"
#include "dynix/test.hpp"

#include <filesystem>

using namespace dynix;
using namespace dynix::activation;

namespace {

bool is_laid(fake_machine& m) {
    auto const wanted = std::filesystem::path(m.where.return_wanted());
    return std::filesystem::is_symlink(wanted) && std::filesystem::exists(wanted);
}

bool anything_left(fake_machine& m) {
    namespace fs = std::filesystem;
    for (auto const& path : {m.where.return_wanted(), m.where.return_unit(), m.where.program()})
        if (fs::symlink_status(path).type() != fs::file_type::not_found)
            return true;
    return fs::exists(folder_of(m.where.return_wanted()));
}

} // namespace

TEST_CASE("the way back runs the program that applied, before the new system's own unit") {
    fake_machine m;
    REQUIRE(lay_way_back(m.seen));
    auto const text = *read_file(m.where.return_unit());
    CHECK(text.find("ExecStart=" + m.where.program() + " reset --switching\n") != text.npos);
    CHECK(text.find("Before=sysinit-reactivation.target dynix-revert.service\n") != text.npos);
    CHECK(std::filesystem::equivalent(m.where.program(), "/proc/self/exe"));
    CHECK(is_laid(m));
    m.injected.disarm();
    REQUIRE(lay_way_back(m.seen));
    for (auto const& call : m.injected.calls)
        CHECK_FALSE(call.starts_with("write"));
    REQUIRE(remove_way_back(m.seen));
    CHECK_FALSE(anything_left(m));
    REQUIRE(remove_way_back(m.seen));
}

TEST_CASE("while anything is applied the way back is there, and with nothing applied it is gone") {
    fake_machine m;
    m.add("a.service", service("static"), service("new"));
    bool laid_at_start = false;
    m.units.on_start = [&](std::string const&, fake_unit&) { laid_at_start = is_laid(m); };
    REQUIRE(m.apply().result == apply_result::done);
    CHECK(laid_at_start);
    CHECK(is_laid(m));
    REQUIRE(m.reset().result == apply_result::done);
    CHECK_FALSE(anything_left(m));
    REQUIRE(m.apply().result == apply_result::done);
    reset_options switching;
    switching.switching = true;
    REQUIRE(m.reset(switching).result == apply_result::done);
    CHECK_FALSE(anything_left(m));
}

TEST_CASE("an activation that fails leaves no way back when there is nothing to go back from") {
    fake_machine m;
    m.add("a.service", service("static"), service("bad"));
    m.units.on_start = fail_bad;
    REQUIRE(m.apply().result == apply_result::failed_restored);
    CHECK_FALSE(anything_left(m));
}

TEST_CASE("without room for the way back nothing is changed") {
    fake_machine m;
    m.add("a.service", service("static"), service("new"));
    auto const before = m.view();
    REQUIRE(replace_file(m.folder.path("file"), "x"));
    std::filesystem::create_directories(m.where.runtime_units());
    std::filesystem::create_symlink(m.folder.path("file"), folder_of(m.where.return_wanted()));
    auto const found = m.apply();
    CHECK(found.result == apply_result::refused);
    CHECK(found.errors.at(0).message.find("is a symbolic link") != std::string::npos);
    CHECK(m.view() == before);
}
