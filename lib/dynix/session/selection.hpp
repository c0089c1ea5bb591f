// What an apply takes of the dynamic file, what comes along with it, and what stays pending.
#pragma once

#include "dynix/activation/record/state.hpp"
#include "dynix/overrides/dynamic_file.hpp"
#include "dynix/plan/plan.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dynix::session {

// The value of an option that is not applied as the dynamic file has it.
struct pending_change {
    std::string option{};
    std::optional<std::string> value{}; // nullopt: the override has been taken out
    std::int64_t entry = 0;             // that says so: of an append, or of an undo, 0 for none
    // Of that entry; empty when a person changed the file by hand.
    std::string user{};
    std::string time{};
};

// "entry 3 by alice, 2026-11-23T01:33:00Z: services.web.jobs = 4", "entry 4 by alice, …:
// services.web.jobs taken out".
std::string describe(pending_change const& what);

struct selection {
    std::optional<std::string> text{}; // of the dynamic file, if it was looked at
    // What the plan is made of; nullopt: the whole dynamic file.
    std::optional<overrides::dynamic_file> chosen{};
    // activation::fingerprint_of what is applied now, when entries were chosen on top of it.
    std::optional<std::string> on_top_of{};
    std::vector<pending_change> to_apply{}; // that this selection would apply
    std::vector<pending_change> pending{};  // that stay pending
    std::string user{};                     // who selects
    std::int64_t last_entry = 0;            // the user's own, an append or an undo; 0: none
    std::vector<std::string> notes{};
};

// What the words of a command line, numbers and paths, choose of `file` for `user`; no words: all
// of it. `applied` is the record of what is applied, nullptr when nothing is. An error says that
// there is no such entry, or that nothing can be chosen (overrides/choose.hpp).
result<selection> select(
    overrides::dynamic_file const& file, activation::state const* applied,
    std::vector<std::string> const& words, std::string const& user);

// A dynamic file that was changed between the look that selected of it and the one of Nix is an
// error: what was listed is not what would be applied. Its comments do not count, where `plan` has
// the text and not only the fingerprint.
result<void> check_same(selection const& what, plan::activation_plan const& plan);

// What a person may not expect to be applied: all but the last entry of the user, what others have
// done first.
std::vector<pending_change> brought_along(selection const& what);

} // namespace dynix::session
