// The schema of testdata/system.nix, and short words for tests with it.
#pragma once

#include "dynix/options/schema.hpp"
#include "dynix/syntax/attribute_path.hpp"
#include "dynix/test.hpp"

namespace dynix::options {

inline schema test_system(std::string const& path = {}) {
    if (path.empty())
        return *schema::load(DYNIX_SOURCES "/lib/dynix/options/testdata/options.json");
    return *schema::load(
        DYNIX_SOURCES "/lib/dynix/options/testdata/options.json",
        *syntax::parse_attribute_path(path, "PATH"));
}

inline option_path path_of(std::string const& text) {
    return *syntax::parse_attribute_path(text, "PATH");
}

inline syntax::literal value_of(std::string const& text) {
    return *syntax::parse_literal(text, "VALUE");
}

} // namespace dynix::options
