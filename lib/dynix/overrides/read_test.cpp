#include "dynix/overrides/dynamic_file.hpp"
#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::overrides;

namespace {

std::string module_with(std::string const& entries) {
    return "{ lib, ... }:\n{\n  config = lib.mkMerge [\n" + entries + "  ];\n}\n";
}

} // namespace

TEST_CASE("a file as dynix writes it is read as entries") {
    auto const text = module_with("    # 1 2026-11-23T01:33:00Z root: fewer jobs: at night\n"
                                  "    { services.distccd.maxJobs = lib.mkOverride (-1) 4; }\n"
                                  "    # 2 2026-11-23T01:34:10Z alice\n"
                                  "    {\n"
                                  "      a.\"b.c\" = lib.mkOverride (-2) (-4);\n"
                                  "      a.or = lib.mkOverride (-2) [ 1 \"x\" ];\n"
                                  "    }\n");
    auto const file = read_dynamic_file(text, "dynamic.nix");
    REQUIRE(file);
    REQUIRE(file->entries.size() == 2);
    auto const& first = file->entries[0];
    CHECK(first.number == 1);
    CHECK(first.time == "2026-11-23T01:33:00Z");
    CHECK(first.user == "root");
    CHECK(first.message == "fewer jobs: at night");
    REQUIRE(first.overrides.size() == 1);
    CHECK(first.overrides[0].path == option_path{"services", "distccd", "maxJobs"});
    CHECK(first.overrides[0].value == "4");
    auto const& second = file->entries[1];
    CHECK(second.number == 2);
    CHECK(second.user == "alice");
    CHECK(second.message.empty());
    REQUIRE(second.overrides.size() == 2);
    CHECK(second.overrides[0].path == option_path{"a", "b.c"});
    CHECK(second.overrides[0].value == "-4");
    CHECK(second.overrides[0].parentheses);
    CHECK(second.overrides[1].value == "[ 1 \"x\" ]");
    CHECK(next_number(*file) == 3);
    CHECK(file->text.substr(file->end_of_entries, 2) == "];");
}

TEST_CASE("an override that joins the priorities of sets is one of the whole path") {
    auto const file = read_dynamic_file(
        module_with("    { a.b = lib.mkOverride 1000 { c = lib.mkOverride 50 "
                    "{ d.e = lib.mkOverride (-1) { f = 1; }; }; }; }\n"),
        "f");
    REQUIRE(file);
    REQUIRE(file->entries.size() == 1);
    CHECK(file->entries[0].number == 1);
    REQUIRE(file->entries[0].overrides.size() == 1);
    auto const& only = file->entries[0].overrides[0];
    CHECK(only.path == option_path{"a", "b", "c", "d", "e"});
    CHECK(only.value == "{ f = 1; }");
    bool const joins = only.around == std::vector<options::set_priority>{{2, 1000}, {3, 50}};
    CHECK(joins);
    auto const text_of = [&](byte_range where) {
        return file->text.substr(where.begin, where.end - where.begin);
    };
    CHECK(text_of(only.where) == "d.e = lib.mkOverride (-1) { f = 1; };");
    REQUIRE(only.bindings.size() == 2);
    CHECK(text_of(only.bindings[0]).starts_with("a.b = "));
    CHECK(text_of(only.bindings[1]).starts_with("c = "));
}

TEST_CASE("a person may add comments, blank lines and arguments, and take entries out") {
    auto const file = read_dynamic_file(
        "/* mine */ { config, lib, pkgs, ... }: { config = lib.mkMerge [\n"
        "# 1 is gone\n\n"
        "{ a = lib.mkOverride (-3) /* why */ 4; } # behind\n"
        "# 2 words\n"
        "{ a = lib.mkOverride (-7) 5; }\n"
        "# the end\n"
        "]; }",
        "f");
    REQUIRE(file);
    REQUIRE(file->entries.size() == 2);
    CHECK(file->entries[0].number == 3);
    CHECK(file->entries[0].time.empty());
    CHECK(file->entries[1].number == 7);
    CHECK(file->arguments == std::vector<std::string>{"config", "lib", "pkgs"});
    CHECK(next_number(*file) == 8);
}

TEST_CASE("a comment between an entry and what dynix wrote above it takes nothing from it") {
    auto const file = read_dynamic_file(
        "{ lib, ... }: { config = lib.mkMerge [\n"
        "# 1 2026-11-23T01:33:00Z alice until 2026-11-23T03:33:00Z: for the night\n"
        "# keep an eye on the load\n"
        "/* please */ { a = lib.mkOverride (-1) 4; }\n"
        "# 2 2026-11-23T01:34:00Z alice: taken out by hand\n"
        "# mine\n"
        "{ a = lib.mkOverride (-3) 5; }\n"
        "]; }",
        "f");
    REQUIRE(file);
    REQUIRE(file->entries.size() == 2);
    auto const& first = file->entries[0];
    CHECK(first.user == "alice");
    CHECK(first.message == "for the night");
    CHECK(first.ends == ending{"2026-11-23T03:33:00Z"});
    CHECK(file->text.substr(first.where.begin).starts_with("# 1 2026"));
    CHECK(file->entries[1].time.empty());
    CHECK(file->text.substr(file->entries[1].where.begin).starts_with("{ a"));
}

TEST_CASE("the file without entries is one that can be read") {
    auto const file = read_dynamic_file(std::string(text_without_entries()), "f");
    REQUIRE(file);
    CHECK(file->entries.empty());
    CHECK(next_number(*file) == 1);
}

TEST_CASE("what dynix cannot count on is refused with its place") {
    struct {
        std::string text;
        std::string message;
        line_column place;
    } const table[] = {
        {"{ }\n", "expected a module that begins with '{ lib, ... }:'", {1, 1}},
        {"{ pkgs, ... }: { }", "expected '{ lib, ... }'", {1, 1}},
        {"{ lib }: { }", "expected '{ lib, ... }'", {1, 1}},
        {"{ lib, ... }: { }",
         "expected '{ config = lib.mkMerge [ ... ]; }' and nothing else",
         {1, 15}},
        {"{ lib, ... }: { config = { }; }", "expected 'lib.mkMerge [ ... ]'", {1, 26}},
        {"{ lib, ... }: { config = lib.mkMerge [ ]; b = 1; }",
         "expected '{ config = lib.mkMerge [ ... ]; }' and nothing else",
         {1, 15}},
        {module_with("    x\n"), "expected '{ OPTION = lib.mkOverride (-N) VALUE; }'", {4, 5}},
        {module_with("    { }\n"), "expected '{ OPTION = lib.mkOverride (-N) VALUE; }'", {4, 5}},
        {module_with("    { a = 1; }\n"), "expected 'lib.mkOverride (-N) VALUE'", {4, 11}},
        {module_with("    # 1 2026-11-23T01:33:00Z root until tomorrow: x\n"
                     "    { a = lib.mkOverride (-1) 4; }\n"),
         misread_ending("root until tomorrow"),
         {4, 5}},
        {module_with("    { a = lib.mkForce 1; }\n"),
         "expected 'lib.mkOverride (-N) VALUE'",
         {4, 11}},
        {module_with("    { a = lib.mkOverride 1 1; }\n"),
         "expected a priority of -1 or below, in parentheses",
         {4, 26}},
        {module_with("    { a = lib.mkOverride 50 { }; }\n"),
         "expected '{ NAME = lib.mkOverride (-N) VALUE; }'",
         {4, 29}},
        {module_with("    { a = lib.mkOverride 50 { b = 1; }; }\n"),
         "expected 'lib.mkOverride (-N) VALUE'",
         {4, 35}},
        {module_with("    { ${x} = lib.mkOverride (-1) 1; }\n"),
         "expected an option's name without '${'",
         {4, 7}},
        {module_with("    { inherit a; }\n"),
         "expected 'OPTION = lib.mkOverride (-N) VALUE;'",
         {4, 7}},
        {module_with(
             "    {\n      a = lib.mkOverride (-1) 1;\n      b = lib.mkOverride (-2) 1;\n    }\n"),
         "expected priority -1, as in the rest of this entry, found -2",
         {6, 7}},
        {module_with("    { a = lib.mkOverride (-2) 1; }\n    { a = lib.mkOverride (-2) 1; }\n"),
         "entry 2 stands behind entry 2",
         {5, 5}},
        {module_with("    # 3 2026-11-23T01:33:00Z root\n    { a = lib.mkOverride (-2) 1; }\n"),
         "its comment says entry 3, its priority says entry 2",
         {5, 5}},
    };
    for (auto const& row : table) {
        CAPTURE(row.text);
        auto const file = read_dynamic_file(row.text, "f");
        REQUIRE(!file);
        CHECK(file.error().message == row.message);
        REQUIRE(file.error().at);
        CHECK(file.error().at->begin == row.place);
        CHECK(file.error().hint.find("correct the place by hand") != std::string::npos);
    }
}

TEST_CASE("a file with broken syntax is refused with its place") {
    for (std::string const text :
         {"", "   \n", "{ lib, ... }: { config = lib.mkMerge [ ; }",
          "{ lib, ... }:\n{\n  config = lib.mkMerge [\n"}) {
        CAPTURE(text);
        auto const file = read_dynamic_file(text, "f");
        REQUIRE(!file);
        CHECK(file.error().at);
        CHECK(!file.error().hint.empty());
    }
}
