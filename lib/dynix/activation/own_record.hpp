// The records of dynix that cannot be read: what to do about one, and how it is put out of the way.
#pragma once

#include "dynix/host/machine.hpp"

#include <string>

namespace dynix::activation {

// `why` the record cannot be read, with what to do in its hint: for root `remedy`, such as "'dynix
// reset' goes on without it". Nothing of ours does where the fault lies in the record's folder.
error unreadable_record(
    error why, std::string const& path, std::string const& remedy, host::machine& host);

// Keeps it beside, as '<path>.damaged': nothing in it is lost, and nothing waits for it any more.
result<void> set_record_aside(host::machine& host, std::string const& path);

} // namespace dynix::activation
