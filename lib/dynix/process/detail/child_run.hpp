// Private to the runner: one child from its start to the end of its process group.
#pragma once

#include "dynix/process/command.hpp"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <functional>
#include <sys/types.h>

namespace dynix::process::detail {

// The signals that a terminal or an administrator ends us with. From its construction they wait
// here to be passed on instead of ending us, so it must stand before the child is started: a Ctrl-C
// just after that would end us and leave the child. At its end they do again what they did before;
// asio would leave them at their defaults.
class passed_on_signals {
  public:
    explicit passed_on_signals(boost::asio::io_context& context);
    passed_on_signals(passed_on_signals const&) = delete;
    passed_on_signals& operator=(passed_on_signals const&) = delete;
    ~passed_on_signals();

    boost::asio::signal_set& set() { return set_; }

  private:
    struct saved {
        int number;
        struct sigaction action;
    };
    std::array<saved, 3> saved_{{{SIGINT, {}}, {SIGTERM, {}}, {SIGHUP, {}}}};
    boost::asio::signal_set set_;
};

// Passes signals on to the child's group, and ends it after the command's timeout. Keeps the
// references, which must live until the context has run.
class child_run {
  public:
    // `cancel_pipes` is called a moment after the child has ended: a daemon that it left behind may
    // hold them for ever.
    child_run(
        boost::asio::io_context& context, command const& what, pid_t group,
        passed_on_signals& passed_on, outcome& ends, std::function<void()> cancel_pipes);

    void start();

    // To be called when the child has ended.
    void child_ended();

    // The child has ended, and its group too where we have ended it.
    bool over() const { return over_; }

  private:
    void await_signal();
    void stop_listening();
    void end_group(int number);
    void await_grace();
    // The child has ended by our signal; its own children may need the second one.
    void await_empty_group();
    void await_pipes();

    command const& what_;
    pid_t group_;
    boost::asio::signal_set& signals_;
    outcome& ends_;
    std::function<void()> cancel_pipes_;
    boost::asio::steady_timer deadline_; // of the child, then of the pipes
    boost::asio::steady_timer grace_;
    std::chrono::steady_clock::time_point kill_at_;
    bool ending_ = false;
    bool ended_ = false;
    bool over_ = false;
};

} // namespace dynix::process::detail
