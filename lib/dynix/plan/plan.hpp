// The plan: what an apply would do, as the activation script carries it in plan.json.
#pragma once

#include "dynix/base/result.hpp"
#include "dynix/plan/checks.hpp"
#include "dynix/plan/leak.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::plan {

// A file below /etc by which a unit finds its configuration: an entry of NixOS's environment.etc.
struct planned_file {
    std::string path{}; // "/etc/nginx/nginx.conf"
    std::string static_target{};
    std::string dynamic_target{}; // the same as the static one when it does not change
};

// What another file of a unit takes: the words of a plan.
inline constexpr std::string_view file_actions[] = {"restart", "reload"};

// A unit and its full text in the static configuration and with the dynamic file.
struct planned_unit {
    std::string name{}; // with its suffix: "distccd.service"
    std::string static_text{};
    std::string dynamic_text{};
    unit_checks checks{}; // of the configuration with the dynamic file
    std::vector<planned_file> files{};
    std::string action{file_actions[0]}; // that another file takes
    bool starts_workers = false;         // it starts processes when it has taken the file, else not
};

struct planned_service {
    std::string name{};
    std::vector<std::string> options{}; // the option paths it declares dynamic
    std::chrono::milliseconds settle = std::chrono::seconds(1);
    std::vector<planned_unit> units{};
};

// A dynamic option whose value differs. Values are JSON text; "null" where they are not JSON.
struct planned_override {
    std::string option{};
    std::string static_value{};
    std::string dynamic_value{};
};

struct activation_plan {
    std::string dynamic_file{}; // the path it was evaluated from
    // The file with what was chosen of it, which was evaluated then; empty: all of it was.
    std::string chosen_file{};
    // The text that was evaluated; where others cannot read it, only what read_configuration
    // compares.
    std::string configuration{};
    std::string fingerprint{};
    std::vector<planned_service> services{};
    std::vector<planned_override> overrides{};
    std::vector<std::string> problems{}; // failed assertions: nothing may be activated
    // The configuration imports the dynamic file itself (a problem says so), so that its overrides
    // are static already, also those that do not run.
    bool imported = false;
    std::vector<std::string> warnings{};       // those that the static configuration has not
    verification verify = verification::quick; // how leaks were looked for
    proof rests_on = proof::compared;
    bool by_slice = false; // by slices, and not of the whole configuration
    std::vector<leak> leaks{};
    // Stands for all that the planned units are not, in the system that ran; empty when leaks were
    // found or all of it was compared (build_options::known_bystanders).
    std::string bystanders{};
};

// The largest plan that is read: a unit text is some kB, and a plan has tens of units.
inline constexpr std::size_t largest_plan = std::size_t{64} << 20;

// What was evaluated, in one word: "slice" or "whole".
constexpr std::string_view evaluated(bool by_slice) {
    return by_slice ? "slice" : "whole";
}

// Reads plan.json version 1; `file` is its name for messages. Refused with the place named: wrong
// types, a newer version, unit names systemd would not take, the same unit twice, NUL bytes.
result<activation_plan> read_plan(std::string_view text, std::string_view file);

// What tells one text from another: the UUID of version 5 (RFC 9562) of `text`, as
// nixmodules/dynamicism/fingerprint.nix makes it. It is no secret of a text that can be guessed.
std::string fingerprint_of(std::string_view text);

// Sets `configuration` of a plan that has a fingerprint in its place, from the dynamic file. The
// error says that the file is another one now, or cannot be read.
result<void> read_configuration(activation_plan& plan);

// Whether systemd takes `name` as the name of a unit we can handle: characters, length, suffix
// (systemd.unit(5)). The error names the rule that is broken.
result<void> check_unit_name(std::string_view name);

} // namespace dynix::plan
