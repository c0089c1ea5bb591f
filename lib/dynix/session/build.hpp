// From the dynamic file to the activation script: what diff, check and apply have in common.
#pragma once

#include "dynix/activation/steps/progress.hpp"
#include "dynix/host/paths.hpp"
#include "dynix/plan/plan.hpp"
#include "dynix/process/runner.hpp"
#include "dynix/session/chosen_file.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::session {

// nix-build evaluates and builds in one run; its output tells when the one becomes the other.
enum class build_stage { evaluate, build };

// "evaluate", "build".
std::string_view to_string(build_stage stage);

struct build_progress {
    build_stage stage{};
    bool begins = true;           // else it has ended, after `elapsed`
    host::milliseconds elapsed{}; // of this stage
};

struct build_request {
    std::string file{}; // the dynamic file; empty: the one that the system names
    // What of it the plan is made of, as a dynamic file; nullopt: all.
    std::optional<std::string> chosen{};
    std::string system{}; // how the system is evaluated: /etc/dynix/system.json
    bool keep = false;    // as a GC root in /run/dynix, which needs root
    plan::verification verify = plan::verification::quick;
    bool no_certificate = false; // compare, whatever is proved
    // Why a certificate that is there is not used.
    std::function<void(std::string_view)> on_note{};
    // A stage begins, or has ended. The last one of a build that fails never ends.
    std::function<void(build_progress const&)> on_progress{};
    process::line_callback on_line{}; // each line of Nix's own output, as it comes
    bool lines_are_shown = false;     // by on_line, so that an error need not repeat them
};

// What a build needs of the machine; the references must live as long as the build.
struct build_machine {
    process::runner& nix;
    host::clock& time;
    host::paths where{};
};

struct built_plan {
    std::string store_path{};                    // with bin/activate and plan.json
    std::string file{};                          // the dynamic file, absolute
    std::vector<activation::phase_time> times{}; // of the stages, by their words
    chosen_file chosen{};                        // what the plan names, if not all was chosen
};

// Reads the dynamic file first, so that a slip in it costs no evaluation, then lets Nix build.
// Errors: the system or the dynamic file cannot be read, the file that was named is not there, or
// Nix fails.
result<built_plan> build(build_request const& request, build_machine const& host);

// The plan of a script that was built.
result<plan::activation_plan> read_built_plan(built_plan const& built);

} // namespace dynix::session
