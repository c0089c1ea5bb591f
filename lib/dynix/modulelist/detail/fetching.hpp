// Whether a file fetches what may be another the next time it is fetched.
#pragma once

#include "dynix/syntax/ast.hpp"

#include <string>
#include <string_view>

namespace dynix::modulelist::detail {

// Whether a function of Nix that fetches stands in the code, and no hash in its argument that Nix
// would check: fetchGit, fetchTree, fetchMercurial and getFlake, and fetchTarball and
// builtins.fetchurl of anything but a set with `sha256`.
bool fetches_without_hash(syntax::node root);

// The same of a text. True where it cannot be parsed.
bool fetches_without_hash(std::string const& text);

// What is wrong then, in words that follow the file's name.
inline constexpr std::string_view fetches_another = "fetches what may be another the next time";

} // namespace dynix::modulelist::detail
