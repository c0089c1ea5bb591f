// Where certificates are kept: /var/cache/dynix, a file for each system.
#pragma once

#include "dynix/evaluation/certificate.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dynix::evaluation {

struct store {
    std::string root{}; // before every path, so that tests have folders of their own

    std::string folder() const { return root + "/var/cache/dynix"; }
    std::string lock() const { return folder() + "/lock"; }
    // The file of the certificate of a system, by its store path.
    std::string file_of(std::string const& running) const;
};

// The certificate of that system. None: nullopt. An error says why one that is there is not
// trusted: broken, of another version, in a folder that others can write to.
result<std::optional<certificate>> load(store const& where, std::string const& running);

// Keeps it, atomically and readable by all, and removes those of systems that are no longer there.
// Needs the lock.
result<void> save(store const& where, certificate const& what);

} // namespace dynix::evaluation
