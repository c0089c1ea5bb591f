// Carries a plan out: drop-ins, one daemon-reload, restarts, proof, state; or everything back.
#pragma once

#include "dynix/activation/attendant.hpp"
#include "dynix/activation/bystanders/unplanned_changes.hpp"
#include "dynix/activation/proof/proof.hpp"
#include "dynix/activation/steps/progress.hpp"
#include "dynix/activation/steps/step.hpp"
#include "dynix/activation/steps/unit_change.hpp"
#include "dynix/base/exit_code.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace dynix::activation {

struct apply_options {
    bool dry_run = false;    // check only, change nothing, take no lock
    bool restore = true;     // put the previous state back after a failure
    bool allow_leak = false; // leaks of the plan are warnings, no refusal
    // Of a way back, the reload may bring other changed unit files into force, with a warning.
    direction way = direction::forth;
    bool require_root = true;
    // For the jobs of one wave; nullopt: what their units themselves allow (patience_for).
    std::optional<host::milliseconds> timeout{};
    host::milliseconds lock_patience = std::chrono::seconds(10); // for each lock
    // fingerprint_of what must be applied still when the locks are held: entries were chosen on top
    // of it. nullopt: whatever is.
    std::optional<std::string> on_top_of{};
    std::string plan_path{};                   // where the plan was read, for the record
    std::vector<applied_override> overrides{}; // for the record
    std::function<void(progress const&)> on_progress{};
    // Takes part in it, and answers for confirmations (confirmation.hpp); nullptr: nobody does, and
    // it is refused while one waits. Never called in a dry run.
    attendant* with = nullptr;
    // Asked between the steps and while waiting; true ends the activation as a failure would.
    std::function<bool()> stop_requested{};
};

enum class apply_result {
    done,
    refused,         // nothing was changed
    failed_restored, // the previous state is back
    failed_left,     // `left` says what is not
};

struct unit_report {
    std::string name{};
    unit_change const* change = &changes::none;
    bool restarted = false;
    bool reloaded = false;
    proof proved{};
    // Where nothing was to be done: why it is not known to run what is planned; empty: it runs it.
    std::string not_as_planned{};
};

struct apply_outcome {
    apply_result result = apply_result::refused;
    std::vector<error> errors{};       // why it was refused or failed; what failed while restoring
    std::vector<step> steps{};         // as planned, or as they went
    std::vector<step> restore_steps{}; // those that took them back, after a failure
    std::vector<unit_report> units{};
    std::vector<std::string> warnings{};
    std::vector<std::string> left{}; // for failed_left: each thing that is not as it was
    // For failed_left: the unit in which it is still at work, while whoever waited for it ends.
    std::string works_on{};
    std::vector<phase_time> times{};
    std::optional<plan::verification> verify{}; // how leaks were looked for, when there was a plan
    std::optional<plan::proof> rests_on{};      // and why there are none
    bool by_slice = false; // what was evaluated for the plan (plan::activation_plan)
    std::vector<plan::leak> leaks{};
    std::vector<unplanned_unit> foreseen{};    // outside the plan: what systemd would do, harmless
    std::vector<unplanned_change> unplanned{}; // outside the plan: what happened meanwhile
};

// What is called (progress, whether to stop) is called by this thread, before it returns.
apply_outcome
apply(plan::activation_plan const& wanted, apply_options const& options, host::machine& host);

exit_code exit_code_of(apply_result what);

} // namespace dynix::activation
