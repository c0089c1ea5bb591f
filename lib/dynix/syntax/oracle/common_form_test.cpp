#include "dynix/syntax/oracle/nix_parser.hpp"

#include "dynix/test.hpp"

using namespace dynix::syntax;

TEST_CASE("what Nix 2.8 and Nix 2.26 print for one text has a common form") {
    struct row {
        std::string_view old_nix;
        std::string_view new_nix;
    };
    // Each pair was printed by Nix 2.8.0 and Nix 2.26.3.
    for (row const& one : {
             row{"({ z, b ? 1, a, ... } @ q: a)", "({ a, b ? 1, z, ... } @ q: a)"},
             row{"(let inherit b; inherit a; m = (z).m; k = (z).k; in a)",
                 "(let inherit a b; inherit (z) k m; in a)"},
             row{"rec { b = 1; l = ((z).c).l; }", "rec { inherit ((z).c) l; b = 1; }"},
             row{"\"\\$x \\${y} \\n\"", "\"$x \\${y} \\n\""},
             row{"{ assert = 1; b = 2; }", "{ \"assert\" = 1; b = 2; }"},
             row{"(let in = 1; in 2)", "(let \"in\" = 1; in 2)"},
             row{"{ a = assert b; assert c; d; e = 1; }", "{ a = assert b; assert c; d; e = 1; }"},
             row{"(\"\" + a + \"\\n\")", "(a + \"\\n\")"},
             row{"{ \"${(\"x\" + z)}\" = 1; \"${a}\" = 2; }",
                 "{ \"${(\"x\" + z)}\" = 1; \"${a}\" = 2; }"},
         }) {
        CAPTURE(one.old_nix);
        CHECK(common_form(one.old_nix) == common_form(one.new_nix));
    }
}

TEST_CASE("the common form keeps what makes a difference") {
    struct row {
        std::string_view one;
        std::string_view other;
    };
    for (row const& pair : {
             row{"({ a, b }: a)", "({ a, b, ... }: a)"},
             row{"({ a ? 1, b }: a)", "({ a, b ? 1 }: a)"},
             row{"{ a = 1; b = 2; }", "{ a = 2; b = 1; }"},
             row{"{ a = 1; }", "rec { a = 1; }"},
             row{"{ \"${a}\" = 1; \"${b}\" = 2; }", "{ \"${b}\" = 2; \"${a}\" = 1; }"},
             row{"[ (a) (b) ]", "[ (b) (a) ]"},
             row{"\"\\${a}\"", "\"\\\\${a}\""},
             row{"{ inherit a; }", "{ a = (a).a; }"},
             row{"{ inherit (a) b; }", "{ inherit (c) b; }"},
             row{"{ a = assert b; c; }", "{ a = assert b; d; }"},
             row{"(a + \"b\")", "(a + b)"},
             row{"{ a = 1; } }", "{ a = 1; }"},
         }) {
        CAPTURE(pair.one);
        CHECK(common_form(pair.one) != common_form(pair.other));
    }
}
