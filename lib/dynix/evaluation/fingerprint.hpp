// What tells whether the files that an evaluation may read are still the same.
#pragma once

#include "dynix/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::evaluation {

struct fingerprint {
    std::string text{};      // the same as long as no file changes
    std::int64_t newest = 0; // when a file was changed last, in nanoseconds of the epoch
    std::string names{};     // of all that was looked at, for fingerprint_by
};

// Of every file below `roots` (roots.hpp): name, kind, size, the times and the inode, which no
// editor and no copy leaves as they are (ctime cannot be set, inode(7)); of a link also where it
// leads. A path of the Nix store is its name: what it holds never changes.
result<fingerprint> fingerprint_of(std::vector<std::string> const& roots);

// The same without listing a folder, which is most of the work: what is looked at has the names of
// an earlier one. `text` is the earlier one's only if every file is as it was, and every folder: a
// name that comes or goes changes the times of the folder that it is in. With names that are not
// the earlier one's, another `text` says nothing. An error: something cannot be looked at, which is
// not to say that it is not there.
result<fingerprint> fingerprint_by(std::string_view names, std::vector<std::string> const& roots);

} // namespace dynix::evaluation
