#include "dynix/session/selection.hpp"

#include "dynix/overrides/effective.hpp"
#include "dynix/session/test_system.hpp"
#include "dynix/syntax/attribute_path.hpp"

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
    auto const file = file_with(entries);
    out.configuration = file.text;
    for (auto const& one : overrides::effective_overrides(file))
        out.overrides.push_back(
            {syntax::print_attribute_path(one.what->path), one.what->value, one.from->number});
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

TEST_CASE("what a switch has taken back is not applied any more, though the text has it still") {
    auto const file = file_with(append(1, "alice", "a") + append(2, "bob", "b"));
    auto now = applied(append(1, "alice", "a") + append(2, "bob", "b"));
    std::erase_if(now.overrides, [](auto const& one) { return one.option == "a"; });
    auto const all = select(file, &now, {}, "alice");
    REQUIRE(all);
    CHECK(lines_of(all->to_apply) == texts{"entry 1 by alice, 2026-11-23T01:33:00Z: a = 1"});
    auto const other = select(file, &now, {"2"}, "bob");
    REQUIRE(other);
    REQUIRE(other->chosen);
    CHECK(other->chosen->entries.size() == 1);
    CHECK(lines_of(other->pending) == texts{"entry 1 by alice, 2026-11-23T01:33:00Z: a = 1"});
    // Who chose before it was taken back did not choose this.
    auto const before = applied(append(1, "alice", "a") + append(2, "bob", "b"));
    CHECK(select(file, &before, {"2"}, "bob")->on_top_of != other->on_top_of);
}

TEST_CASE("what Nix has read must be what was listed") {
    auto const file = file_with(append(1, "alice", "a"));
    auto const all = select(file, nullptr, {}, "alice");
    REQUIRE(all);
    plan::activation_plan plan;
    plan.configuration = file.text;
    CHECK(check_same(*all, plan));
    plan.configuration = file_with("\n# now\n" + append(1, "alice", "a")).text;
    CHECK(check_same(*all, plan));
    for (auto const& text :
         {file_with(append(1, "alice", "a") + append(2, "bob", "b")).text, std::string(),
          std::string("{ a = 1; }")}) {
        plan.configuration = text;
        CHECK_FALSE(check_same(*all, plan));
    }
    plan.configuration.clear();
    plan.fingerprint = plan::fingerprint_of(file.text);
    CHECK(check_same(*all, plan));
    plan.fingerprint = plan::fingerprint_of("");
    CHECK_FALSE(check_same(*all, plan));
    // Where there is no dynamic file, the plan has no text.
    auto const none = select(file_with(""), nullptr, {}, "alice");
    REQUIRE(none);
    plan.fingerprint.clear();
    CHECK(check_same(*none, plan));
    CHECK(check_same(selection(), plan));
}

TEST_CASE("an undo is somebody's change as well") {
    auto const file = file_with("\n# 2 2026-11-23T07:00:00Z bob undo 1\n");
    auto const now = applied(append(1, "alice", "a"));
    auto const all = select(file, &now, {}, "alice");
    REQUIRE(all);
    CHECK(
        lines_of(brought_along(*all)) ==
        texts{"entry 2 by bob, 2026-11-23T07:00:00Z: a taken out"});
    auto const own = select(file, &now, {}, "bob");
    REQUIRE(own);
    CHECK(own->to_apply.size() == 1);
    CHECK(brought_along(*own).empty());
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
