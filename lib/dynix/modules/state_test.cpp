#include "dynix/modules/state.hpp"

#include "dynix/base/test_folder.hpp"
#include "dynix/test.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>

using namespace dynix;
using namespace dynix::modules;

namespace {

module_state example() {
    return {
        "2026-11-23T01:33:00Z",
        "/nix/store/base",
        {"/nix/store/with-a", {"a"}},
        extended_system{"/nix/store/with-a-b", {"a", "b"}},
        "/nix/store/x-runtime-modules"};
}

} // namespace

TEST_CASE("a state is read as it was written") {
    auto const read = parse_state(print_state(example()), "state.json");
    REQUIRE(read);
    CHECK(read->since == example().since);
    CHECK(read->base == example().base);
    CHECK(read->extension == example().extension);
    CHECK(read->applied.system == "/nix/store/with-a");
    CHECK(read->applied.enabled == std::vector<std::string>{"a"});
    REQUIRE(read->activating);
    CHECK(read->activating->enabled == std::vector<std::string>{"a", "b"});
    auto ended = example();
    ended.activating.reset();
    CHECK_FALSE(parse_state(print_state(ended), "state.json")->activating);
}

TEST_CASE("no part of a state is read of one that is truncated, foreign or newer") {
    auto const good = print_state(example());
    for (std::size_t size = 0; size + 2 < good.size(); ++size) {
        CAPTURE(size);
        auto const read = parse_state(good.substr(0, size), "state.json");
        REQUIRE_FALSE(read);
        CHECK(read.error().hint.find("writes it again") != std::string::npos);
    }
    for (auto const* wrong :
         {"{\"modules\": [{\"name\": \"a\"}]}", // that of another program
          "{\"enabled\": [\"a\"]}", "{\"version\": 2}", "{\"version\": \"1\"}", "null", "\xff\xfe"})
        CHECK_FALSE(parse_state(wrong, "state.json"));
    CHECK(
        parse_state("{\"version\": 2}", "state.json").error().message ==
        "state.json has version 2, expected 1");
}

TEST_CASE("everybody can read the state and only its owner write it, whatever the umask") {
    test_folder folder;
    host::paths where;
    where.root = folder.path("root");
    std::filesystem::create_directories(where.run());
    host::real_files files(where);
    CHECK_FALSE(read_state(files, where)->has_value());
    for (auto const umask : {mode_t{0}, mode_t{0777}}) {
        auto const before = ::umask(umask);
        auto const written = write_state(files, where, example());
        ::umask(before);
        REQUIRE(written);
        struct stat about {};
        REQUIRE(::stat(where.modules_state().c_str(), &about) == 0);
        CHECK((about.st_mode & 07777) == 0644);
        REQUIRE(::stat(where.modules().c_str(), &about) == 0);
        CHECK((about.st_mode & 07777) == 0755);
        std::filesystem::remove_all(where.modules());
    }
    REQUIRE(write_state(files, where, example()));
    CHECK((*read_state(files, where))->applied.system == "/nix/store/with-a");
}

TEST_CASE("a state that is a link is not followed") {
    test_folder folder;
    host::paths where;
    where.root = folder.path("root");
    std::filesystem::create_directories(where.modules());
    host::real_files files(where);
    std::ofstream(folder.path("elsewhere")) << print_state(example());
    std::filesystem::create_symlink(folder.path("elsewhere"), where.modules_state());
    CHECK_FALSE(read_state(files, where));
    REQUIRE(write_state(files, where, {}));
    CHECK_FALSE(std::filesystem::is_symlink(where.modules_state()));
}

TEST_CASE("a system is being activated only while it is the one that runs") {
    test_folder folder;
    host::paths where;
    where.root = folder.path("root");
    std::filesystem::create_directories(where.run());
    host::real_files files(where);
    CHECK_FALSE(being_activated(files, where));
    std::filesystem::create_symlink("/nix/store/with-a-b", where.current_system());
    CHECK_FALSE(being_activated(files, where));
    REQUIRE(write_state(files, where, example()));
    auto const now = being_activated(files, where);
    REQUIRE(now);
    CHECK(now->enabled == std::vector<std::string>{"a", "b"});
    // A state that an interrupted activation has left says nothing of a switch to another system.
    std::filesystem::remove(where.current_system());
    std::filesystem::create_symlink("/nix/store/newer", where.current_system());
    CHECK_FALSE(being_activated(files, where));
}
