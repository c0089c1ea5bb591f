#include "dynix/plan/nix.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <vector>

namespace dynix::plan::nix {
namespace {

std::string_view trimmed(std::string_view line) {
    auto const first = std::min(line.find_first_not_of(' '), line.size());
    auto const last = line.find_last_not_of(' ');
    return line.substr(first, last == line.npos ? 0 : last + 1 - first);
}

// Nix 2.8 has the error before its trace. Later ones have "error:", the trace, and another "error:"
// with the words, on that line or from the next one on.
std::string_view error_in(std::string_view said) {
    constexpr std::string_view mark = "error:";
    bool words_follow = false;
    while (!said.empty()) {
        auto const end = said.find('\n');
        auto const line = trimmed(said.substr(0, end));
        said.remove_prefix(end == said.npos ? said.size() : end + 1);
        if (line.starts_with(mark) && line.size() > mark.size())
            return trimmed(line.substr(mark.size()));
        if (words_follow && !line.empty() && !line.starts_with("…"))
            return line;
        words_follow = line == mark;
    }
    return {};
}

} // namespace

std::vector<note> notes_on(std::string_view said) {
    std::vector<note> out;
    auto const counts = error_in(said);
    if (auto const first = said.substr(0, said.find('\n')); !first.ends_with(counts))
        out.push_back({fmt::format("the error of Nix: {}", counts), {}});
    if (!said.empty())
        out.push_back({fmt::format("what Nix said:\n{}", said), {}});
    return out;
}

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
