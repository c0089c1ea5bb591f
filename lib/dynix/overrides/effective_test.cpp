#include "dynix/overrides/effective.hpp"
#include "dynix/test.hpp"

#include <random>

using namespace dynix;
using namespace dynix::overrides;

namespace {

dynamic_file file_with(std::string const& entries) {
    auto file =
        read_dynamic_file("{ lib, ... }: { config = lib.mkMerge [ " + entries + " ]; }", "f");
    REQUIRE(file);
    return std::move(*file);
}

} // namespace

TEST_CASE("an override on one line") {
    auto const file = file_with("{ a.\"b c\" = lib.mkOverride (-1) [ 1 2 ]; }");
    CHECK(override_line(file.entries.at(0).overrides.at(0)) == "a.\"b c\" = [ 1 2 ]");
    CHECK(setting_line("a.b", "4") == "a.b = 4");
}

TEST_CASE("behind a value of several lines, a column goes on from the last one") {
    CHECK(in_column("a = 1", 8) == "a = 1   ");
    CHECK(in_column("a = [\n1\n]", 4) == "a = [\n1\n]   ");
    CHECK(in_column("a = 1", 2) == "a = 1");
}

TEST_CASE("the changes from one file to another, path by path") {
    auto const before = file_with("{ a = lib.mkOverride (-1) 1; b.c = lib.mkOverride (-1) 2; }"
                                  "{ b.d = lib.mkOverride (-2) 3; e = lib.mkOverride (-2) 4; }");
    auto const after = file_with("{ b.c = lib.mkOverride (-1) 2; b.d = lib.mkOverride (-1) 9; }"
                                 "{ e.f = lib.mkOverride (-2) 4; z = lib.mkOverride (-2) 5; }");
    auto const old = effective_overrides(before);
    auto const now = effective_overrides(after);
    std::vector<std::string> found;
    for (auto const& one : effect_changes(old, now)) {
        auto const* named = one.before != nullptr ? one.before : one.after;
        auto text = named->what->path.back();
        for (auto const* side : {one.before, one.after})
            text.append(" ").append(side != nullptr ? side->what->value : "-");
        found.push_back(text);
    }
    CHECK(found == std::vector<std::string>{"a 1 -", "d 3 9", "e 4 -", "f - 4", "z - 5"});
}

TEST_CASE("what is in effect at a path: at it, below it, or the whole it is a part of") {
    auto const file = file_with("{ a.b = lib.mkOverride (-1) 1; a.c = lib.mkOverride (-1) 2; }"
                                "{ d = lib.mkOverride (-2) { e = 1; }; }");
    auto const all = effective_overrides(file);
    CHECK(effective_at(all, {"a"}).size() == 2);
    CHECK(effective_at(all, {"a", "b"}).size() == 1);
    REQUIRE(effective_at(all, {"d", "e"}).size() == 1);
    CHECK(effective_at(all, {"d", "e"})[0].what->path == option_path{"d"});
    CHECK(effective_at(all, {"a", "x"}).empty());
    CHECK(no_override_at(all, {"a", "bb"}).message == "there is no override at 'a.bb'");
}

TEST_CASE("what is in effect near a path is what is in effect there among all") {
    std::mt19937 random(std::random_device{}());
    auto const some_path = [&] {
        option_path out(1 + random() % 4);
        for (auto& name : out)
            name = random() % 2 == 0 ? "a" : "b";
        return out;
    };
    for (int round = 0; round < 500; ++round) {
        dynamic_file file;
        for (int number = 1; number <= 6; ++number) {
            auto& added = file.entries.emplace_back();
            added.number = number;
            for (int i = 0; i < 2; ++i)
                added.overrides.push_back({some_path(), "1"});
        }
        auto const near = some_path();
        std::vector<option_override const*> expected, found;
        for (auto const& one : effective_overrides(file))
            if (is_at_or_below(one.what->path, near) || is_at_or_below(near, one.what->path))
                expected.push_back(one.what);
        for (auto const& one : effective_overrides(file, near))
            found.push_back(one.what);
        CHECK(found == expected);
    }
}
