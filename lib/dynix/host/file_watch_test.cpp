#include "dynix/host/file_watch.hpp"

#include "dynix/base/test_folder.hpp"
#include "dynix/test.hpp"

#include <fcntl.h>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

using namespace dynix;

namespace {

std::string made(test_folder const& folder, char const* name) {
    std::ofstream(folder.path(name)) << name;
    return folder.path(name);
}

// It takes root, and a kernel that lets it.
bool can_watch() {
    return host::watch_file("/").has_value();
}

// Opens the file in another process, and says which that was.
std::int64_t opened_by_another(std::string const& path) {
    auto const child = ::fork();
    if (child == 0)
        ::_exit(::open(path.c_str(), O_RDONLY) < 0);
    int status = 1;
    ::waitpid(child, &status, 0);
    REQUIRE(status == 0);
    return child;
}

} // namespace

TEST_CASE(
    "a watch names who opens the file, by whatever path, and nobody else" *
    doctest::skip(!can_watch())) {
    test_folder const folder;
    auto const file = made(folder, "file");
    auto const other = made(folder, "other");
    REQUIRE(::symlink(file.c_str(), folder.path("link").c_str()) == 0);
    opened_by_another(file);
    auto const watch = host::watch_file(folder.path("link"));
    REQUIRE(watch);
    CHECK((*watch)->readers().empty());
    opened_by_another(other);
    CHECK((*watch)->readers().empty());
    auto const first = opened_by_another(file);
    CHECK((*watch)->readers() == std::set<std::int64_t>{first});
    auto const second = opened_by_another(folder.path("link"));
    CHECK((*watch)->readers() == std::set<std::int64_t>{first, second});
}

TEST_CASE("a file that is not there cannot be watched") {
    test_folder const folder;
    CHECK_FALSE(host::watch_file(folder.path("none")));
}
