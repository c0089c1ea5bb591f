// Where certificates are kept: /var/cache/dynix, a file for each system.
#pragma once

#include "dynix/evaluation/slices.hpp"

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
    // The file of its slices (slices.hpp).
    std::string slices_of(std::string const& running) const;
    // The file with the names of the files that it was made of.
    std::string names_of(std::string const& running) const;
};

// The certificate of that system. None: nullopt. An error says why one that is there is not
// trusted: broken, of another version, in a folder that others can write to.
result<std::optional<certificate>> load(store const& where, std::string const& running);

// The file of the slices that a certificate has; none, or none that we may read: nullopt. An error
// says why it is not trusted: it is another one, or in a folder that others can write to.
result<std::optional<std::string>> load_slices(store const& where, certificate const& of);

// The names that fingerprint_by takes (fingerprint.hpp), where we may read them and they are those
// of the certificate.
std::optional<std::string> load_names(store const& where, certificate const& of);

// Keeps the slices of a system, readable by their owner alone, and says so in its certificate, as
// save. Needs the lock.
result<void> save_slices(store const& where, certificate& of, slice_set const& what);

// Keeps it, atomically and readable by all, and its names, where it has some and not too many, for
// their owner alone; removes those of systems that are no longer there, whatever becomes of it.
// Needs the lock.
result<void> save(store const& where, certificate const& what);

} // namespace dynix::evaluation
