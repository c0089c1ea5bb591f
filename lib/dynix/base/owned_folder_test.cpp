#include "dynix/base/owned_folder.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/test_folder.hpp"
#include "dynix/test.hpp"

#include <sys/stat.h>
#include <unistd.h>

using namespace dynix;

namespace {

constexpr std::uint64_t enough = 1000;

unsigned mode_of(std::string const& path) {
    struct stat about {};
    REQUIRE(::lstat(path.c_str(), &about) == 0);
    return about.st_mode & 07777U;
}

// Sets the umask, and puts the old one back.
class umask_of {
  public:
    explicit umask_of(mode_t mask) : before_(::umask(mask)) {}
    umask_of(umask_of const&) = delete;
    umask_of& operator=(umask_of const&) = delete;
    ~umask_of() { ::umask(before_); }

  private:
    mode_t before_;
};

} // namespace

TEST_CASE("folders and files get their modes from nobody's umask") {
    for (mode_t const mask : {0U, 022U, 077U}) {
        CAPTURE(mask);
        test_folder const folder;
        umask_of const set(mask);
        auto const made = owned_folder::make(folder.path("top/dir"), folder.path("top/dir/a/b"));
        REQUIRE(made);
        REQUIRE(made->replace("all", "x", 0644));
        REQUIRE(made->replace("own", "x", 0600));
        for (auto const* name : {"top", "top/dir", "top/dir/a", "top/dir/a/b"})
            CHECK(mode_of(folder.path(name)) == 0755);
        CHECK(mode_of(folder.path("top/dir/a/b/all")) == 0644);
        CHECK(mode_of(folder.path("top/dir/a/b/own")) == 0600);
        CHECK(*made->read("all", enough) == "x");
    }
}

TEST_CASE("a folder on the way that others can change, or that is a link, is refused by name") {
    test_folder const folder;
    REQUIRE(owned_folder::make(folder.path("top"), folder.path("top/a/b")));
    auto const refusal = [&] {
        auto const opened = owned_folder::open(folder.path("top"), folder.path("top/a/b"));
        auto const made = owned_folder::make(folder.path("top"), folder.path("top/a/b"));
        REQUIRE_FALSE(opened.has_value());
        REQUIRE_FALSE(made.has_value());
        CHECK(opened.error().message == made.error().message);
        return opened.error().message;
    };
    REQUIRE(::chmod(folder.path("top/a").c_str(), 0777) == 0);
    CHECK(
        refusal() ==
        "'" + folder.path("top/a") + "' can be changed by others than its owner (mode 0777)");
    REQUIRE(::chmod(folder.path("top/a").c_str(), 0755) == 0);
    REQUIRE(::rename(folder.path("top/a/b").c_str(), folder.path("elsewhere").c_str()) == 0);
    REQUIRE(::symlink(folder.path("elsewhere").c_str(), folder.path("top/a/b").c_str()) == 0);
    CHECK(refusal() == "'" + folder.path("top/a/b") + "' is a symbolic link, and is not followed");
    REQUIRE(::unlink(folder.path("top/a/b").c_str()) == 0);
    REQUIRE(replace_file(folder.path("top/a/b"), "a file"));
    CHECK(refusal().ends_with("Not a directory"));
    CHECK_FALSE(
        owned_folder::open(folder.path("top"), folder.path("top/a/b")).error().hint.empty());
    REQUIRE(::unlink(folder.path("top/a/b").c_str()) == 0);
    auto const none = owned_folder::open(folder.path("top"), folder.path("top/a/b"));
    REQUIRE(none);
    CHECK_FALSE(none->has_value());
}

TEST_CASE("a file is read only as what its owner wrote there") {
    test_folder const folder;
    auto const here = owned_folder::make(folder.path("top"), folder.path("top/a"));
    REQUIRE(here);
    REQUIRE(replace_file(folder.path("secret"), "secret"));
    auto const refusal = [&](std::string const& name) {
        auto const read = here->read(name, enough);
        REQUIRE_FALSE(read.has_value());
        return read.error().message;
    };
    REQUIRE(::symlink("../../secret", folder.path("top/a/link").c_str()) == 0);
    CHECK(refusal("link").ends_with("is a symbolic link, and is not followed"));
    REQUIRE(::mkfifo(folder.path("top/a/fifo").c_str(), 0600) == 0);
    CHECK(refusal("fifo").ends_with("is not a regular file"));
    REQUIRE(::mkdir(folder.path("top/a/folder").c_str(), 0755) == 0);
    CHECK(refusal("folder").ends_with("is a directory, expected a file"));
    for (auto const* const name : {"link", "fifo", "folder"})
        CHECK(here->read(name, enough).error().hint == "find out who made it, then remove it");
    REQUIRE(here->replace("large", std::string(enough + 1, 'x'), 0644));
    CHECK(refusal("large").ends_with("is larger than 1000 bytes"));
    REQUIRE(here->replace("open", "x", 0666));
    CHECK(refusal("open").ends_with("can be changed by others than its owner (mode 0666)"));
    auto const none = here->read("none", enough);
    REQUIRE(none);
    CHECK_FALSE(none->has_value());
}

TEST_CASE("what stands in the way is replaced and never written through") {
    test_folder const folder;
    auto const here = owned_folder::make(folder.path("top"), folder.path("top/a"));
    REQUIRE(here);
    REQUIRE(replace_file(folder.path("secret"), "secret"));
    for (auto const* name : {"file", ".file.new"})
        REQUIRE(::symlink("../../secret", folder.path("top/a/" + std::string(name)).c_str()) == 0);
    REQUIRE(here->replace("file", "ours", 0644));
    CHECK(*read_file(folder.path("secret")) == "secret");
    CHECK(*here->read("file", enough) == "ours");
    REQUIRE(here->link("one", "name"));
    REQUIRE(here->link("two", "name"));
    REQUIRE(here->link("two", "name"));
    CHECK(*resolve_links(folder.path("top/a/name")) == folder.path("top/a/two"));
    // What a killed writer left goes with the file.
    REQUIRE(replace_file(folder.path("top/a/.file.new"), "half"));
    REQUIRE(here->remove("file"));
    REQUIRE(here->remove("file"));
    CHECK(*here->rename("name", "other"));
    CHECK_FALSE(*here->rename("name", "other"));
    REQUIRE(::unlink(folder.path("top/a/other").c_str()) == 0);
    CHECK(::rmdir(folder.path("top/a").c_str()) == 0);
}

TEST_CASE("a folder in the place of a file is neither removed nor replaced, and it is said so") {
    test_folder const folder;
    auto const here = owned_folder::make(folder.path("top"), folder.path("top/a"));
    REQUIRE(here);
    REQUIRE(::mkdir(folder.path("top/a/file").c_str(), 0755) == 0);
    for (auto const& failed :
         {here->remove("file"), here->replace("file", "x", 0644), here->link("x", "file")}) {
        REQUIRE_FALSE(failed.has_value());
        CHECK(
            failed.error().hint ==
            "a folder stands in the place of the file: find out who made it, then remove it");
    }
}
