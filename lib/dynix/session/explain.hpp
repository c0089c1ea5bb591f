// Where the value of an option comes from, and how far it has come.
#pragma once

#include "dynix/plan/system_record.hpp"
#include "dynix/session/known_option.hpp"
#include "dynix/session/override_state.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dynix::session {

// How an override does against the others of its file (overrides/effective.hpp).
enum class contest {
    wins,
    hidden, // by a later entry, on the same path or above it
    lost,   // an earlier entry replaces a path above it as a whole
};

// An override at a path, above it or below it. Points into the dynamic file.
struct judged_override {
    overrides::option_override const* what;
    overrides::entry const* from;
    contest outcome;
    overrides::effective_override winner; // what is in effect at its path; itself when it wins
};

// "wins", "hidden by entry 3", "lost: entry 2 replaces a.b as a whole".
std::string describe(judged_override const& what);

// What could be found out about the machine.
struct machine_view {
    std::optional<activation::status_report> now{}; // nullopt: `unknown` says why
    std::string unknown{};
    std::optional<plan::activation_plan> applied{}; // the plan of what is applied
    std::optional<plan::activation_plan> pending{}; // the one that was built last
    std::optional<plan::system_record> system{};
};

struct explanation {
    known_option option{};
    bool is_group = false;                           // several options: it has no value of its own
    std::vector<judged_override> overrides{};        // the latest first
    std::vector<std::string> services{};             // that declare it dynamic
    std::optional<std::vector<std::string>> units{}; // that it reaches; nullopt: not known
    // Of the overrides at the option, above it and below it; nullopt: `unknown` says why.
    std::optional<std::vector<override_report>> states{};
    std::string unknown{};
    // The entry that is applied, though Nix gives the option the static value all the same. A
    // static definition with a priority below the entry's wins over it, or the option makes the
    // same of both values. Nothing records the priorities of the static configuration, but what Nix
    // made of the applied file shows it.
    std::optional<std::int64_t> without_effect{};
};

// Services and units are those of the plan that is applied, else of the one that was built last;
// where that does not know the option, of the schema and the record of the system. Points into
// `file` and what `option` points into.
explanation explain(
    known_option option, options::schema const* known, overrides::dynamic_file const& file,
    machine_view const& machine);

} // namespace dynix::session
