#include "dynix/overrides/generations.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/test_folder.hpp"
#include "dynix/overrides/store.hpp"
#include "dynix/overrides/undo.hpp"
#include "dynix/test.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace dynix;
using namespace dynix::overrides;

namespace {

std::vector<std::int64_t> numbers_of(std::string const& path) {
    auto const known = generations_of(path);
    REQUIRE(known);
    std::vector<std::int64_t> out;
    for (auto const& one : *known)
        out.push_back(one.number);
    return out;
}

std::string file_with(int value) {
    return fmt::format(
        "{{ lib, ... }}: {{ config = lib.mkMerge [\n{{ a = lib.mkOverride (-1) {}; }}\n]; }}",
        value);
}

} // namespace

TEST_CASE("a link that leads to no file is none without entries, but a file may be put there") {
    test_folder const folder;
    auto const path = folder.path("dynamic.nix");
    auto const real = folder.path("kept.nix");
    CHECK(load(path)->entries.empty());
    REQUIRE(::symlink("kept.nix", path.c_str()) == 0);
    append_request more{{.path = path, .time = "t", .user = "u"}};
    more.wanted = {{"a"}, syntax::literal(true)};
    auto const is_missed = [&](auto const& found) {
        return !found && found.error().message ==
                             fmt::format("'{}' is a link to '{}', which is not there", path, real);
    };
    CHECK(is_missed(load(path)));
    CHECK(is_missed(undo({.path = path}, last_entry())));
    REQUIRE(append(more));
    CHECK(load(path)->entries.size() == 1);
    auto const undone = undo({.path = path, .time = "t", .user = "u"}, last_entry());
    REQUIRE(undone);
    REQUIRE(::unlink(real.c_str()) == 0);
    CHECK(is_missed(load(path)));
    // Its generations are beside it, so it is no file system that is away.
    CHECK(return_to_generation({.path = path, .time = "t", .user = "u"}, 1));
    CHECK(load(path)->entries.front().number == 1);
    CHECK(load(real));
}

TEST_CASE("a generation is the older file itself, under a number of its own") {
    test_folder const folder;
    auto const path = folder.path("dynamic.nix");
    CHECK(numbers_of(path).empty());
    CHECK(*keep_generation(path, "") == 0);
    REQUIRE(replace_file(path, file_with(1)));
    REQUIRE(::chmod(path.c_str(), 0600) == 0);
    CHECK(*keep_generation(path, file_with(1)) == 1);
    // An undo that was interrupted here comes again.
    CHECK(*keep_generation(path, file_with(1)) == 1);
    REQUIRE(replace_file(path, file_with(2)));
    CHECK(*keep_generation(path, file_with(2)) == 2);
    REQUIRE(replace_file(path, file_with(3)));
    CHECK(numbers_of(path) == std::vector<std::int64_t>{1, 2});
    CHECK(*read_file(path + ".generations/1") == file_with(1));
    CHECK(*read_file(path + ".generations/2") == file_with(2));
    struct stat about {};
    REQUIRE(::stat((path + ".generations/1").c_str(), &about) == 0);
    CHECK((about.st_mode & 07777) == 0600);
}

TEST_CASE("who cannot read the file cannot reach its older versions, and no umask opens them") {
    test_folder const folder;
    auto const path = folder.path("dynamic.nix");
    REQUIRE(replace_file(path, file_with(1)));
    REQUIRE(::chmod(path.c_str(), 0644) == 0);
    auto const mode = [&] {
        struct stat about {};
        REQUIRE(::stat((path + ".generations").c_str(), &about) == 0);
        return about.st_mode & 07777U;
    };
    auto const mask = ::umask(0);
    CHECK(*keep_generation(path, file_with(1)) == 1);
    ::umask(mask);
    CHECK(mode() == 0755);
    REQUIRE(::chmod(path.c_str(), 0600) == 0);
    REQUIRE(replace_file(path, file_with(2)));
    CHECK(*keep_generation(path, file_with(2)) == 2);
    CHECK(mode() == 0700);
    REQUIRE(::chmod((path + ".generations").c_str(), 0777) == 0);
    CHECK_FALSE(keep_generation(path, file_with(3)).has_value());
    CHECK(generations_of(path).error().message.starts_with("everybody can put a file into"));
}

TEST_CASE("generations stand beside the file that a symbolic link names") {
    test_folder const folder;
    REQUIRE(::mkdir(folder.path("real").c_str(), 0755) == 0);
    REQUIRE(replace_file(folder.path("real/d"), file_with(1)));
    REQUIRE(::symlink("real/d", folder.path("dynamic.nix").c_str()) == 0);
    CHECK(*keep_generation(folder.path("dynamic.nix"), file_with(1)) == 1);
    CHECK(folder.names() == std::vector<std::string>{"dynamic.nix", "real"});
    CHECK(read_file(folder.path("real/d.generations/1")));
}

TEST_CASE("the oldest go, other names and the numbers of the rest stay") {
    test_folder const folder;
    auto const path = folder.path("dynamic.nix");
    auto const most = static_cast<int>(generations_kept);
    REQUIRE(replace_file(path, file_with(0)));
    REQUIRE(keep_generation(path, file_with(0)));
    REQUIRE(replace_file(path + ".generations/notes", "x"));
    REQUIRE(replace_file(path + ".generations/007", "x"));
    for (int i = 1; i < most + 3; ++i) {
        REQUIRE(replace_file(path, file_with(i)));
        REQUIRE(keep_generation(path, file_with(i)));
        prune_generations(path);
    }
    auto const left = numbers_of(path);
    REQUIRE(left.size() == generations_kept);
    CHECK(left.front() == 4);
    CHECK(left.back() == most + 3);
    CHECK(read_file(path + ".generations/notes"));
    CHECK(read_file(path + ".generations/007"));
}

TEST_CASE("a generation is listed with the undo it was kept for, also when a file was damaged") {
    test_folder const folder;
    auto const path = folder.path("dynamic.nix");
    REQUIRE(replace_file(path, file_with(1)));
    write_request request;
    request.path = path;
    request.time = "2026-11-24T10:00:00Z";
    request.user = "root";
    request.message = "why";
    REQUIRE(undo(request, last_entry{}));
    REQUIRE(return_to_generation(request, 1));
    auto listed = read_generations(path);
    REQUIRE(listed);
    REQUIRE(listed->size() == 2);
    CHECK((*listed)[0].ended_by->action == "undo 1");
    CHECK((*listed)[0].ended_by->message == "why");
    CHECK((*listed)[0].content->entries.size() == 1);
    CHECK((*listed)[1].ended_by->action == "return to generation 1");
    REQUIRE(replace_file(path + ".generations/2", "junk"));
    listed = read_generations(path);
    REQUIRE(listed);
    CHECK(!(*listed)[1].content);
    CHECK(!(*listed)[0].ended_by);
}

TEST_CASE("of root, the older versions of somebody else's file are theirs") {
    if (::geteuid() != 0) {
        MESSAGE("not tried without root: another user");
        return;
    }
    constexpr uid_t nobody = 65534;
    for (bool const made_before : {false, true}) {
        CAPTURE(made_before);
        test_folder const folder;
        auto const path = folder.path("dynamic.nix");
        auto const older = path + ".generations";
        if (made_before)
            REQUIRE(::mkdir(older.c_str(), 0700) == 0);
        REQUIRE(replace_file(path, file_with(1)));
        REQUIRE(::chown(path.c_str(), nobody, nobody) == 0);
        CHECK(*keep_generation(path, file_with(1)) == 1);
        struct stat about {};
        REQUIRE(::stat(older.c_str(), &about) == 0);
        CHECK(about.st_uid == nobody);
        CHECK(about.st_gid == nobody);
    }
}
