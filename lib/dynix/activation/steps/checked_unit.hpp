// A unit of a plan, as an activation has found it and as it is to become.
#pragma once

#include "dynix/activation/proof/proof.hpp"
#include "dynix/activation/steps/unit_change.hpp"
#include "dynix/host/machine.hpp"
#include "dynix/plan/plan.hpp"
#include "dynix/units/drop_in.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dynix::activation {

// A link below /etc that leads to a file of a unit (file_links.hpp).
struct file_link {
    std::string path{};
    std::string target{};
    bool workers = false; // the service starts processes when it has taken the file, else not

    friend bool operator==(file_link const&, file_link const&) = default;
};

struct checked_unit {
    std::string name{};
    host::milliseconds settle{};
    std::string static_text{};  // as planned
    std::string dynamic_text{}; // as planned
    units::unit_file before{};  // static text with the other drop-ins that are read before ours
    units::unit_file running{}; // what it runs now: `before` with the drop-in that is there
    units::unit_file after{};   // dynamic text, likewise
    // After an activation that did not end: what else it may run, the earliest first.
    std::vector<units::unit_file> may_run{};
    std::vector<std::pair<std::string, std::string>> texts{}; // of the files of `before`, by path
    units::drop_in wanted{};
    std::optional<std::string> drop_in_now{}; // the file's text
    std::vector<file_link> links{};           // that `after` names
    std::vector<file_link> links_now{};       // that earlier drop-ins name
    host::unit_status status{};
    bool rewrite = false; // the drop-in on disk is not the wanted one
    unit_change const* change = &changes::none;
    command_shown shown = command_shown::unknown; // before the change
    // A socket cannot be restarted while its service runs: that service is stopped before and
    // started after, by being listed here.
    std::vector<std::string> stop_first{};
    bool unless_stopped = false;   // no restart if somebody has stopped it since
    bool put_back = false;         // the wanted drop-in is the previous one, of a restore
    bool may_fail = false;         // it need not stay up once it is started
    bool keeps_restarting = false; // when it was checked
    bool reload_shown = false;     // that its process has taken the reload
    bool files_stuck = false;      // its links could not be put back, so that its drop-in stays
    bool fell_back = false;        // its change was not enough: it is restarted
    proof proved{};                // once it is proved
    std::optional<host::unit_status> proved_as{}; // the run that was proved
    plan::unit_checks checks{};                   // of what it will run
};

} // namespace dynix::activation
