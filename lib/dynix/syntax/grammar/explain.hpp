// Private to the grammar: why a text was refused, in a reader's words.
#pragma once

#include "dynix/base/error.hpp"
#include "dynix/syntax/grammar/builder.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dynix::syntax::grammar {

// What is said when `expected` (in a reader's words) does not stand at a place: what was found
// there, the bracket or binding that it would end, and what to do about the usual slips.
error explain(
    arena const& content, builder const& build, char const* at, std::string_view expected);

error explain(arena const& content, builder const& build, refusal const& why);

// Where the parser stopped, for going on behind it.
struct stop {
    std::uint32_t at = 0;
    // Where the binding begins that it was in, when it was in a set or `let` at all: behind the
    // last binding that is complete.
    std::optional<std::uint32_t> binding;
    bool in_let = false;  // the binding is one of `let`
    std::string brackets; // open in that binding: any of ( [ { " ' for '' and $ for ${
    // A string that may have been meant to end earlier, so that all behind it is read the wrong
    // way round.
    std::optional<std::uint32_t> doubtful_string;
};
stop stop_at(arena const& content, builder const& build, char const* at);

} // namespace dynix::syntax::grammar
