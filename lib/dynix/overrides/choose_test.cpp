#include "dynix/overrides/choose.hpp"
#include "dynix/overrides/effective.hpp"
#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::overrides;

namespace {

using texts = std::vector<std::string>;

dynamic_file file_with(std::string const& entries) {
    auto file = read_dynamic_file(
        "{ lib, ... }:\n{\n  config = lib.mkMerge [\n" + entries + "  ];\n}\n", "dynamic.nix");
    REQUIRE(file);
    return std::move(*file);
}

std::string entry_of(int number, std::string const& bindings, std::string const& user = "root") {
    auto const text = std::to_string(number);
    return "    # " + text + " 2026-11-23T01:33:00Z " + user + "\n    { " + bindings +
           " = lib.mkOverride (-" + text + ") ";
}

std::string append(int number, std::string const& path, std::string const& value) {
    return entry_of(number, path) + value + "; }\n";
}

std::string undo_line(int number, std::string const& action) {
    return "    # " + std::to_string(number) + " 2026-11-23T07:00:00Z bob " + action + "\n";
}

std::vector<wish> wishes_of(texts const& words) {
    std::vector<wish> out;
    for (auto const& word : words) {
        auto one = read_wish(word);
        REQUIRE(one);
        out.push_back(std::move(*one));
    }
    return out;
}

// "2 a.b = 1" for each override that is applied afterwards.
texts lines_of(dynamic_file const& file) {
    texts out;
    for (auto const& from : file.entries)
        for (auto const& what : from.overrides)
            out.push_back(std::to_string(from.number) + ' ' + override_line(what));
    return out;
}

texts chosen(dynamic_file const& file, dynamic_file const& applied, texts const& words) {
    auto const made = choose(file, applied, wishes_of(words));
    REQUIRE(made);
    return lines_of(made->file);
}

texts notes(dynamic_file const& file, dynamic_file const& applied, texts const& words) {
    auto const made = choose(file, applied, wishes_of(words));
    REQUIRE(made);
    return made->notes;
}

std::string refusal(dynamic_file const& file, dynamic_file const& applied, texts const& words) {
    auto const made = choose(file, applied, wishes_of(words));
    REQUIRE_FALSE(made);
    return made.error().message;
}

dynamic_file nothing() {
    return file_with("");
}

} // namespace

TEST_CASE("chosen numbers come to what is applied, in the order of the file") {
    auto const file = file_with(append(1, "a", "1") + append(2, "b", "2") + append(4, "c", "3"));
    CHECK(chosen(file, nothing(), {"2"}) == texts{"2 b = 2"});
    CHECK(chosen(file, nothing(), {"4", "1"}) == texts{"1 a = 1", "4 c = 3"});
    auto const applied = file_with(append(2, "b", "2"));
    CHECK(chosen(file, applied, {"1"}) == texts{"1 a = 1", "2 b = 2"});
    CHECK(chosen(file, applied, {"2"}) == texts{"2 b = 2"});
}

TEST_CASE("what is chosen reads as the dynamic file that it is a part of") {
    auto const file = file_with(
        append(1, "a", "1") + "    # 2 2026-11-23T01:34:00Z alice: with words\n"
                              "    {\n"
                              "      s = lib.mkOverride 1000 { x = lib.mkOverride (-2) 1; y.z = "
                              "lib.mkOverride (-2) 2; };\n"
                              "      t = lib.mkOverride (-2) (lib.mkIf true 3 # why\n);\n"
                              "    }\n");
    auto const made = choose(file, nothing(), wishes_of({"2"}));
    REQUIRE(made);
    CHECK_FALSE(made->is_all);
    CHECK(
        made->file.text ==
        "# Written by dynix. Later entries win over earlier ones and over the static "
        "configuration.\n"
        "{ lib, ... }:\n"
        "{\n"
        "  config = lib.mkMerge [\n"
        "    # 2 2026-11-23T01:34:00Z alice: with words\n"
        "    {\n"
        "      s = lib.mkOverride 1000 {\n"
        "        x = lib.mkOverride (-2) 1;\n"
        "        y.z = lib.mkOverride (-2) 2;\n"
        "      };\n"
        "      t = lib.mkOverride (-2) (lib.mkIf true 3);\n"
        "    }\n"
        "  ];\n"
        "}\n");
}

TEST_CASE("where everything is chosen the file is taken as it stands") {
    auto const file = file_with("    # by hand\n" + append(1, "a", "1") + append(3, "b", "2"));
    auto const all = choose(file, file_with(append(1, "a", "1")), wishes_of({"3"}));
    REQUIRE(all);
    CHECK(all->is_all);
    CHECK(all->file.text == file.text);
}

TEST_CASE("a path is every override at it and below it") {
    auto const file = file_with(
        append(1, "a.b", "1") + append(2, "a.c", "2") + append(3, "ab", "3") +
        append(4, "a.b", "4"));
    CHECK(chosen(file, nothing(), {"a"}) == texts{"1 a.b = 1", "2 a.c = 2", "4 a.b = 4"});
    CHECK(chosen(file, nothing(), {"a.b"}) == texts{"1 a.b = 1", "4 a.b = 4"});
    CHECK(chosen(file, nothing(), {"a.c", "3"}) == texts{"2 a.c = 2", "3 ab = 3"});
    CHECK(refusal(file, nothing(), {"a.x"}) == "there is no override at 'a.x'");
    auto const replaced = file_with(append(5, "a", "{ b = 1; }"));
    CHECK(
        refusal(replaced, nothing(), {"a.b"}) ==
        "'a.b' is only a part of what entry 5 sets 'a' to");
}

TEST_CASE("a number that nobody gave") {
    auto const file = file_with(append(1, "a", "1"));
    CHECK(refusal(file, nothing(), {"1", "2"}) == "there is no entry 2");
    CHECK_FALSE(read_wish("99999999999999999999"));
    CHECK_FALSE(read_wish("a..b"));
}

TEST_CASE("an entry that another one overrides is applied as chosen, with a word") {
    auto const file = file_with(append(1, "a.b", "1") + append(2, "a", "{ }"));
    CHECK(chosen(file, nothing(), {"1"}) == texts{"1 a.b = 1"});
    CHECK(
        notes(file, nothing(), {"1"}) ==
        texts{"entry 1 sets 'a.b' until entry 2 is applied, which overrides it"});
    auto const applied = file_with(append(2, "a", "{ }"));
    CHECK(
        notes(file, applied, {"1"}) ==
        texts{"entry 1 has no effect on 'a.b': entry 2 overrides it"});
    CHECK(notes(file, applied, {"2"}).empty());
}

TEST_CASE("what has been taken out stays applied, until that is chosen") {
    auto const applied = file_with(append(1, "a", "1") + append(2, "b.c", "2"));
    auto const both = texts{"1 a = 1", "2 b.c = 2", "4 d = 4"};
    struct {
        char const* action;
        char const* number;
    } const table[] = {{"undo 2", "2"}, {"undo b", "b"}, {"undo b.c", "3"}, {"undo 2", "3"}};
    for (auto const& row : table) {
        auto const* const action = row.action;
        auto const* const number = row.number;
        CAPTURE(action);
        CAPTURE(number);
        auto const file =
            file_with(append(1, "a", "1") + undo_line(3, action) + append(4, "d", "4"));
        CHECK(chosen(file, applied, {"4"}) == both);
        CHECK(chosen(file, applied, {number}) == texts{"1 a = 1"});
    }
    for (auto const* action : {"undo all", "return to generation 1"}) {
        CAPTURE(action);
        auto const file = file_with(undo_line(3, action));
        CHECK(chosen(file, applied, {"3"}) == texts{});
        CHECK(chosen(file, applied, {"1"}) == texts{"2 b.c = 2"});
    }
    // By hand, without a line.
    CHECK(chosen(file_with(append(1, "a", "1")), applied, {"2"}) == texts{"1 a = 1"});
}

TEST_CASE("the number of an undo touches nothing that it has not taken out") {
    auto const applied = file_with(append(1, "a", "1") + append(2, "b", "2"));
    auto const file = file_with(append(1, "a", "1") + undo_line(3, "undo 2") + append(4, "b", "3"));
    CHECK(chosen(file, applied, {"3"}) == texts{"1 a = 1"});
    auto const later = file_with(append(1, "a", "1") + append(4, "b", "2"));
    CHECK(chosen(file, later, {"3"}) == texts{"1 a = 1", "4 b = 2"});
    CHECK(
        notes(file, later, {"3"}) ==
        texts{"entry 3, 'undo 2', has taken out nothing that is applied"});
}

TEST_CASE("an entry that a person has edited is applied as it was, until it is chosen") {
    auto const applied = file_with(append(1, "a", "1") + append(2, "b", "2"));
    auto const file = file_with(
        "    { a = lib.mkOverride (-1) 10; }\n" + append(2, "c", "2") + append(3, "d", "3"));
    CHECK(chosen(file, applied, {"3"}) == texts{"1 a = 1", "2 b = 2", "3 d = 3"});
    CHECK(chosen(file, applied, {"1"}) == texts{"1 a = 10", "2 b = 2"});
    CHECK(chosen(file, applied, {"2"}) == texts{"1 a = 1", "2 c = 2"});
}

TEST_CASE("the arguments of both modules are there") {
    auto file = read_dynamic_file(
        "{ lib, pkgs, ... }: { config = lib.mkMerge [ { a = lib.mkOverride (-2) (pkgs.x); } ]; }",
        "dynamic.nix");
    REQUIRE(file);
    auto const made = choose(*file, file_with(append(1, "b", "1")), wishes_of({"2"}));
    REQUIRE(made);
    CHECK(made->file.arguments == texts{"lib", "pkgs"});
    CHECK(lines_of(made->file) == texts{"1 b = 1", "2 a = pkgs.x"});
}

TEST_CASE("a path that is relative to the dynamic file cannot be chosen alone") {
    for (auto const* value : {"(import ./x.nix)", "../x", "[ { x = a/b; } ]", "(f ./${\"x\"})"}) {
        CAPTURE(value);
        auto const file = file_with(append(1, "a", value) + append(2, "b", "1"));
        CHECK(refusal(file, nothing(), {"1"}).find("entry 1 has a path that is relative") == 0);
        CHECK(chosen(file, nothing(), {"2"}) == texts{"2 b = 1"});
        CHECK(chosen(file, nothing(), {"1", "2"}).size() == 2);
    }
    auto const file =
        file_with(append(1, "a", "/etc/x") + append(2, "b", "\"./x\"") + append(3, "c", "1"));
    CHECK(chosen(file, nothing(), {"1", "2"}).size() == 2);
}

TEST_CASE("which undo has taken an override out") {
    auto const file = file_with(
        append(1, "a", "1") + undo_line(3, "undo 2") + undo_line(5, "undo b.c") +
        append(6, "b.c", "2"));
    CHECK(undo_of(file, 2, {"x"})->number == 3);
    CHECK(undo_of(file, 4, {"b", "c", "d"})->number == 5);
    CHECK(undo_of(file, 6, {"b", "c"}) == nullptr);
    CHECK(undo_of(file, 1, {"a"}) == nullptr);
}
