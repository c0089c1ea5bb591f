// Words for everybody on the machine.
#pragma once

#include "dynix/activation/record/confirmation.hpp"

#include <string>
#include <string_view>

namespace dynix::tool {

// To the journal, and to every terminal by wall(1) where there is one. Nothing depends on either.
// `confirmation` is the id of the one that it is about, for the journal; empty: it is about none.
void announce(std::string const& text, std::string const& confirmation = {});

// The same of what went wrong where nobody waits for it: `what` is not as it was to be. Of the
// reason the first line alone: what a health check has printed is in the journal, which not
// everybody can read.
void announce_trouble(std::string_view what, error const& why);

// "the overrides that alice applied were taken back: not confirmed within 2min", or how else it
// stands with it.
std::string describe(activation::confirmation const& what, host::machine& host);

} // namespace dynix::tool
