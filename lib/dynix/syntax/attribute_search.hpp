// Private to the room: where an attribute path leads in a tree.
#pragma once

#include "dynix/base/error.hpp"
#include "dynix/syntax/ast.hpp"

#include <span>
#include <string>
#include <vector>

namespace dynix::syntax {

// A set that a path leads through, and how many names lead to it.
struct set_on_the_way {
    node set;
    std::size_t depth = 0;
};

struct attribute_search {
    std::vector<node> exact;  // bindings of the path itself; more than one are parts of one set
    std::vector<node> pieces; // bindings of what is below it
    node inherited;           // its name, or that of a set around it, behind `inherit`
    // An expression that the path would have to lead into, and how many names lead to it.
    node obstacle;
    std::size_t obstacle_depth = 0;
    // The innermost set on the way (the first one, when it is given in pieces), and how many names
    // lead to it.
    node innermost;
    std::size_t innermost_depth = 0;
    std::vector<set_on_the_way> passed; // all of them
};

attribute_search look_for(node root, std::span<std::string const> path);

// How many names the path of a binding and `path` have in common at their beginning, and whether
// the binding's path ends there.
struct common_names {
    std::size_t count = 0;
    bool all_of_binding = false;
};
common_names compare(node binding, std::span<std::string const> path);

// Why a search did not end at one binding.
error not_one_binding(
    tree const& in, attribute_search const& found, std::span<std::string const> path);

} // namespace dynix::syntax
