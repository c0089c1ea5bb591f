// A flake as the command line of Nix reads it.
//
// builtins.getFlake takes a path for 'path:PATH': it copies the whole folder into the store, what
// git ignores included, knows no repository around it and follows no link. `nix build` and
// nixos-rebuild read the same path as below (Nix manual, "nix flake", path-like references), and
// only so the two evaluate one configuration.
#pragma once

#include "dynix/base/result.hpp"

#include <string>
#include <string_view>

namespace dynix::plan {

// What getFlake takes for `reference`, which has no fragment. A URL stays as it is. A path becomes
// 'git+file:REPOSITORY?dir=FOLDER' in a repository of git, so that Nix copies what git tracks and
// nothing else, or else 'path:FOLDER'. Links are followed, 'flake.nix' may stand at the end, and a
// folder without that file stands for the nearest one above it that has it, up to the top of the
// repository. The query stays ('/etc/nixos?ref=stable').
//
// An error: a path that is not absolute, that does not lead to a flake, or whose query names a
// 'dir' besides.
result<std::string> flake_url(std::string_view reference);

} // namespace dynix::plan
