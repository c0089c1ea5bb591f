// The system with some of its runtime modules, as Nix builds it: a file of JSON, version 1, that
// nixmodules/runtime-modules/extension.nix describes.
#pragma once

#include "dynix/modules/running.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::modules {

// What one system has otherwise than its base; nullopt: it is not there.
struct base_difference {
    std::string kind{}; // "unit", "user-unit", "etc", "user", "group", "package", "boot"
    std::string name{};
    std::optional<std::string> base{};
    std::optional<std::string> extended{};
};

struct extension {
    std::string base{};                  // what the configuration on disk is without modules
    std::vector<std::string> enabled{};  // in the order of the option
    std::string system{};                // empty: it was not built, for one of the reasons below
    std::vector<std::string> problems{}; // failed assertions, files that are not there
    std::vector<std::string> warnings{}; // those that the base has not
    std::vector<base_difference> differences{};
};

result<extension> parse_extension(std::string_view text, std::string_view file);

// Reads one that was built.
result<extension> read_extension(std::string const& path, host::runtime_files& files);

struct extension_options {
    std::vector<std::string> enabled{}; // not empty
    std::string out_link{};             // empty: no GC root
    std::uint64_t heap_bytes = 0;       // as for an activation script
    std::chrono::milliseconds timeout = std::chrono::minutes(60);
    process::line_callback on_line{};
    bool lines_are_shown = false;
};

// Lets Nix evaluate the base that runs from its source, with these modules, and build it; returns
// the store path of the extension.
result<std::string>
build_extension(running_system const& now, extension_options const& options, process::runner& with);

// Why an extension cannot be activated on the system that runs: it has another base, or problems.
std::optional<error> refusal(extension const& what, running_system const& now);

} // namespace dynix::modules
