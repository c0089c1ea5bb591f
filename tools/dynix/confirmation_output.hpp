// An activation that has to be confirmed, as JSON.
#pragma once

#include "dynix/activation/record/confirmation.hpp"
#include "dynix/base/json.hpp"

namespace dynix::tool {

// {"id": ..., "phase": "waiting", "by": ..., "millisecondsLeft": 102000, ...}; FORMATS.md.
boost::json::object to_json(activation::confirmation const& what, host::machine& host);

} // namespace dynix::tool
