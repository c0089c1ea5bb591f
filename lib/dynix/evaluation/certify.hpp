// Makes the certificate of the system that runs, and finds the one that holds.
#pragma once

#include "dynix/evaluation/questions.hpp"
#include "dynix/evaluation/store.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace dynix::evaluation {

struct certify_request {
    binding what{};
    std::chrono::milliseconds timeout = std::chrono::minutes(30); // of each evaluation
    // How long no file may have changed before it begins: a change within the same tick of the
    // clock, before and behind what is noted of a file, would not be seen.
    std::chrono::milliseconds quiet = std::chrono::seconds(1);
    // What is asked next, for a person.
    std::function<void(std::string_view what)> on_step{};
};

// The key of a certificate for `what`, from the files as they are now, and of a flake from the
// state in `what`. An error: the files cannot be looked at.
result<std::string> current_key(binding const& what);

// The certificate of the system that runs, if there is one and it holds for the files as they are
// now; the search path of `what` does not matter. An error says why one that is there does not.
result<std::optional<certificate>> find_certificate(store const& where, binding what);

// Asks what no value of the dynamic options can reach. An error, and no certificate: Nix could not
// evaluate within the roots, a file changed meanwhile, or the configuration on disk is not the
// system that runs. `made` and `peak_kib` are the caller's to say.
result<certificate> certify(certify_request const& request, process::runner& with);

// The slices for a certificate that was just made (slices.hpp). An error: nobody can tell what the
// system is made of, or a file changed since.
result<slice_set>
make_slices(certify_request const& request, certificate const& of, process::runner& with);

} // namespace dynix::evaluation
