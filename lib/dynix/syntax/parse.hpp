// Text to tree: the whole Nix language as Nix 2.26 accepts it.
#pragma once

#include "dynix/base/result.hpp"
#include "dynix/syntax/ast.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dynix::syntax {

// How deep brackets, operators waiting for their right side, lambda bodies and the like may nest;
// deeper text is an error. Nix's own parser stops between 2,000 and 10,000, by construct.
inline constexpr std::size_t deepest_nesting = 10'000;

struct parse_options {
    // Also refuse variables that nothing defines, as Nix does before it evaluates a file.
    bool undefined_variables = false;
    // |> and <|, which Nix 2.26 has only with its experimental feature pipe-operators.
    bool pipe_operators = true;
    // Count as defined also what Nix 2.26 defines only with an experimental feature, such as
    // fetchTree.
    bool experimental_globals = false;
};

// The tree of `text`, or the first error. `name` is what errors call the text, such as its path.
// The calling thread needs a stack of 256 KiB: what nests deeply is parsed on another thread, with
// a stack of its own. (4 MiB when it is compiled with the address sanitizer.) One text is refused
// that Nix 2.26 accepts: at a NUL byte between tokens Nix takes the text to end and passes over the
// rest of it without a word.
result<tree> parse(std::string text, std::string name, parse_options const& options = {});

// What there is to say about a text: its errors in source order, and its tree if there are none.
struct diagnosis {
    std::optional<tree> parsed;
    std::vector<error> errors;
};

// As parse, but goes on after an error where the text makes the end of the broken part certain (a
// binding's ';', 20 times at most), and reports up to 100 errors of the static checks. The stack as
// for parse.
diagnosis diagnose(std::string text, std::string const& name, parse_options const& options = {});

} // namespace dynix::syntax
