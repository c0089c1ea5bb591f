// The names that the code of a file asks for, wherever their values come from.
#pragma once

#include "dynix/syntax/ast.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dynix::syntax {

inline constexpr std::string_view nix_builtins = "builtins";

enum class mentioned_as {
    variable, // x, and inherit x;
    member,   // a.x, a ? x, inherit (a) x; and the formal x of a function
    text,     // "x"
};

struct mention {
    mentioned_as as{};
    // Without the two underscores that a function of Nix may have; empty: it is computed.
    std::string name{};
    // What it is a member of, as it is written ("self.sourceInfo"); empty: not known.
    std::string subject{};
    // What it is called with first; empty: it is not called.
    node argument{};
    node where{};
    bool may_be_missing = false; // a ? x, a.x or b
    bool goes_on = false;        // a.x.b: a member of it is named
};

// In no order. A name that is only defined (x = 1;) is not asked for. `builtins` is none as long as
// a member of it is named.
std::vector<mention> mentions_in(node root);

// Whether it is a set that is written out, with that name in it.
bool defines(node set, std::string_view wanted);

} // namespace dynix::syntax
