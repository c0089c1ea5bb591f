// How much a system takes in the Nix store.
#pragma once

#include "dynix/base/result.hpp"
#include "dynix/process/runner.hpp"

#include <cstdint>
#include <string>

namespace dynix::modules {

// The bytes of those store paths that `system` needs and `base` does not.
result<std::uint64_t>
added_size(std::string const& system, std::string const& base, process::runner& with);

// "3.2 MB", "0 B".
std::string size_text(std::uint64_t bytes);

} // namespace dynix::modules
