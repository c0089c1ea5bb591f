#include "dynix/syntax/normal_form.hpp"

#include "dynix/syntax/parse.hpp"
#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::syntax;

// What fuzz/differential.py found, with what Nix 2.26.3 prints.
TEST_CASE("the form is that of Nix where the grammar is odd") {
    struct row {
        std::string_view text;
        std::string_view form;
    };
    for (row const& one : {
             row{"a ? b ? c", "((((a) ? b)) ? c)"},
             row{"- 1 ? b ? c", "(((((__sub 0 1)) ? b)) ? c)"},
             row{"a ? b / c", "(__div ((a) ? b) c)"},
             row{"<n> or", "((__findFile __nixPath \"n\") or)"},
             row{"(a b) or", "((a b) or)"},
             row{"(a or) b", "(a or b)"},
             row{"(a - b) or c", "((__sub a b) or c)"},
         }) {
        CAPTURE(one.text);
        auto const parsed = parse(std::string(one.text), "test");
        REQUIRE(parsed);
        CHECK(normal_form(*parsed) == one.form);
    }
}

TEST_CASE("a path after an attribute path is refused, as no operator stands between them") {
    for (std::string const text :
         {"a ? b /c", "a ? b -c/d", "a ? b +c/d", "a ? b <c>", "a ? ${b}/c", "a ? b c",
          "a ? b 5"}) {
        CAPTURE(text);
        CHECK(!parse(text, "test"));
    }
}
