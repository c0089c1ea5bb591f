// Lets Nix build the activation script of a dynamic file.
#pragma once

#include "dynix/activation/leak.hpp"
#include "dynix/activation/system_record.hpp"
#include "dynix/process/runner.hpp"

#include <chrono>
#include <string>

namespace dynix::activation {

struct build_options {
    system_source source{};
    std::string dynamic_file{};                  // absolute
    verification verify = verification::quick;   // how leaks are looked for
    std::string out_link = "/run/dynix/pending"; // empty: no GC root
    std::chrono::milliseconds timeout = std::chrono::minutes(30);
    bool show_trace = false;
    process::line_callback on_line{}; // each line of Nix's own output, as it comes
    bool lines_are_shown = false;     // by on_line, so that an error need not repeat them
};

struct built_script {
    std::string store_path{}; // has bin/activate and plan.json
    std::string output{};     // what Nix said
};

// The command, as data. Paths reach Nix as --argstr values, never as parts of the expression.
process::command build_command(build_options const& options);

// Runs it. Nix's own output is in the error when it fails.
result<built_script> build_script(build_options const& options, process::runner& with);

} // namespace dynix::activation
