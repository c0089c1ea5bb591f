// Takes back what waits to be confirmed, and says so to everybody.
#pragma once

#include "dynix/activation/take_back.hpp"

namespace dynix::tool {

// The entries of a confirmation go out of the dynamic file, in the name of `user`.
activation::undo_entries undo_in_file(std::string const& user, host::machine& host);

// activation::take_back, with the entries, in the name of `user`, and the announcement. What a
// person should know is in the outcome's warnings.
activation::take_back_outcome take_back_and_announce(
    activation::take_back_request request, std::string const& user, host::machine& host);

} // namespace dynix::tool
