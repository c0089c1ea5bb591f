#include "dynix/plan/nix.hpp"

#include <string>

namespace dynix::plan::nix {

process::command command_of(std::string_view name) {
    process::command out;
    out.program = std::string(name);
    // Of these, Lix colours what is no terminal, and Nix begins each line with its priority.
    out.environment = {{"NO_COLOR", "1"}, {"IN_SYSTEMD", "0"}};
    // Of itself a program prints so, but since Lix 2.95 nix.conf has a say.
    out.args = {"--log-format", name == program ? "raw" : "raw-with-logs"};
    return out;
}

void allow_flakes(process::command& to) {
    to.args.insert(to.args.end(), {"--extra-experimental-features", "nix-command flakes"});
}

} // namespace dynix::plan::nix
