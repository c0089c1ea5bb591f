// The signs of testdata/agreement.txt against the types as Nix rendered them once;
// tests/agreement.py asks Nix itself.
#include "dynix/options/tests/agreement_table.hpp"
#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::options;

TEST_CASE("dynix says of every value in the table what is written there") {
    auto const known = schema::load(DYNIX_SOURCES "/lib/dynix/options/testdata/types.json");
    auto const rows = read_table(DYNIX_SOURCES "/lib/dynix/options/testdata/agreement.txt");
    REQUIRE(known);
    REQUIRE(rows);
    CHECK(rows->size() > 300);
    for (auto const& row : *rows) {
        CAPTURE(row.line);
        CAPTURE(row.type);
        CAPTURE(row.value);
        auto const verdict = verdict_on(*known, row);
        REQUIRE(verdict);
        CHECK(*verdict == (row.sign == "<" ? "-" : row.sign.substr(0, 1)));
    }
}
