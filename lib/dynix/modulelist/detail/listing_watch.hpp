// Sees whether somebody looks which files are in some folders. Nix 2.26 says nothing where it may
// not read all of one: it takes those that it may read for all.
#pragma once

#include "dynix/base/unique_fd.hpp"

#include <string>
#include <vector>

namespace dynix::modulelist::detail {

class listing_watch {
  public:
    // From now on.
    explicit listing_watch(std::vector<std::string> const& folders);

    // The first of the folders that was looked through, whoever did it; empty: none. One that is
    // there and could not be watched counts as looked through.
    std::string looked_through();

  private:
    struct watched {
        int number;
        std::string folder;
    };

    unique_fd events_;
    std::vector<watched> watched_;
    std::string found_{};
};

} // namespace dynix::modulelist::detail
