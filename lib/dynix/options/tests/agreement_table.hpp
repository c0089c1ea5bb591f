// The table of types and values in testdata/agreement.txt, and what dynix says of its rows.
#pragma once

#include "dynix/options/schema.hpp"

namespace dynix::options {

struct table_row {
    std::size_t line = 0; // from 1
    std::string type;     // the Nix expression
    std::string sign;     // what both are expected to say
    std::string value;    // a Nix literal
};

// Errors name the line.
result<std::vector<table_row>> read_table(std::string const& file);

// "+" for a value that dynix takes, "-" for one that it refuses, "?" for one that it leaves to Nix.
// The schema has an option for each type, with the expression for its name, single quotes for
// double ones; an error when there is none.
result<std::string> verdict_on(schema const& in, table_row const& row);

} // namespace dynix::options
