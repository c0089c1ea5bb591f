// Whether what is applied could stay in another static system.
#pragma once

#include "dynix/activation/record/state.hpp"

#include <string>
#include <vector>

namespace dynix::activation {

// The applied units whose file in the folder `units`, such as SYSTEM/etc/systemd/system, is another
// one than they were applied over, or is not there; sorted. A drop-in is the difference of two
// texts, so it means nothing for those. And those that have other files below /etc, which a switch
// takes from them (file_links.hpp).
result<std::vector<std::string>>
units_that_change(state const& applied, std::string const& units, host::runtime_files& files);

} // namespace dynix::activation
