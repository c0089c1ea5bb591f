// Private to the room: kinds of types whose values hold no others.
#pragma once

#include "dynix/options/type.hpp"

#include <span>

namespace dynix::options {

std::span<type_kind const> plain_kinds();

} // namespace dynix::options
