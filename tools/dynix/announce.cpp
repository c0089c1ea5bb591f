#include "announce.hpp"

#include "dynix/activation/record/own_units.hpp"
#include "dynix/process/runner.hpp"

#include <fmt/format.h>
#include <systemd/sd-journal.h>

namespace dynix::tool {

void announce(std::string const& text, std::string const& confirmation) {
    constexpr int notice = 5; // syslog(3)
    auto const shown = printable(text);
    ::sd_journal_send(
        "MESSAGE=%s", shown.c_str(), "PRIORITY=%i", notice, "SYSLOG_IDENTIFIER=dynix",
        confirmation.empty() ? nullptr : "DYNIX_CONFIRMATION=%s", confirmation.c_str(), nullptr);
    auto const wall = process::find_program("wall");
    if (!wall)
        return;
    process::command command;
    command.program = *wall;
    command.args = {"dynix: " + shown};
    command.timeout = std::chrono::seconds(5);
    static_cast<void>(process::make_runner()->run(command));
}

void announce_trouble(std::string_view what, error const& why) {
    auto const reason = one_line(why);
    announce(fmt::format(
        "{}, 'dynix status' shows what runs: {}", what, reason.substr(0, reason.find('\n'))));
}

std::string describe(activation::confirmation const& what, host::machine& host) {
    using activation::confirmation_phase;
    auto const whose = activation::whose(what);
    switch (what.now) {
    case confirmation_phase::activating:
        if (!activation::is_armed(what, host))
            break;
        return fmt::format(
            "{} are not proved yet, and are taken back in {} if that ends here", whose,
            time_left_text(what, host));
    case confirmation_phase::waiting:
        if (!activation::is_armed(what, host))
            break;
        if (time_left(what, host) == host::milliseconds(0))
            return fmt::format("{} are taken back now: their time is over", whose);
        return fmt::format(
            "{} are taken back in {}, unless 'dynix confirm' keeps them", whose,
            time_left_text(what, host));
    case confirmation_phase::confirmed:
        return fmt::format("{} stay: {}", whose, what.end);
    case confirmation_phase::taken_back:
        return fmt::format("{} were taken back: {}", whose, what.end);
    case confirmation_phase::failed:
        return !what.left.empty() && what.left.front().starts_with(activation::static_in_its_place)
                   ? fmt::format(
                         "{} were taken back to the static configuration: {}", whose, what.end)
                   : fmt::format("{} could not be taken back ({})", whose, what.end);
    }
    return fmt::format("nothing is armed to take back {}: 'dynix confirm --cancel' does", whose);
}

} // namespace dynix::tool
