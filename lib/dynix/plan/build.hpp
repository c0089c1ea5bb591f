// Lets Nix build the activation script of a dynamic file.
#pragma once

#include "dynix/plan/leak.hpp"
#include "dynix/plan/system_record.hpp"
#include "dynix/process/runner.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::plan {

struct build_options {
    system_source source{};
    std::vector<std::string> modules{}; // the runtime modules of the system that runs
    std::string dynamic_file{};         // absolute
    std::string chosen_file{}; // what is evaluated in its place; empty: the dynamic file itself
    verification verify = verification::quick; // how leaks are looked for
    std::string running{};          // the store path of the system that runs, when it is known
    std::string known_bystanders{}; // plan::bystanders of an earlier plan; spares an evaluation
    std::string certificate{};      // what is proved of the running system, as JSON for its modules
    std::string slices{}; // a file with them: nothing else is evaluated (evaluation/slices.hpp)
    bool derivations_are_kept = false;        // of the slices
    std::vector<std::string> gone{};          // what was built of them and is no more
    std::optional<std::string> search_path{}; // NIX_PATH; nullopt: ours
    std::uint64_t heap_bytes = 0;             // to begin with; 0: as Nix does (heap_for_nix)
    bool hide_values = false; // others may not read the dynamic file: no value of it in the plan
    std::string out_link = "/run/dynix/pending"; // empty: no GC root
    std::chrono::milliseconds timeout = std::chrono::minutes(30);
    process::line_callback on_line{};     // each line of Nix's own output, as it comes
    bool lines_are_shown = false;         // by on_line, so that an error need not repeat them
    std::function<void()> on_evaluated{}; // Nix reads nothing any more, and begins to build
};

struct built_script {
    std::string store_path{}; // has bin/activate and plan.json
};

// How many bytes Nix may well begin with, by the text of /proc/meminfo (proc(5)): a quarter of what
// is available, at most 2 GiB; 0 when that is no more than Nix takes by itself. It takes the pages
// only when it needs them; until then it collects no garbage, which was a third of the time of an
// evaluation that needs 600 MB (measured with Nix 2.8).
std::uint64_t heap_for_nix(std::string_view meminfo);

// The command, as data. Paths reach Nix as --argstr values, never as parts of the expression. The
// flake is what builtins.getFlake takes (flake_reference.hpp).
process::command build_command(build_options const& options);

// Runs it, with a flake read as on the command line of Nix. Nix's own output is in the error when
// it fails.
result<built_script> build_script(build_options const& options, process::runner& with);

} // namespace dynix::plan
