#include "dynix/base/file.hpp"
#include "dynix/base/test_folder.hpp"
#include "dynix/test.hpp"

#include <sys/stat.h>
#include <unistd.h>

using namespace dynix;

TEST_CASE("a file is replaced, a new one is readable by all, a mode is kept") {
    test_folder const folder;
    auto const path = folder.path("x");
    REQUIRE(replace_file(path, "one"));
    CHECK(*read_file(path) == "one");
    struct stat about {};
    REQUIRE(::stat(path.c_str(), &about) == 0);
    auto const mask = ::umask(0);
    ::umask(mask);
    CHECK((about.st_mode & 07777) == (0644U & ~mask));
    REQUIRE(::chmod(path.c_str(), 0600) == 0);
    REQUIRE(replace_file(path, std::string("two\0three", 9)));
    CHECK(*read_file(path) == std::string("two\0three", 9));
    REQUIRE(::stat(path.c_str(), &about) == 0);
    CHECK((about.st_mode & 07777) == 0600);
    CHECK(folder.names() == std::vector<std::string>{"x"});
}

TEST_CASE("a symbolic link stays and its target is replaced") {
    test_folder const folder;
    REQUIRE(::symlink("target", folder.path("link").c_str()) == 0);
    REQUIRE(::symlink("link", folder.path("link2").c_str()) == 0);
    REQUIRE(replace_file(folder.path("link2"), "bytes"));
    CHECK(*read_file(folder.path("target")) == "bytes");
    CHECK(*resolve_links(folder.path("link2")) == folder.path("target"));
    CHECK(folder.names() == std::vector<std::string>{"link", "link2", "target"});
}

TEST_CASE("what a killed writer left behind is cleared by the next one") {
    test_folder const folder;
    REQUIRE(::symlink("elsewhere", folder.path(".x.new").c_str()) == 0);
    REQUIRE(replace_file(folder.path("x"), "bytes"));
    CHECK(folder.names() == std::vector<std::string>{"x"});
}

TEST_CASE("what cannot be read or replaced says so, and nothing is left behind") {
    test_folder const folder;
    REQUIRE(::mkdir(folder.path("d").c_str(), 0755) == 0);
    REQUIRE(::symlink("loop", folder.path("loop").c_str()) == 0);
    REQUIRE(::mkfifo(folder.path("fifo").c_str(), 0644) == 0);
    CHECK(read_file(folder.path("d")).error().message.ends_with("is a directory, expected a file"));
    CHECK(read_file(folder.path("no")).error().message.ends_with("No such file or directory"));
    CHECK(read_file(folder.path("fifo")).error().message.ends_with("is not a regular file"));
    CHECK(read_file_if_any(folder.path("no"))->has_value() == false);
    CHECK(
        read_file(folder.path("loop")).error().message.find("symbolic links") != std::string::npos);
    CHECK(replace_file(folder.path("d"), "x").error().message.ends_with("is not a regular file"));
    CHECK(replace_file(folder.path("no/x"), "x")
              .error()
              .message.starts_with("cannot create a file in"));
    CHECK(replace_file(folder.path("loop"), "x").error().message.starts_with("cannot follow"));
    CHECK(folder.names() == std::vector<std::string>{"d", "fifo", "loop"});
}
