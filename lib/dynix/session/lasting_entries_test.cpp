#include "dynix/activation/fakes/fake_machine.hpp"
#include "dynix/base/file.hpp"
#include "dynix/overrides/store.hpp"
#include "dynix/session/lasting_entries.hpp"

#include "dynix/test.hpp"

#include <algorithm>

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

numbers numbers_of(override_ids const& all) {
    numbers out;
    for (auto const& one : all)
        out.push_back(one.entry);
    return out;
}

std::string with(std::string const& what, std::string const& other) {
    auto out = text;
    return out.replace(out.find(what), what.size(), other);
}

} // namespace

TEST_CASE("an entry lasts when it was kept, until it is over") {
    activation::fake_machine m;
    auto const name = m.folder.path("dynamic.nix");
    auto const file = file_of(name);
    CHECK(entry_numbers(file) == numbers{1, 2, 4});
    CHECK(*lasting_entries(file, m.seen) == numbers());
    REQUIRE(keep_entries(name, text, m.seen));
    CHECK(*lasting_entries(file, m.seen) == numbers{1, 2, 4});
    m.time.today += 7259;
    CHECK(expired_entries(file, m.seen).empty());
    m.time.today += 1; // 2026-11-23T03:34:00Z
    CHECK(expired_entries(file, m.seen) == numbers{2});
    CHECK(*lasting_entries(file, m.seen) == numbers{1, 4});
    // Of another file nothing is known.
    CHECK(*lasting_entries(file_of("/other"), m.seen) == numbers());
    REQUIRE(m.plain.write(m.where.kept_entries(), "{"));
    CHECK_FALSE(lasting_entries(file, m.seen));
}

TEST_CASE("what an older dynix has kept without saying what it was is not known") {
    activation::fake_machine m;
    auto const name = m.folder.path("dynamic.nix");
    REQUIRE(m.plain.write(
        m.where.kept_entries(),
        R"({"version": 1, "dynamicFile": ")" + name + R"(", "entries": [{"entry": 1}]})"));
    CHECK(*lasting_entries(file_of(name), m.seen) == numbers());
    REQUIRE(keep_entries(name, text, m.seen));
    CHECK(*lasting_entries(file_of(name), m.seen) == numbers{1, 2, 4});
}

TEST_CASE("what an activation brings in was neither kept nor applied") {
    activation::fake_machine m;
    activation::state applied;
    CHECK(numbers_of(*new_overrides("f", text, applied, m.seen)) == numbers{1, 2, 4});
    auto const begin = text.substr(0, text.find("    # 2 "));
    applied.configuration = begin + "  ];\n}\n";
    applied.overrides = {{"a.b", "1", 1}};
    CHECK(numbers_of(*new_overrides("f", text, applied, m.seen)) == numbers{2, 4});
    // A switch has taken it back.
    applied.overrides = {};
    CHECK(numbers_of(*new_overrides("f", text, applied, m.seen)) == numbers{1, 2, 4});
    REQUIRE(keep_entries("f", text, m.seen));
    CHECK(new_overrides("f", text, {}, m.seen)->empty());
}

TEST_CASE("what was kept stays kept when fewer entries are applied, as long as the file has it") {
    activation::fake_machine m;
    auto const path = m.folder.path("dynamic.nix");
    REQUIRE(replace_file(path, text));
    REQUIRE(keep_entries(path, text, m.seen));
    auto const begin = text.substr(0, text.find("    # 2 ")) + "  ];\n}\n";
    REQUIRE(keep_entries(path, begin, m.seen));
    CHECK(*lasting_entries(file_of(path), m.seen) == numbers{1, 2, 4});
    REQUIRE(replace_file(path, begin));
    REQUIRE(keep_entries(path, begin, m.seen));
    CHECK(*lasting_entries(file_of(path), m.seen) == numbers{1});
    // Where that is not known, nothing is taken for new.
    REQUIRE(m.plain.write(m.where.kept_entries(), "{"));
    CHECK_FALSE(new_overrides(path, text, {}, m.seen));
}

TEST_CASE("entries are taken back with a line that says why, once") {
    activation::fake_machine m;
    auto const path = m.folder.path("dynamic.nix");
    REQUIRE(replace_file(path, text));
    auto wanted = ids_of(file_of(path));
    std::erase_if(wanted, [](auto const& one) { return one.entry == 1; });
    CHECK(undo_each(path, wanted, "root", "not confirmed within 2min", m.seen).empty());
    CHECK(undo_each(path, wanted, "root", "not confirmed within 2min", m.seen).empty());
    auto const now = overrides::load(path);
    REQUIRE(now);
    CHECK(entry_numbers(*now) == numbers{1});
    REQUIRE(now->entries.size() == 4);
    CHECK(now->entries.back().action == "undo 4");
    CHECK(now->entries.back().message == "not confirmed within 2min");
    // One that was edited by hand stays as it is.
    REQUIRE(replace_file(path, "{ a.b = 1; }"));
    auto const problems = undo_each(path, {{1, "?"}}, "root", "why", m.seen);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].starts_with("entry 1 stays in"));
    CHECK(*read_file(path) == "{ a.b = 1; }");
}

TEST_CASE("what a person writes under a number is not what was kept under it") {
    activation::fake_machine m;
    auto const path = m.folder.path("dynamic.nix");
    REQUIRE(replace_file(path, text));
    REQUIRE(keep_entries(path, text, m.seen));
    auto const lasting = [&](std::string const& changed) {
        auto const file = overrides::read_dynamic_file(changed, path);
        REQUIRE(file);
        return *lasting_entries(*file, m.seen);
    };
    CHECK(lasting(with("(-4) 4", "(-4) 5")) == numbers{1, 2});
    CHECK(lasting(with("a.d", "a.e")) == numbers{1, 2});
    CHECK(lasting(with("{ a.d", "{ a.f = lib.mkOverride (-4) 1; a.d")) == numbers{1, 2});
    // Comments and the layout are free.
    CHECK(lasting(with("alice\n    { a.d", "bob: mine\n\n  {\n  a.d")) == numbers{1, 2, 4});
    // And is new to an activation.
    auto const changed = with("(-4) 4", "(-4) 5");
    CHECK(numbers_of(*new_overrides(path, changed, {}, m.seen)) == numbers{4});
    // When another file is applied, it stays kept in this one no longer than it is there.
    REQUIRE(replace_file(path, changed));
    REQUIRE(keep_entries(path, with("(-4) 4", "(-4) 6"), m.seen));
    CHECK(lasting(changed) == numbers{1, 2});
}

TEST_CASE("nothing is taken back but what was applied") {
    activation::fake_machine m;
    auto const path = m.folder.path("dynamic.nix");
    auto const wanted = ids_of(file_of(path));
    auto const changed = with("(-2) 2", "(-2) 9");
    REQUIRE(replace_file(path, changed));
    auto const problems = undo_each(path, wanted, "root", "why", m.seen);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].starts_with("entry 2 in '"));
    CHECK(problems[0].find("has been changed since it was applied") != std::string::npos);
    auto const left = overrides::load(path);
    REQUIRE(left);
    CHECK(entry_numbers(*left) == numbers{2});
    CHECK(left->entries.at(0).overrides.at(0).value == "9");
}

TEST_CASE("of an entry of which a part was chosen, that part is taken back") {
    activation::fake_machine m;
    auto const path = m.folder.path("dynamic.nix");
    auto const more = with("{ a.d", "{ a.e = lib.mkOverride (-4) 1; a.d");
    REQUIRE(replace_file(path, more));
    auto wanted = ids_of(file_of(path));
    std::erase_if(wanted, [](auto const& one) { return one.entry != 4; });
    CHECK(undo_each(path, wanted, "root", "why", m.seen).empty());
    auto const left = overrides::load(path);
    REQUIRE(left);
    CHECK(entry_numbers(*left) == numbers{1, 2, 4});
    auto const& rest = left->entries.at(3).overrides;
    REQUIRE(rest.size() == 1);
    CHECK(rest[0].value == "1");
}

TEST_CASE("a file that somebody tries out does not take the place of the system's own") {
    activation::fake_machine m;
    auto const path = m.folder.path("dynamic.nix");
    REQUIRE(replace_file(path, text));
    REQUIRE(m.plain.write(
        m.where.system_record(),
        R"({"version": 1, "dynamicFile": ")" + path +
            R"(", "source": {"kind": "flake", "flake": "/f", "attribute": []}, "units": {}})"));
    REQUIRE(keep_entries(path, text, m.seen));
    auto const kept = *m.plain.read(m.where.kept_entries());
    REQUIRE(keep_entries("/other.nix", text, m.seen));
    CHECK(*m.plain.read(m.where.kept_entries()) == kept);
    CHECK(numbers_of(*new_overrides("/other.nix", text, {}, m.seen)) == numbers{1, 2, 4});
}

TEST_CASE("a record that cannot be read says what to do, and is kept beside when it is written") {
    for (std::string const damaged : {"", "{", R"({"version": 2, "entries": []})"}) {
        CAPTURE(damaged);
        activation::fake_machine m;
        auto const name = m.folder.path("dynamic.nix");
        REQUIRE(m.plain.write(m.where.kept_entries(), damaged));
        auto const lasting = lasting_entries(file_of(name), m.seen);
        auto const brought = new_overrides(name, text, {}, m.seen);
        REQUIRE_FALSE(lasting);
        REQUIRE_FALSE(brought);
        for (auto const& why : {lasting.error(), brought.error()})
            CHECK(why.hint.find("'entries.json.damaged'") != std::string::npos);
        auto const kept = keep_entries(name, text, m.seen);
        REQUIRE(kept);
        REQUIRE(kept->size() == 1);
        CHECK(kept->front().find("'entries.json.damaged'") != std::string::npos);
        CHECK(*read_file(m.where.kept_entries() + ".damaged") == damaged);
        CHECK(*lasting_entries(file_of(name), m.seen) == numbers{1, 2, 4});
        CHECK(keep_entries(name, text, m.seen)->empty());
    }
}
