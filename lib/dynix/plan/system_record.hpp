// How this system was evaluated: /etc/dynix/system.json, version 1.
#pragma once

#include "dynix/base/result.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::plan {

// The three ways nixos-rebuild knows.
enum class source_kind { configuration, file, flake };

struct system_source {
    source_kind kind = source_kind::configuration;
    std::string nixpkgs{};       // configuration: the nixpkgs tree
    std::string configuration{}; // configuration: configuration.nix
    std::string file{};          // file: what evaluates to the system or a set of systems
    std::string flake{};         // flake: its reference, usually a folder (flake_reference.hpp)
    // file, flake: where in it the system stands, name by name; none: the whole
    std::vector<std::string> attribute{};
};

struct system_record {
    std::string dynamic_file{};
    system_source source{};
    std::map<std::string, std::string> units{}; // static units: name to store path
    // Dynamic services: name to the units that their options reach. Empty in older records.
    std::map<std::string, std::vector<std::string>> services{};
    // What the evaluation reads, besides what stands beside the source's file: nixpkgs and dynix's
    // modules, and what the user names. Empty in older records.
    std::vector<std::string> roots{};
    std::vector<std::string> more_roots{};
};

// Reads the record; `file` is its name for messages. Refused with the place named: wrong types, an
// unknown kind, paths that are not absolute, a newer version.
result<system_record> read_system_record(std::string_view text, std::string_view file);

// The member 'source' of such a record, or of another file that has one.
result<system_source> read_system_source(std::string_view text, std::string_view file);

// The names of the runtime modules that are part of a system, by its /etc/dynix/modules.json
// (FORMATS.md). An error for one that cannot be read, or is newer.
result<std::vector<std::string>> read_enabled_modules(std::string_view text, std::string_view file);

// Those of the system at this path; none where it has no such file.
result<std::vector<std::string>> enabled_modules_of(std::string const& system);

} // namespace dynix::plan
