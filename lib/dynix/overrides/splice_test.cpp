#include "dynix/overrides/dynamic_file.hpp"
#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::overrides;

namespace {

entry entry_with(std::int64_t number, std::vector<option_override> overrides) {
    return {number, "2026-11-23T01:33:00Z", "root", "", std::move(overrides)};
}

std::string spliced(std::string const& text, entry const& added) {
    auto const file = read_dynamic_file(text, "f");
    REQUIRE(file);
    return splice_entry(*file, added);
}

} // namespace

TEST_CASE("the first entries of a new file") {
    auto one = entry_with(1, {{{"services", "distccd", "maxJobs"}, "4", false}});
    one.message = "fewer";
    auto const first = spliced(std::string(text_without_entries()), one);
    auto const both =
        spliced(first, entry_with(2, {{{"a", "b.c"}, "-1", true}, {{"a", "or"}, "[ ]", false}}));
    CHECK(
        both == "# Written by dynix. Later entries win over earlier ones and over the static "
                "configuration.\n"
                "{ lib, ... }:\n"
                "{\n"
                "  config = lib.mkMerge [\n"
                "    # 1 2026-11-23T01:33:00Z root: fewer\n"
                "    { services.distccd.maxJobs = lib.mkOverride (-1) 4; }\n"
                "    # 2 2026-11-23T01:33:00Z root\n"
                "    {\n"
                "      a.\"b.c\" = lib.mkOverride (-2) (-1);\n"
                "      a.\"or\" = lib.mkOverride (-2) [ ];\n"
                "    }\n"
                "  ];\n"
                "}\n");
}

TEST_CASE("overrides that join the same sets are written in one of each") {
    auto const at = [](option_path path, std::vector<options::set_priority> around) {
        return option_override{std::move(path), "4", false, {}, std::move(around)};
    };
    auto const text = spliced(
        spliced(
            std::string(text_without_entries()),
            entry_with(1, {at({"a", "b", "c", "d"}, {{2, 50}, {3, 1000}})})),
        entry_with(
            2, {at({"a", "b", "c", "d"}, {{2, 50}, {3, 1000}}),
                at({"a", "b", "c", "e"}, {{2, 50}, {3, 1000}}), at({"a", "b", "f", "g"}, {{2, 50}}),
                at({"h"}, {})}));
    CHECK(
        text == "# Written by dynix. Later entries win over earlier ones and over the static "
                "configuration.\n"
                "{ lib, ... }:\n"
                "{\n"
                "  config = lib.mkMerge [\n"
                "    # 1 2026-11-23T01:33:00Z root\n"
                "    { a.b = lib.mkOverride 50 { c = lib.mkOverride 1000 { d = lib.mkOverride (-1) "
                "4; }; }; }\n"
                "    # 2 2026-11-23T01:33:00Z root\n"
                "    {\n"
                "      a.b = lib.mkOverride 50 {\n"
                "        c = lib.mkOverride 1000 {\n"
                "          d = lib.mkOverride (-2) 4;\n"
                "          e = lib.mkOverride (-2) 4;\n"
                "        };\n"
                "        f.g = lib.mkOverride (-2) 4;\n"
                "      };\n"
                "      h = lib.mkOverride (-2) 4;\n"
                "    }\n"
                "  ];\n"
                "}\n");
    auto const again = read_dynamic_file(text, "f");
    REQUIRE(again);
    REQUIRE(again->entries.size() == 2);
    CHECK(again->entries[1].overrides.size() == 4);
    CHECK(again->entries[1].overrides[1].path == option_path{"a", "b", "c", "e"});
}

TEST_CASE("not one byte of what was there changes, however a person laid it out") {
    for (std::string const text : {
             "{lib,...}:{config=lib.mkMerge[];}",
             "{ lib, ... }: { config = lib.mkMerge [ { a = lib.mkOverride (-1) 1; } ]; }",
             "{ lib, ... }: { config = lib.mkMerge [\n  { a = lib.mkOverride (-1) 1; }\n  # "
             "end\n\n\t]; }\r\n",
             "{ lib, ... }: { config = lib.mkMerge [ # ]\n]; }",
             "{ lib, ... }: { config = lib.mkMerge [ { a = lib.mkOverride (-1) 1; } # x\n /* y */ "
             "]; }",
         }) {
        CAPTURE(text);
        auto const file = read_dynamic_file(text, "f");
        REQUIRE(file);
        auto const after = splice_entry(*file, entry_with(9, {{{"z"}, "2 # why", true}}));
        auto const again = read_dynamic_file(after, "f");
        REQUIRE(again);
        REQUIRE(again->entries.size() == file->entries.size() + 1);
        CHECK(again->entries.back().number == 9);
        CHECK(again->entries.back().time == "2026-11-23T01:33:00Z");
        // Taking what was put in out again gives the old text.
        std::size_t same = 0;
        while (same < text.size() && text[same] == after[same])
            ++same;
        CHECK(after.ends_with(text.substr(same)));
    }
}
