// A leak: what the overrides change outside of the planned units.
//
// The plan's units are all that an activation acts on. An override that changes anything else would
// leave a system running which no rebuild gives, so it is refused unless it is asked for.
#pragma once

#include "dynix/base/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::plan {

struct activation_plan;

// How much of the two configurations was compared (nixmodules/dynamicism/leaks.nix).
enum class verification {
    quick, // every unit, /etc entry, user and group; the packages by name
    full,  // the complete systems, to the last bit
};

// Why nothing else changes, or what else was looked at.
enum class proof {
    every_value, // a certificate: no value of the options reaches anything else
    compared,    // these values do not: the two configurations were compared
    full,        // so were the complete systems
};

enum class leak_kind {
    unit,
    user_unit,
    etc, // named by its path below /etc
    user,
    group,
    package,
    system, // anything else, found by comparing the complete systems
};

// Lines that one configuration has and the other one has not; nullopt when there is no such thing
// in that configuration.
struct leak {
    leak_kind kind{};
    std::string name{};
    std::optional<std::string> static_lines{};
    std::optional<std::string> dynamic_lines{};
};

// The words of plan.json and of --json: "quick", "full"; "unit", "user-unit", "etc"...
std::string_view to_string(verification what);
std::string_view to_string(leak_kind what);
// "every-value", "compared", "full".
std::string_view to_string(proof what);
std::optional<proof> proof_named(std::string_view word);
std::optional<verification> verification_named(std::string_view word);
std::optional<leak_kind> leak_kind_named(std::string_view word);

// "what was compared" in a sentence: "the complete systems were compared".
std::string_view describe(verification what);
// The same of what a plan rests on: "proved for every value".
std::string_view describe(proof what);

// As a person would name it: "'foo.service'", "'/etc/foo.conf'", "user 'foo'", "package 'foo-1.0'".
std::string subject(leak const& what);

// The subject and what happens to it, on one line: "'/etc/foo.conf' changes: jobs=4 -> jobs=8".
std::string describe(leak const& what);

// Why the plan is refused: names every leak, and the ways out. The plan has at least one.
error leak_refusal(activation_plan const& wanted);

} // namespace dynix::plan
