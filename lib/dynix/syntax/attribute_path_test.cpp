#include "dynix/syntax/attribute_path.hpp"

#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::syntax;

TEST_CASE("attribute paths are read as Nix reads them") {
    using path = std::vector<std::string>;
    struct row {
        std::string_view text;
        path names;
    };
    for (row const& one : {
             row{"a", {"a"}},
             row{"a.b-c.d'_", {"a", "b-c", "d'_"}},
             row{"a.\"b.c\".\"\"", {"a", "b.c", ""}},
             row{"a.or.\"if\"", {"a", "or", "if"}},
             row{"or", {"or"}},
             row{" a . b ", {"a", "b"}},
             row{"a.\"\\${x}\\\"\\n\"", {"a", "${x}\"\n"}},
         }) {
        CAPTURE(one.text);
        auto const read = parse_attribute_path(one.text, "PATH");
        REQUIRE(read);
        CHECK(*read == one.names);
        CHECK(*parse_attribute_path(print_attribute_path(one.names), "PATH") == one.names);
    }
}

TEST_CASE("what is no attribute path is refused with what to do") {
    struct row {
        std::string_view text;
        std::string_view rendered;
    };
    for (row const& one : {
             row{"", "PATH:1:1: error: expected an attribute name, found the end of the text\n"
                     "   1 | \n     | ^\n"},
             row{"a..b", "PATH:1:3: error: expected an attribute name after '.', found '.'\n"
                         "   1 | a..b\n     |   ^\n"},
             row{"a.", "PATH:1:3: error: expected an attribute name after '.', found the end of "
                       "the text\n   1 | a.\n     |   ^\n"},
             row{"a.if", "PATH:1:3: error: expected an attribute name after '.', found 'if'\n"
                         "   1 | a.if\n     |   ^~\n"
                         "hint: 'if' is a keyword: as a name, write \"if\" with the quotes\n"},
             row{"a.5", "PATH:1:2: error: expected '.' or the end of the attribute path, found "
                        "'.5'\n   1 | a.5\n     |  ^~\n"
                        "hint: a name that begins so needs quotes: \"5\"\n"},
             row{"a.${b}", "PATH:1:3: error: '${' in an attribute path would have to be "
                           "evaluated\n   1 | a.${b}\n     |   ^~~~\n"
                           "hint: write \\${ inside quotes for a name with these characters\n"},
             row{"a.\"b${c}\"", "PATH:1:3: error: '${' in an attribute path would have to be "
                                "evaluated\n   1 | a.\"b${c}\"\n     |   ^~~~~~~\n"
                                "hint: write \\${ inside quotes for a name with these "
                                "characters\n"},
             row{"a b", "PATH:1:3: error: expected '.' or the end of the attribute path, found "
                        "'b'\n   1 | a b\n     |   ^\n"},
             row{"a/b", "PATH:1:1: error: expected an attribute name, found 'a/b'\n"
                        "   1 | a/b\n     | ^~~\n"
                        "hint: this is a path; as a name it needs quotes: \"a/b\"\n"},
         }) {
        CAPTURE(one.text);
        auto const read = parse_attribute_path(one.text, "PATH");
        REQUIRE(!read);
        CHECK(render(read.error()) == one.rendered);
    }
}

TEST_CASE("ten thousand components are read in a moment") {
    std::string text = "a";
    for (int i = 0; i < 9'999; ++i)
        text += ".b";
    auto const read = parse_attribute_path(text, "PATH");
    REQUIRE(read);
    CHECK(read->size() == 10'000);
}
