// judge SCHEMA TABLE: prints what dynix says of each row, a line each, for agreement.py.
#include "dynix/options/tests/agreement_table.hpp"

#include <fmt/format.h>

int main(int argc, char** argv) {
    using namespace dynix;
    if (argc != 3)
        return 2;
    auto const known = options::schema::load(argv[1]);
    auto const rows = options::read_table(argv[2]);
    if (!known || !rows) {
        fmt::print(stderr, "{}", render(known ? rows.error() : known.error()));
        return 1;
    }
    for (auto const& row : *rows) {
        // A type that the lib at hand has not is not in its schema.
        auto const verdict = options::verdict_on(*known, row);
        fmt::print("{}\n", verdict ? *verdict : "none");
    }
    return 0;
}
