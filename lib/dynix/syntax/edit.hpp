// Changing one attribute of a text: the bytes of the change move, every other byte stays.
#pragma once

#include "dynix/base/result.hpp"
#include "dynix/syntax/ast.hpp"

#include <span>
#include <string>
#include <string_view>

namespace dynix::syntax {

// An attribute path leads from the root through nested sets (also `rec`), dotted names, quoted
// names, function bodies, `let ... in`, `with`, `assert` and parentheses. It does not lead into
// anything that would have to be evaluated, such as `lib.mkIf a { }`: that is an error with its
// place. Names that are computed are never looked at.
//
// A new value is spliced in as it is written, without comments around it; its further lines are
// indented with the binding and end as the lines there do, as far as that changes no string.
//
// An edit does what it says and nothing beside it, or it is refused with the place: what Nix takes
// before, it takes afterwards, and no other attribute gets another value because a name of a
// recursive set came or went.

struct edited_text {
    std::string text;
    byte_range replaced; // in the text before
    byte_range inserted; // what stands there in the text now
};

// The binding whose path ends at `path`, such as `c = 1;` in `{ a.b = { c = 1; }; }` for a.b.c.
// An attribute that comes from `inherit` or that is given in pieces is an error.
result<node> find(tree const& in, std::span<std::string const> path);

// Adds a binding with `value`, a Nix expression, in the innermost set that `path` leads to: behind
// its nearest relative there, indented as that one is. An attribute that exists is an error, and so
// is one that a `rec` set around it would give to those who mean another variable of its name.
result<edited_text>
insert(tree const& in, std::span<std::string const> path, std::string_view value);

// Puts `value`, a Nix expression, in the place of the value that is there.
result<edited_text>
replace(tree const& in, std::span<std::string const> path, std::string_view value);

// Takes the binding out, with its line if nothing else stands there. Comments stay. An attribute
// that is used elsewhere in a `rec` set is an error.
result<edited_text> remove(tree const& in, std::span<std::string const> path);

} // namespace dynix::syntax
