#include "activation_options.hpp"

#include "command.hpp"
#include "command_line.hpp"
#include "dynix/base/time_span.hpp"

namespace dynix::tool {

void add_activation_options(
    command_line& line, activation_arguments& given, std::string const& about_dry_run) {
    line.flag("--dry-run,-n", given.dry_run, about_dry_run);
    line.flag("--no-restore", given.no_restore, "Leave a failed activation as it is");
    add_allow_leak_option(line, given.allow_leak);
    line.option(
            "--timeout", given.timeout,
            "Seconds for the units to stop and start (default: what the units allow)")
        .placeholder("S")
        .seconds(1);
    line.option(
            "--confirm",
            [&given](std::string const& time) {
                given.confirm = time;
                auto const span = parse_time_span(time, "--confirm");
                return span ? std::string() : span.error().message;
            },
            "Take it back when 'dynix confirm' does not keep it within TIME (2min) of its proof")
        .placeholder("TIME");
    line.flag("--anyone", given.anyone, "With --confirm: another user may confirm too");
    add_wait_option(line, given.lock_wait);
    add_json_option(line, given.json);
}

std::vector<std::string> words_of(activation_arguments const& given) {
    std::vector<std::string> words;
    auto const flag = [&](bool is_given, char const* name) {
        if (is_given)
            words.emplace_back(name);
    };
    auto const seconds = [&](std::optional<unsigned> const& value, char const* name) {
        if (value)
            words.insert(words.end(), {name, std::to_string(*value)});
    };
    flag(given.dry_run, "--dry-run");
    flag(given.no_restore, "--no-restore");
    flag(given.allow_leak, "--allow-leak");
    flag(given.json, "--json");
    seconds(given.timeout, "--timeout");
    if (!given.confirm.empty())
        words.insert(words.end(), {"--confirm", given.confirm});
    flag(given.anyone, "--anyone");
    seconds(given.lock_wait, "--wait-for-lock");
    return words;
}

} // namespace dynix::tool
