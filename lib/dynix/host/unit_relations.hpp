// What a unit has to do with others, and which run of it is the current one
// (org.freedesktop.systemd1(5)).
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace dynix::host {

// One entry of a dependency property: "RequiredBy" and the unit that is named there.
struct unit_link {
    std::string property{};
    std::string unit{};

    friend bool operator==(unit_link const&, unit_link const&) = default;
};

struct unit_relations {
    std::string name{};              // the unit's own name, when asked for by an alias
    std::string load_state{};        // as in unit_status
    std::string active_state{};      // as in unit_status
    bool stop_when_unneeded = false; // not asked where it is a part of a status
    // Its Condition*= were not met when it was last started.
    bool skipped_by_condition = false;
    // Of the properties in link_properties(), or in job_properties() where it is a part of a
    // status.
    std::vector<unit_link> links{};

    bool inactive() const { return active_state == "inactive" || active_state == "failed"; }
};

// The dependency properties that decide which jobs of other units follow from a start, a stop or a
// restart of this one (systemd.unit(5), "Mapping of unit properties to their inverses").
std::vector<std::string> const& job_properties();

// Those, what follows from its reload, and the properties that tell which units need this one or
// start it.
std::vector<std::string> const& link_properties();

// A loaded unit, as it is now.
struct unit_run {
    std::string name{};
    std::string active_state{};
    std::string invocation_id{}; // 32 hex digits, empty when it never ran
    bool has_file = true;        // its LoadState= is another one than not-found
    // Its unit file and drop-ins, where the caller knows what systemd has read.
    std::optional<std::vector<std::string>> files{};

    bool up() const { return active_state != "inactive" && active_state != "failed"; }
};

} // namespace dynix::host
