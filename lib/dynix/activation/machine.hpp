// The outside world of an activation: everything it reads or changes goes through here.
#pragma once

#include "dynix/activation/clock.hpp"
#include "dynix/activation/paths.hpp"
#include "dynix/activation/processes.hpp"
#include "dynix/activation/runtime_files.hpp"
#include "dynix/activation/systemd.hpp"

namespace dynix::activation {

struct machine {
    activation::systemd& units;
    activation::processes& live;
    runtime_files& files;
    activation::clock& time;
    paths where;
};

} // namespace dynix::activation
