// The outside world of an activation: everything it reads or changes goes through here.
#pragma once

#include "dynix/host/clock.hpp"
#include "dynix/host/paths.hpp"
#include "dynix/host/processes.hpp"
#include "dynix/host/runtime_files.hpp"
#include "dynix/host/systemd.hpp"

namespace dynix::host {

// Owns none of them. One thread, like the objects behind it.
struct machine {
    host::systemd& units;
    host::processes& live;
    runtime_files& files;
    host::clock& time;
    paths where;
};

} // namespace dynix::host
