#include "dynix/session/selection.hpp"

#include "dynix/session/test_system.hpp"

using namespace dynix;
using namespace dynix::session;

namespace {

using texts = std::vector<std::string>;

std::string append(int number, std::string const& user, std::string const& binding) {
    auto const text = std::to_string(number);
    return "\n# " + text + " 2026-11-23T01:33:00Z " + user + "\n{ " + binding +
           " = lib.mkOverride (-" + text + ") " + text + "; }\n";
}

activation::state applied(std::string const& entries) {
    activation::state out;
    out.configuration = file_with(entries).text;
    return out;
}

texts lines_of(std::vector<pending_change> const& all) {
    texts out;
    for (auto const& one : all)
        out.push_back(describe(one));
    return out;
}

} // namespace

TEST_CASE("what others have appended is named first, and one's own last append is not") {
    auto const file =
        file_with(append(1, "alice", "a") + append(2, "bob", "b") + append(3, "alice", "c"));
    auto const all = select(file, nullptr, {}, "alice");
    REQUIRE(all);
    CHECK_FALSE(all->chosen);
    CHECK(
        lines_of(brought_along(*all)) == texts{
                                             "entry 2 by bob, 2026-11-23T01:33:00Z: b = 2",
                                             "entry 1 by alice, 2026-11-23T01:33:00Z: a = 1"});
    CHECK(all->pending.empty());

    auto const now = applied(append(1, "alice", "a") + append(2, "bob", "b"));
    auto const own = select(file, &now, {}, "alice");
    REQUIRE(own);
    CHECK(brought_along(*own).empty());
    auto const other = select(file, &now, {}, "bob");
    REQUIRE(other);
    CHECK(
        lines_of(brought_along(*other)) == texts{"entry 3 by alice, 2026-11-23T01:33:00Z: c = 3"});
}

TEST_CASE("what is not chosen stays pending") {
    auto const file = file_with(append(2, "bob", "b") + append(3, "alice", "c"));
    auto const now = applied(append(1, "alice", "a"));
    auto const one = select(file, &now, {"3"}, "alice");
    REQUIRE(one);
    REQUIRE(one->chosen);
    CHECK(one->chosen->entries.size() == 2);
    CHECK(lines_of(one->to_apply) == texts{"entry 3 by alice, 2026-11-23T01:33:00Z: c = 3"});
    CHECK(
        lines_of(one->pending) ==
        texts{"by hand: a taken out", "entry 2 by bob, 2026-11-23T01:33:00Z: b = 2"});
}

TEST_CASE("an undo is somebody's change as well") {
    auto const file = file_with("\n# 2 2026-11-23T07:00:00Z bob undo 1\n");
    auto const now = applied(append(1, "alice", "a"));
    auto const all = select(file, &now, {}, "alice");
    REQUIRE(all);
    CHECK(
        lines_of(brought_along(*all)) ==
        texts{"entry 2 by bob, 2026-11-23T07:00:00Z: a taken out"});
}

TEST_CASE("beside what is not known entry by entry nothing can be chosen") {
    auto const file = file_with(append(1, "alice", "a"));
    activation::state now;
    now.units.push_back({.name = "web.service", .drop_in = "[Service]\n"});
    for (auto const* text : {"", "{ a = 1; }"}) {
        now.configuration = text;
        auto const one = select(file, &now, {"1"}, "alice");
        REQUIRE_FALSE(one);
        CHECK(one.error().message.find("not known entry by entry") != std::string::npos);
        auto const all = select(file, &now, {}, "alice");
        REQUIRE(all);
        CHECK(all->to_apply.empty());
    }
}
