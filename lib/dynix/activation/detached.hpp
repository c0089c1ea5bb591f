// Work in a transient unit of its own, so that the end of the caller's session is not its end. Two
// processes of one program, with a socket between them: the caller waits, the worker, which systemd
// starts with the socket as its standard input, works.
//
// The worker asks before it begins, and the caller answers once, "go" or "no": so never do both of
// them the work. A caller that is gone without an answer cannot do it, so the worker does. Later
// the caller may ask it to stop; the worker's last word is its exit code.
#pragma once

#include "dynix/base/error.hpp"
#include "dynix/base/exit_code.hpp"
#include "dynix/host/systemd.hpp"

#include <functional>
#include <optional>
#include <string>

namespace dynix::activation {

struct detached_work {
    host::transient_service service{}; // the worker; its standard input is the socket
    // What the worker reads with detached_worker::input: bytes, not the name of a file, because the
    // unit has another /tmp and working folder than a caller may have.
    std::string input{};
    std::function<bool()> stop_requested{}; // asked all the time: whether a signal has come
    std::function<void()> on_stop{};        // the worker has been asked to stop
    // Asked likewise: whether the caller has to end, and the worker works on.
    std::function<bool()> leave_requested{};
    host::milliseconds begin_patience = std::chrono::seconds(30); // until the worker asks
    // How often to look whether the unit is still there, should the socket not tell: systemd holds
    // a copy of it.
    host::milliseconds look_interval = std::chrono::seconds(1);
};

enum class detached_end {
    ended,     // `code` is the worker's
    not_begun, // nothing was done, and the worker will not do it; `why` says why
    lost,      // it began, and ended without a word
    left,      // it works on, and the caller has to end; `why` says why
};

struct detached_outcome {
    detached_end how = detached_end::not_begun;
    exit_code code = exit_code::done;
    error why{};
};

// The caller's side: has systemd start the worker, and waits for its end.
detached_outcome run_detached(detached_work const& what, host::systemd& units);

// The worker's side. One thread; does not own the socket.
class detached_worker {
  public:
    explicit detached_worker(int socket) : socket_(socket) {}

    // What the caller gave, which must be read before begin(); nullopt: nothing, or no caller.
    std::optional<std::string> input();

    // Asks, and waits for the answer. False: the work is not to be done here, because the caller
    // does it or there never was one.
    bool begin();
    bool stop_requested();
    bool caller_is_gone();
    void ended(exit_code code);

  private:
    void hear(bool wait);

    int socket_;
    bool go_ = false;
    bool no_ = false;
    bool stop_ = false;
    bool gone_ = false;
};

} // namespace dynix::activation
