#include "dynix/process/detail/child_run.hpp"

#include <boost/system/error_code.hpp>
#include <utility>

namespace dynix::process::detail {
namespace {

using boost::system::error_code;

// How long a grandchild may hold the pipes open after the child has ended.
constexpr auto pipe_grace = std::chrono::milliseconds(200);
// How often we look whether an ended child's group is empty.
constexpr auto group_poll = std::chrono::milliseconds(5);

} // namespace

passed_on_signals::passed_on_signals(boost::asio::io_context& context) : set_(context) {
    for (auto& [number, action] : saved_) {
        ::sigaction(number, nullptr, &action);
        // One that is ignored, as under nohup, must stay ignored.
        if (action.sa_handler != SIG_IGN)
            set_.add(number);
    }
}

passed_on_signals::~passed_on_signals() {
    error_code ignored;
    set_.clear(ignored);
    for (auto const& [number, action] : saved_)
        ::sigaction(number, &action, nullptr);
}

child_run::child_run(
    boost::asio::io_context& context, command const& what, pid_t group,
    passed_on_signals& passed_on, outcome& ends, std::function<void()> cancel_pipes)
    : what_(what), group_(group), signals_(passed_on.set()), ends_(ends),
      cancel_pipes_(std::move(cancel_pipes)), deadline_(context), grace_(context) {}

void child_run::start() {
    if (what_.timeout) {
        deadline_.expires_after(*what_.timeout);
        deadline_.async_wait([this](error_code cancelled) {
            if (cancelled)
                return;
            ends_.timed_out = true;
            end_group(SIGTERM);
        });
    }
    await_signal();
}

void child_run::child_ended() {
    ended_ = true;
    deadline_.cancel();
    if (ending_)
        await_empty_group();
    else
        stop_listening();
    await_pipes();
}

void child_run::await_signal() {
    signals_.async_wait([this](error_code cancelled, int number) {
        if (cancelled)
            return;
        ends_.interrupted = number;
        end_group(number);
        await_signal();
    });
}

void child_run::stop_listening() {
    over_ = true;
    error_code ignored;
    signals_.cancel(ignored);
    grace_.cancel();
}

void child_run::end_group(int number) {
    ::kill(-group_, number);
    if (!std::exchange(ending_, true)) {
        kill_at_ = std::chrono::steady_clock::now() + what_.grace;
        if (!ended_)
            await_grace();
    }
}

void child_run::await_grace() {
    grace_.expires_at(kill_at_);
    grace_.async_wait([this](error_code cancelled) {
        if (!cancelled)
            ::kill(-group_, SIGKILL);
    });
}

void child_run::await_empty_group() {
    if (::kill(-group_, 0) != 0)
        return stop_listening();
    if (std::chrono::steady_clock::now() >= kill_at_) {
        ::kill(-group_, SIGKILL);
        return stop_listening();
    }
    grace_.expires_after(group_poll);
    grace_.async_wait([this](error_code) { await_empty_group(); });
}

void child_run::await_pipes() {
    deadline_.expires_after(pipe_grace);
    deadline_.async_wait([this](error_code) { cancel_pipes_(); });
}

} // namespace dynix::process::detail
