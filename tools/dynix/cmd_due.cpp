// dynix due: what is over by now is taken back. Timers and dynix-due.service call it.
#include "announce.hpp"
#include "author.hpp"
#include "command.hpp"
#include "command_line.hpp"
#include "due.hpp"
#include "outcome_output.hpp"
#include "returning.hpp"
#include "shared/report.hpp"
#include "this_machine.hpp"

#include <chrono>
#include <memory>
#include <thread>

namespace dynix::tool {
namespace {

// A switch or an apply may hold the lock; however long that takes, the return is due.
constexpr auto due_patience = std::chrono::hours(24);
constexpr auto retry_interval = std::chrono::minutes(1);

struct due_arguments {
    std::string confirmation;
    std::string file = default_dynamic_file();
};

exit_code take_back_one(std::string const& id, host::machine& host) {
    for (bool told = false;; told = true) {
        activation::take_back_request request;
        request.id = id;
        request.only_when_due = true;
        request.lock_patience = due_patience;
        auto const done = take_back_and_announce(std::move(request), current_user(), host);
        if (!done.what && done.went.errors.empty())
            return exit_code::done;
        auto const code = show_outcome(done.went, false, false, words_of_take_back);
        // Nobody waits for a timer, and what is refused now may be so for long.
        if (!done.what && !told)
            announce_trouble(
                "overrides that nobody has confirmed may still be in effect",
                done.went.errors.front());
        // A timer elapses once, and what was refused is still due.
        if (id.empty() || done.what)
            return code;
        std::this_thread::sleep_for(retry_interval);
    }
}

exit_code run(due_arguments const& given) {
    auto const machine = this_machine::connect();
    if (!machine)
        return report(machine.error(), false, exit_code::refused);
    auto world = (*machine)->view();
    if (!given.confirmation.empty())
        return take_back_one(given.confirmation, world);
    auto code = take_back_one({}, world);
    // A record that cannot be read has been reported.
    if (activation::read_confirmation(world))
        if (auto const armed = arm_what_waits(world); !armed)
            code = report(armed.error(), false, exit_code::refused);
    auto const over = take_back_expired(given.file, world);
    return over == exit_code::done ? code : over;
}

} // namespace

void add_due(CLI::App& app, exit_code& code) {
    command_line line(
        app, "due", "Take back what is over (timers and dynix-due.service call this)");
    auto const given = std::make_shared<due_arguments>();
    line.option("--confirmation", given->confirmation, "Only this one, when its time is over")
        .placeholder("ID");
    add_file_option(line, given->file);
    line.hide();
    line.footer("Example:\n  dynix due");
    line.runs([given] { return run(*given); }, code);
}

} // namespace dynix::tool
