// The steps of an activation as data: printed by a dry run, carried out by an apply.
#pragma once

#include <string>
#include <vector>

namespace dynix::activation {

enum class step_kind {
    write_drop_in,
    remove_drop_in,
    reload, // systemd reads its files anew, once
    reset_failed,
    stop,
    restart,
    start,
    defer, // the unit is not running: takes effect when it starts
    prove,
};

struct step {
    step_kind kind{};
    std::string unit{}; // empty for reload

    friend bool operator==(step const&, step const&) = default;
};

// "write /run/systemd/system/distccd.service.d/zz-dynix.conf", "restart distccd.service", ...
std::string describe(step const& what);

// The word of a step for --json: "write-drop-in", "restart"...
std::string name(step_kind kind);

} // namespace dynix::activation
