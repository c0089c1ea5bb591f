#include "dynix/options/definitions.hpp"

#include "dynix/syntax/attribute_path.hpp"
#include "dynix/test.hpp"

#include <fmt/format.h>

using namespace dynix;
using namespace dynix::options;

namespace {

// { default = mkOptionDefault { inner = mkForce { deep = 1; }; low = mkForce { }; }; … }
definition const settings{
    .priority = 1500,
    .below = {
        {.name = "group", .below = {{.name = "set", .priority = 50}}},
        {.name = "inner", .priority = 50, .below = {{.name = "deep", .priority = 100}}},
        {.name = "low", .priority = 50},
        {.name = "odd", .priority = -3, .below = {{.name = "a", .priority = 100}}},
        {.name = "plain", .priority = 100, .below = {{.name = "a", .priority = 1000}}},
        {.name = "unset", .priority = 1500}}};

// "1:1500 2:50" for a path below the option 's'
std::string around(std::string const& path) {
    auto const sets = sets_around(settings, 1, *syntax::parse_attribute_path(path, "PATH"));
    if (!sets)
        return sets.error().message;
    std::string out;
    for (auto const& one : *sets)
        out += fmt::format("{}{}:{}", out.empty() ? "" : " ", one.length, one.priority);
    return out;
}

std::optional<std::int64_t> at(std::string const& path) {
    return priority_at(settings, 1, *syntax::parse_attribute_path(path, "PATH"));
}

} // namespace

TEST_CASE("an override joins every set that has another priority than a plain definition") {
    CHECK(around("s") == "");
    CHECK(around("s.plain") == "1:1500");
    CHECK(around("s.plain.a") == "1:1500");
    CHECK(around("s.inner.deep") == "1:1500 2:50");
    CHECK(around("s.inner.other") == "1:1500 2:50");
    CHECK(around("s.new.name") == "1:1500");
}

TEST_CASE("an empty set is joined only where it would hide the override") {
    CHECK(around("s.low.a") == "1:1500 2:50");
    CHECK(around("s.unset.a") == "1:1500");
}

TEST_CASE("a group of options is no set, its options are") {
    CHECK(around("s.group.set.a") == "1:1500 3:50");
}

TEST_CASE("a set at the priority of an entry cannot be joined") {
    CHECK(
        around("s.odd.a") == "the static configuration defines 's.odd' at the priority -3, which "
                             "is one of an entry of the dynamic file");
}

TEST_CASE("the priority of a place itself") {
    CHECK(at("s") == 1500);
    CHECK(at("s.plain.a") == 1000);
    CHECK(at("s.plain.b") == std::nullopt);
    CHECK(at("s.group") == std::nullopt);
    CHECK(at("s.inner.deep.more") == std::nullopt);
}
