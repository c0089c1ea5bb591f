#include "shared/progress_line.hpp"

#include <csignal>
#include <cstdlib>
#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace dynix::tool {
namespace {

constexpr auto repaint_interval = std::chrono::milliseconds(100);
constexpr std::string_view clear_line = "\r\x1b[K";

bool can_move_cursor() {
    auto const* const term = std::getenv("TERM");
    return ::isatty(STDERR_FILENO) != 0 && term && std::string_view(term) != "dumb";
}

std::size_t columns() {
    struct winsize size {};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return 80;
    return size.ws_col;
}

std::string line(std::string_view phase, host::milliseconds elapsed) {
    return fmt::format("  {:<8} {:>6.2f} s", phase, static_cast<double>(elapsed.count()) / 1000);
}

} // namespace

progress_line::progress_line(bool quiet) : quiet_(quiet), terminal_(!quiet && can_move_cursor()) {
    if (!terminal_)
        return;
    // Signals are for the thread that works.
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    clock_ = std::thread([this] { keep_up_to_date(); });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

progress_line::~progress_line() {
    drop();
    {
        std::lock_guard const locked(mutex_);
        ended_ = true;
    }
    ending_.notify_all();
    if (clock_.joinable())
        clock_.join();
}

void progress_line::begin(std::string_view phase) {
    std::lock_guard const locked(mutex_);
    phase_ = phase;
    detail_.clear();
    begun_ = std::chrono::steady_clock::now();
    paint();
}

void progress_line::end(host::milliseconds elapsed) {
    std::lock_guard const locked(mutex_);
    write(fmt::format("{}{}\n", terminal_ ? clear_line : "", line(phase_, elapsed)));
    phase_.clear();
}

void progress_line::drop() {
    std::lock_guard const locked(mutex_);
    if (terminal_ && !phase_.empty())
        write(clear_line);
    phase_.clear();
}

void progress_line::detail(std::string_view what) {
    std::lock_guard const locked(mutex_);
    detail_ = what;
    paint();
}

void progress_line::pass_on(std::string_view line) {
    std::lock_guard const locked(mutex_);
    write(fmt::format("{}{}\n", terminal_ ? clear_line : "", line));
    paint();
}

void progress_line::show(activation::progress const& what) {
    if (!what.begins)
        return end(what.elapsed);
    if (what.detail.empty())
        return begin(std::string(what.phase.word));
    if (what.phase == activation::apply_phase::wait)
        pass_on(fmt::format("  waiting for {}", what.detail));
    else
        detail(what.detail);
}

void progress_line::paint() {
    if (!terminal_ || phase_.empty())
        return;
    auto const elapsed =
        std::chrono::duration_cast<host::milliseconds>(std::chrono::steady_clock::now() - begun_);
    auto text = line(phase_, elapsed);
    if (!detail_.empty())
        text += "  " + detail_;
    // A line that wraps could not be cleared.
    auto const width = columns();
    if (text.size() >= width)
        text.resize(width - 1);
    write(fmt::format("{}{}", clear_line, text));
}

void progress_line::write(std::string_view text) const {
    // A terminal that somebody has stopped with Ctrl-S must not stop an activation.
    struct pollfd where {
        STDERR_FILENO, POLLOUT, 0
    };
    if (quiet_ || ::poll(&where, 1, 0) <= 0)
        return;
    // What cannot be shown is no reason to fail.
    static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size()));
}

void progress_line::keep_up_to_date() {
    std::unique_lock locked(mutex_);
    while (!ending_.wait_for(locked, repaint_interval, [this] { return ended_; }))
        paint();
}

} // namespace dynix::tool
