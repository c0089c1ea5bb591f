// How far the overrides of a dynamic file have come on a machine.
#pragma once

#include "dynix/activation/status.hpp"
#include "dynix/overrides/dynamic_file.hpp"
#include "dynix/plan/plan.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::session {

enum class override_state {
    static_, // nothing is applied; its units run their static configuration
    pending, // what is applied is older than the file
    applied, // it is applied, but a live process does not (yet) have it; `reason` says why
    live,    // a live process has it
};

// The word of dynix(1): "static", "pending", "applied", "live".
std::string_view to_string(override_state state);

// An override of the file or of what is applied, and how far it has come.
struct override_report {
    std::string option{};
    std::string value{};
    override_state state = override_state::static_;
    std::string reason{};     // of a live one: what was tolerated; may be empty then
    overrides::ending ends{}; // of its entry
    std::int64_t entry = 0;   // that has it, in the file or else in what is applied
};

// One for each override in effect in `file`, in the order of their paths, and then for each that is
// applied and no more in it. `of_applied` is the plan of what is applied, which says what units an
// option reaches; without it an override is judged by all units.
std::vector<override_report> override_reports(
    overrides::dynamic_file const& file, activation::status_report const& now,
    std::optional<plan::activation_plan> const& of_applied);

// One for each override that is applied, whatever a file says: for when that cannot be read.
std::vector<override_report> applied_reports(
    activation::status_report const& now, std::optional<plan::activation_plan> const& of_applied);

// The plan of what is applied, if something is and the plan can be read.
std::optional<plan::activation_plan> applied_plan(activation::status_report const& now);

// What is wrong beyond single overrides, a sentence for each.
std::vector<std::string> problems(activation::status_report const& now);

// Whether what was appended is what runs: every override is live, and nothing else is wrong.
bool is_all_live(std::vector<override_report> const& reports, activation::status_report const& now);

} // namespace dynix::session
