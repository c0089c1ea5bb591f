#include "dynix/base/file.hpp"
#include "dynix/base/test_folder.hpp"
#include "dynix/test.hpp"

#include <array>
#include <cerrno>
#include <sys/stat.h>
#include <sys/xattr.h>
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

TEST_CASE("an access control list is kept, and none is added") {
    test_folder const folder;
    auto const path = folder.path("x");
    REQUIRE(replace_file(path, "one"));
    // acl(5) as the kernel keeps it: the owner rw, user 1 rw, the group nothing, the mask rw.
    constexpr std::string_view list(
        "\2\0\0\0"
        "\1\0\6\0\377\377\377\377"
        "\2\0\6\0\1\0\0\0"
        "\4\0\0\0\377\377\377\377"
        "\20\0\6\0\377\377\377\377"
        "\40\0\0\0\377\377\377\377",
        44);
    constexpr char const* name = "system.posix_acl_access";
    if (::setxattr(path.c_str(), name, list.data(), list.size(), 0) != 0 && errno == ENOTSUP) {
        MESSAGE("this file system has no access control lists");
        return;
    }
    auto const list_of_x = [&] {
        std::array<char, 100> bytes{};
        auto const size = ::getxattr(path.c_str(), name, bytes.data(), bytes.size());
        return std::string(bytes.data(), size < 0 ? 0 : static_cast<std::size_t>(size));
    };
    REQUIRE(list_of_x() == list);
    REQUIRE(replace_file(path, "two"));
    CHECK(list_of_x() == list);
    CHECK_FALSE(is_public(path));
    // A folder's default list, for files that are made in it, is not for one that had none.
    REQUIRE(::removexattr(path.c_str(), name) == 0);
    REQUIRE(::chmod(path.c_str(), 0660) == 0);
    REQUIRE(
        ::setxattr(
            folder.path("").c_str(), "system.posix_acl_default", list.data(), list.size(), 0) == 0);
    REQUIRE(replace_file(path, "three"));
    CHECK(list_of_x().empty());
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

TEST_CASE("'-' is the name of a file, as any other") {
    auto const found = read_file_if_any("-");
    REQUIRE(found);
    CHECK_FALSE(found->has_value());
}
