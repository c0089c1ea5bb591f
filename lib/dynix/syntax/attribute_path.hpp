// Attribute paths as people type them, such as services.nginx.virtualHosts."a.b".root.
#pragma once

#include "dynix/base/result.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::syntax {

// The names in `text`, at least one: identifiers and "quoted strings" with '.' between them, as Nix
// reads them after a value (so a.or is a path and a.if is not). `${` is refused: nothing is
// evaluated here. `name` is what errors call the text.
result<std::vector<std::string>> parse_attribute_path(std::string_view text, std::string_view name);

// The path as Nix text, names quoted where they must be. A NUL byte cannot be written down in Nix
// and is shown as it is.
std::string print_attribute_path(std::span<std::string const> path);

// One name as Nix text: as it is when it is an identifier, else quoted.
std::string print_attribute_name(std::string_view name);

} // namespace dynix::syntax
