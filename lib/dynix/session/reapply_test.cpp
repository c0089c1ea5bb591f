#include "dynix/session/reapply.hpp"

#include "dynix/activation/fakes/fake_machine.hpp"
#include "dynix/base/file.hpp"
#include "dynix/session/test_system.hpp"

#include <algorithm>
#include <filesystem>

using namespace dynix;
using namespace dynix::session;

namespace {

using numbers = std::vector<std::int64_t>;

// A machine on which an apply fails that has one of these entries.
struct failing {
    numbers bad{};
    exit_code code = exit_code::failed_restored;
    std::vector<numbers> tried{};

    reapplied run(numbers const& entries) {
        return reapply(entries, [this](numbers const& some) {
            tried.push_back(some);
            bool const fails = std::any_of(some.begin(), some.end(), [this](std::int64_t one) {
                return std::find(bad.begin(), bad.end(), one) != bad.end();
            });
            return fails ? attempt{code, "told to fail"} : attempt{};
        });
    }
};

numbers left_out(reapplied const& what) {
    numbers out;
    for (auto const& one : what.left_out)
        out.push_back(one.entry);
    return out;
}

} // namespace

TEST_CASE("what can be applied at once is") {
    failing machine;
    auto const done = machine.run({1, 2, 5});
    CHECK(done.code == exit_code::done);
    CHECK(done.applied == numbers{1, 2, 5});
    CHECK(machine.tried == std::vector<numbers>{{1, 2, 5}});
    CHECK(machine.run({}).code == exit_code::done);
    CHECK(machine.tried.size() == 1);
}

TEST_CASE("those that fail are left out one by one, and no other") {
    for (std::int64_t first = 1; first <= 9; ++first)
        for (std::int64_t second = first; second <= 9; ++second) {
            CAPTURE(first);
            CAPTURE(second);
            failing machine;
            machine.bad = {first, second};
            machine.bad.erase(
                std::unique(machine.bad.begin(), machine.bad.end()), machine.bad.end());
            auto const done = machine.run({1, 2, 3, 4, 5, 6, 7, 8, 9});
            CHECK(done.code == exit_code::refused);
            CHECK(left_out(done) == machine.bad);
            CHECK(done.applied.size() == 9 - machine.bad.size());
            CHECK(done.left_out.front().why == "told to fail");
        }
}

TEST_CASE("what cannot be restored ends it") {
    failing machine;
    machine.bad = {2};
    machine.code = exit_code::failed_left;
    auto const done = machine.run({1, 2, 3, 4});
    CHECK(done.code == exit_code::failed_left);
    CHECK(done.applied.empty());
    CHECK(left_out(done) == numbers{1, 2, 3, 4});
    CHECK(machine.tried.size() == 1);
}

TEST_CASE("only entries with an override in effect are applied again") {
    auto const file = file_with("{ a = lib.mkOverride (-1) 1; b = lib.mkOverride (-1) 1; }"
                                "{ c = lib.mkOverride (-2) 1; } { c = lib.mkOverride (-3) 2; }"
                                "{ b = lib.mkOverride (-4) 1; }");
    CHECK(entries_in_effect(file) == numbers{1, 3, 4});
    CHECK(entries_in_effect(file_with("")).empty());
}

TEST_CASE("why something was left out is kept until the next time") {
    activation::fake_machine m;
    CHECK(read_left_out(m.seen)->empty());
    REQUIRE(write_left_out(m.seen, {{3, "it has \"quotes\""}, {4, ""}}));
    auto const read = *read_left_out(m.seen);
    REQUIRE(read.size() == 2);
    CHECK(read[0].entry == 3);
    CHECK(read[0].why == "it has \"quotes\"");

    using enum override_state;
    std::vector<override_report> rows = {
        {"a", "1", pending, "not applied yet", {}, 3},
        {"b", "1", static_, "nothing is applied", {}, 3},
        {"c", "1", live, "", {}, 3},
        {"d", "1", pending, "not applied yet", {}, 5}};
    explain_left_out(rows, read);
    CHECK(rows[0].reason == "left out when it was to be applied again: it has \"quotes\"");
    CHECK(rows[1].reason == rows[0].reason);
    CHECK(rows[2].reason.empty());
    CHECK(rows[3].reason == "not applied yet");

    REQUIRE(write_left_out(m.seen, {}));
    CHECK_FALSE(std::filesystem::exists(m.where.left_out()));
}

TEST_CASE("a record of what was left out that cannot be read is said, and kept beside") {
    for (std::string const damaged : {"", "{", R"({"version": 9, "entries": []})"}) {
        activation::fake_machine m;
        REQUIRE(m.plain.write(m.where.left_out(), damaged));
        auto const read = read_left_out(m.seen);
        REQUIRE_FALSE(read);
        CHECK(read.error().hint.find("'left-out.json.damaged'") != std::string::npos);
        CHECK(forget_left_out(m.seen, "{ lib, ... }: { config = lib.mkMerge [ ]; }"));
        REQUIRE(write_left_out(m.seen, {{3, "why"}}));
        CHECK(*read_file(m.where.left_out() + ".damaged") == damaged);
        CHECK(read_left_out(m.seen)->size() == 1);
    }
    activation::fake_machine m;
    std::filesystem::create_directories(m.where.left_out());
    CHECK_FALSE(read_left_out(m.seen));
    REQUIRE(write_left_out(m.seen, {}));
    CHECK(read_left_out(m.seen)->empty());
}

TEST_CASE("a race is tried again, and no entry's fault") {
    std::vector<numbers> tried;
    std::size_t races = 1;
    auto const run = [&] {
        tried.clear();
        return reapply({1, 2, 3}, [&](numbers const& some) {
            tried.push_back(some);
            return tried.size() <= races
                       ? attempt{exit_code::refused, "something else", fault::of_race}
                       : attempt{};
        });
    };
    auto const once = run();
    CHECK(once.code == exit_code::done);
    CHECK(once.applied == numbers{1, 2, 3});
    CHECK(tried == std::vector<numbers>{{1, 2, 3}, {1, 2, 3}});
    races = 1000;
    auto const forever = run();
    CHECK(forever.code == exit_code::refused);
    CHECK(forever.trouble == "something else");
    CHECK(forever.left_out.empty());
    CHECK(tried.size() == 5);
}

TEST_CASE("what no entry is to blame for leaves none out, and ends it") {
    std::vector<numbers> tried;
    auto const done = reapply({1, 2, 3, 4}, [&](numbers const& some) {
        tried.push_back(some);
        if (some == numbers{1, 2})
            return attempt{};
        return some.size() == 4 ? attempt{exit_code::refused, "3 is bad"}
                                : attempt{exit_code::refused, "no lock", fault::of_machine};
    });
    CHECK(done.code == exit_code::refused);
    CHECK(done.trouble == "no lock");
    CHECK(done.applied == numbers{1, 2});
    CHECK(done.left_out.empty());
    CHECK(tried == std::vector<numbers>{{1, 2, 3, 4}, {1, 2}, {3, 4}});
}

TEST_CASE("what is applied later is not left out any more") {
    activation::fake_machine m;
    REQUIRE(write_left_out(m.seen, {{1, "a"}, {2, "b"}}));
    auto const of = [](std::string const& entries) {
        return "{ lib, ... }: { config = lib.mkMerge [ " + entries + " ]; }";
    };
    REQUIRE(forget_left_out(m.seen, of("{ a = lib.mkOverride (-2) 1; }")));
    auto const read = *read_left_out(m.seen);
    REQUIRE(read.size() == 1);
    CHECK(read[0].entry == 1);
    REQUIRE(forget_left_out(m.seen, of("")));
    CHECK(read_left_out(m.seen)->size() == 1);
    REQUIRE(forget_left_out(m.seen, of("{ a = lib.mkOverride (-1) 1; }")));
    CHECK_FALSE(std::filesystem::exists(m.where.left_out()));
}
