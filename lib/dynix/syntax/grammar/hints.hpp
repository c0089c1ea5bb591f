// Private to the grammar: what to do about the usual slips.
#pragma once

#include "dynix/syntax/grammar/builder.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace dynix::syntax::grammar {

// A place where the parser stopped.
struct slip {
    arena const& content;
    builder const& build;
    std::uint32_t at;
    std::string_view expected; // in a reader's words
    std::string_view token;    // what stands there; empty at the end of the text
};

// What to do about it; empty when there is nothing that would help for certain.
std::string hint_for(slip const& what);

// The bracket or keyword at a place of builder::openings(), as it is written.
std::string_view opening_at(arena const& content, std::uint32_t at);

} // namespace dynix::syntax::grammar
