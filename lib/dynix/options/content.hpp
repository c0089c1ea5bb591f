// What a schema holds. Private to the room.
#pragma once

#include "dynix/options/schema.hpp"

#include <deque>

namespace dynix::options {

// Deques, because their elements never move and pointers go from one to the other.
struct schema::content {
    std::vector<node> roots;
    std::deque<type> types;
    std::deque<option> options;
};

} // namespace dynix::options
