#include "dynix/activation/fake_machine.hpp"
#include "dynix/base/file.hpp"
#include "dynix/overrides/store.hpp"
#include "dynix/session/lasting_entries.hpp"

#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::session;

namespace {

using numbers = std::vector<std::int64_t>;

std::string const text = R"({ lib, ... }:
{
  config = lib.mkMerge [
    # 1 2026-11-23T01:33:00Z root
    { a.b = lib.mkOverride (-1) 1; }
    # 2 2026-11-23T01:34:00Z root until 2026-11-23T03:34:00Z
    { a.c = lib.mkOverride (-2) 2; }
    # 3 2026-11-23T01:35:00Z alice undo 9 (generation 1)
    # 4 2026-11-23T01:36:00Z alice
    { a.d = lib.mkOverride (-4) 4; }
  ];
}
)";

overrides::dynamic_file file_of(std::string const& name) {
    auto file = overrides::read_dynamic_file(text, name);
    REQUIRE(file);
    return *file;
}

} // namespace

TEST_CASE("an entry lasts when it was kept, until it is over") {
    activation::fake_machine m;
    auto const name = m.folder.path("dynamic.nix");
    auto const file = file_of(name);
    CHECK(entry_numbers(file) == numbers{1, 2, 4});
    CHECK(expired_entries(file, "2026-11-23T03:33:59Z").empty());
    CHECK(expired_entries(file, "2026-11-23T03:34:00Z") == numbers{2});
    CHECK(*lasting_entries(file, "2026-11-23T02:00:00Z", m.seen) == numbers());
    REQUIRE(keep_entries(name, text, m.seen));
    CHECK(*lasting_entries(file, "2026-11-23T02:00:00Z", m.seen) == numbers{1, 2, 4});
    CHECK(*lasting_entries(file, "2026-11-23T04:00:00Z", m.seen) == numbers{1, 4});
    // Of another file nothing is known.
    CHECK(*lasting_entries(file_of("/other"), "2026-11-23T02:00:00Z", m.seen) == numbers());
    REQUIRE(m.plain.write(m.where.kept_entries(), "{"));
    CHECK_FALSE(lasting_entries(file, "2026-11-23T02:00:00Z", m.seen));
}

TEST_CASE("what an activation brings in was neither kept nor applied") {
    activation::fake_machine m;
    activation::state applied;
    CHECK(*new_entries("f", text, applied, m.seen) == numbers{1, 2, 4});
    auto const begin = text.substr(0, text.find("    # 2 "));
    applied.configuration = begin + "  ];\n}\n";
    CHECK(*new_entries("f", text, applied, m.seen) == numbers{2, 4});
    REQUIRE(keep_entries("f", text, m.seen));
    CHECK(new_entries("f", text, {}, m.seen)->empty());
}

TEST_CASE("what was kept stays kept when fewer entries are applied, as long as the file has it") {
    activation::fake_machine m;
    auto const path = m.folder.path("dynamic.nix");
    REQUIRE(replace_file(path, text));
    REQUIRE(keep_entries(path, text, m.seen));
    auto const begin = text.substr(0, text.find("    # 2 ")) + "  ];\n}\n";
    REQUIRE(keep_entries(path, begin, m.seen));
    auto const now = "2026-11-23T02:00:00Z";
    CHECK(*lasting_entries(file_of(path), now, m.seen) == numbers{1, 2, 4});
    REQUIRE(replace_file(path, begin));
    REQUIRE(keep_entries(path, begin, m.seen));
    CHECK(*lasting_entries(file_of(path), now, m.seen) == numbers{1});
    // Where that is not known, nothing is taken for new.
    REQUIRE(m.plain.write(m.where.kept_entries(), "{"));
    CHECK_FALSE(new_entries(path, text, {}, m.seen));
}

TEST_CASE("entries are taken back with a line that says why, once") {
    activation::fake_machine m;
    auto const path = m.folder.path("dynamic.nix");
    REQUIRE(replace_file(path, text));
    CHECK(undo_each(path, {2, 4}, "root", "not confirmed within 2min", m.seen).empty());
    CHECK(undo_each(path, {2, 4}, "root", "not confirmed within 2min", m.seen).empty());
    auto const now = overrides::load(path);
    REQUIRE(now);
    CHECK(entry_numbers(*now) == numbers{1});
    REQUIRE(now->entries.size() == 4);
    CHECK(now->entries.back().action == "undo 4");
    CHECK(now->entries.back().message == "not confirmed within 2min");
    // One that was edited by hand stays as it is.
    REQUIRE(replace_file(path, "{ a.b = 1; }"));
    auto const problems = undo_each(path, {1}, "root", "why", m.seen);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].starts_with("entry 1 stays in"));
    CHECK(*read_file(path) == "{ a.b = 1; }");
}
