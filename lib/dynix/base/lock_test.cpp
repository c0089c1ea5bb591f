#include "dynix/base/lock.hpp"
#include "dynix/base/test_folder.hpp"
#include "dynix/test.hpp"

#include <fmt/format.h>
#include <unistd.h>

using namespace dynix;
using namespace std::chrono_literals;

TEST_CASE("the second one waits, is told who holds the lock, and gives up") {
    test_folder const folder;
    for (auto const& path : {folder.path("lock"), folder.path("")}) {
        CAPTURE(path);
        auto first = file_lock::acquire(path, 0ms);
        REQUIRE(first);
        std::string told;
        auto second =
            file_lock::acquire(path, 50ms, [&](std::string const& holder) { told = holder; });
        REQUIRE(!second);
        CHECK(told.starts_with(fmt::format("process {} '", ::getpid())));
        CHECK(told.find("base_test") != std::string::npos);
        CHECK(second.error().message == fmt::format("'{}' is held by {}", path, told));
    }
}

TEST_CASE("who holds a lock can be asked without taking it") {
    test_folder const folder;
    auto const path = folder.path("lock");
    CHECK_FALSE(file_lock::holder(path));
    {
        auto const held = file_lock::acquire(path, 0ms);
        REQUIRE(held);
        auto const holder = file_lock::holder(path);
        REQUIRE(holder);
        CHECK(holder->starts_with(fmt::format("process {} '", ::getpid())));
    }
    CHECK_FALSE(file_lock::holder(path));
}

TEST_CASE("a lock ends with its object") {
    test_folder const folder;
    { REQUIRE(file_lock::acquire(folder.path("lock"), 0ms)); }
    CHECK(file_lock::acquire(folder.path("lock"), 0ms));
}

TEST_CASE("a folder that is not there is an error, and is not created") {
    test_folder const folder;
    CHECK(!file_lock::acquire(folder.path("no/"), 0ms));
    CHECK(folder.names().empty());
    CHECK(
        file_lock::acquire(folder.path("no/lock"), 0ms).error().message.find("no/lock") !=
        std::string::npos);
}
