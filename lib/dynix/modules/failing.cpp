#include "dynix/modules/failing.hpp"

#include <algorithm>
#include <array>
#include <sstream>

namespace dynix::modules {
namespace {

// What begins a line of switch-to-configuration, of the activation script or of systemctl that
// tells of a failure.
constexpr std::array<std::string_view, 6> failure_words = {
    "A dependency job for ",
    "Activation script snippet ",
    "Failed to ",
    "Job for ",
    "warning: the following user units failed",
    "warning: user activation for ",
};

constexpr std::string_view named_failures = "warning: the following units failed: ";

// The words of a line without what stands between names.
std::vector<std::string> words_of(std::string_view line) {
    std::istringstream rest{std::string(line)};
    std::vector<std::string> out;
    for (std::string word; rest >> word;) {
        word.erase(word.find_last_not_of(",:.") + 1);
        out.push_back(std::move(word));
    }
    return out;
}

bool tells_of_failure(std::string_view line) {
    return std::ranges::any_of(
        failure_words, [&](std::string_view words) { return line.starts_with(words); });
}

} // namespace

std::optional<unit_set> failing_units(process::runner& programs) {
    process::command ask;
    ask.program = "systemctl";
    ask.args = {"list-units", "--state=failed,auto-restart", "--plain", "--no-legend", "--no-pager",
                "--full"};
    ask.environment["SYSTEMD_COLORS"] = "0"; // of who calls: codes would stand before the names
    auto const ended = programs.run(ask);
    if (!ended || !ended->success())
        return std::nullopt;
    unit_set out;
    std::istringstream lines(ended->out);
    for (std::string line; std::getline(lines, line);)
        if (auto words = words_of(line); !words.empty())
            out.insert(std::move(words.front()));
    return out;
}

switch_failures failures_of(unit_set const& before, unit_set const& after, std::string_view said) {
    auto failing = after;
    switch_failures out;
    std::istringstream lines{std::string(said)};
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(named_failures)) {
            for (auto& name : words_of(std::string_view(line).substr(named_failures.size())))
                failing.insert(std::move(name));
            continue;
        }
        auto const words = words_of(line);
        bool const is_old = std::ranges::any_of(
            words, [&](std::string const& word) { return before.contains(word); });
        if (tells_of_failure(line) && !is_old)
            out.fresh.push_back(line);
    }
    for (auto const& name : failing)
        (before.contains(name) ? out.old : out.fresh).push_back(name);
    return out;
}

} // namespace dynix::modules
