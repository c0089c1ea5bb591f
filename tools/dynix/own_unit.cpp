#include "own_unit.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/unique_fd.hpp"
#include "shared/report.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <optional>
#include <poll.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <systemd/sd-journal.h>
#include <unistd.h>
#include <utility>

namespace dynix::tool {
namespace {

// The words of the socket. An exit code follows the last one, as a byte.
constexpr char begun = 'b';
constexpr char ended_word = 'e';
constexpr char stop_word = 's';
constexpr char not_wanted = 'n'; // the caller does it itself
constexpr char input_word =
    'i'; // comes first, with the open file of the input (unix(7), SCM_RIGHTS)

constexpr int journal_priority = 6; // informational (syslog(3))
// How often the caller looks whether the unit is still there, should the socket not tell: systemd
// holds a copy of it.
constexpr int look_interval_ms = 1000;
// How many looks it has until it says that it begins.
constexpr int most_looks_before = 30;

volatile std::sig_atomic_t signal_came = 0;
volatile std::sig_atomic_t socket_to_work = -1;

void ask_to_stop(int) {
    auto const error_before = errno;
    signal_came = 1;
    if (socket_to_work >= 0)
        ::send(socket_to_work, &stop_word, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    errno = error_before;
}

void listen_to_signals() {
    struct sigaction action {};
    action.sa_handler = ask_to_stop;
    for (int const signal : {SIGINT, SIGTERM})
        ::sigaction(signal, &action, nullptr);
}

// Our own words, to be said again in the unit.
std::vector<std::string> command_line() {
    std::ifstream file("/proc/self/cmdline");
    std::vector<std::string> words;
    for (std::string word; std::getline(file, word, '\0');)
        words.push_back(std::move(word));
    return words;
}

// A message of the input's word, with room for one open file.
class descriptor_message {
  public:
    descriptor_message() {
        header_.msg_iov = &part_;
        header_.msg_iovlen = 1;
        header_.msg_control = room_.data();
        header_.msg_controllen = room_.size();
    }
    descriptor_message(descriptor_message const&) = delete;
    descriptor_message& operator=(descriptor_message const&) = delete;

    msghdr* get() { return &header_; }

    void put(int descriptor) {
        auto* const item = CMSG_FIRSTHDR(&header_);
        item->cmsg_level = SOL_SOCKET;
        item->cmsg_type = SCM_RIGHTS;
        item->cmsg_len = CMSG_LEN(sizeof descriptor);
        std::memcpy(CMSG_DATA(item), &descriptor, sizeof descriptor);
    }

    // Invalid when the message that came has none.
    unique_fd take() {
        int descriptor = -1;
        auto const* const item = CMSG_FIRSTHDR(&header_);
        if (item && item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_RIGHTS &&
            item->cmsg_len == CMSG_LEN(sizeof descriptor))
            std::memcpy(&descriptor, CMSG_DATA(item), sizeof descriptor);
        return unique_fd(descriptor);
    }

  private:
    char word_ = input_word;
    iovec part_{&word_, 1};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> room_{};
    msghdr header_{};
};

int if_open(int descriptor) {
    return ::fcntl(descriptor, F_GETFD) < 0 ? -1 : descriptor;
}

// Whether systemd, with its own view of the files, would execute the very file that we are.
bool is_same_for_systemd(std::string const& program) {
    struct stat ours {};
    struct stat theirs {};
    return ::stat("/proc/self/exe", &ours) == 0 &&
           ::stat(("/proc/1/root" + program).c_str(), &theirs) == 0 &&
           ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

// D-Bus takes only text. The words of a command line are flags, numbers, and the name of a plan
// that the unit does not open.
std::string as_text(std::string word) {
    for (auto& byte : word)
        if (byte < ' ' || byte > '~')
            byte = '?';
    return word;
}

result<host::transient_service> this_program(int socket) {
    host::transient_service what;
    std::error_code failed;
    auto const program = std::filesystem::read_symlink("/proc/self/exe", failed);
    auto words = command_line();
    if (failed || words.size() < 2)
        return fault("cannot read '/proc/self'");
    if (!is_same_for_systemd(program.string()))
        return fault(fmt::format("'{}' is not the same file for systemd", program.string()));
    for (auto& word : words)
        word = as_text(std::move(word));
    what.name = fmt::format("dynix-activation-{}.service", ::getpid());
    what.description = fmt::format("dynix {}", fmt::join(words.begin() + 1, words.end(), " "));
    words[0] = program.string();
    // Behind the subcommand: at the end, a '--' before the plan's name would make it a name too.
    words.insert(words.begin() + 2, "--in-unit");
    what.command = std::move(words);
    for (auto const* name : {"PATH", "TERM", "LD_LIBRARY_PATH"})
        if (auto const* value = std::getenv(name))
            what.environment.push_back(fmt::format("{}={}", name, value));
    what.folder = "/";
    what.in = socket;
    what.out = if_open(STDOUT_FILENO);
    what.err = if_open(STDERR_FILENO);
    return what;
}

// Puts the input into the socket as an open file that nobody can change any more.
bool pass_input(int socket, std::string_view input) {
    unique_fd const file(::memfd_create("dynix-input", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!file)
        return false;
    while (!input.empty()) {
        auto const written = ::write(file.get(), input.data(), input.size());
        if (written < 0 && errno != EINTR)
            return false;
        input.remove_prefix(static_cast<std::size_t>(std::max(written, ssize_t{0})));
    }
    ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
    descriptor_message message;
    message.put(file.get());
    return ::sendmsg(socket, message.get(), MSG_NOSIGNAL) == 1;
}

class waiter {
  public:
    waiter(host::systemd& units, std::string unit, int socket, std::string on_stop)
        : units_(units), unit_(std::move(unit)), socket_(socket), on_stop_(std::move(on_stop)) {}

    std::optional<int> run() {
        while (!closed_ && !code_) {
            struct pollfd what {
                socket_, POLLIN, 0
            };
            auto const ready = ::poll(&what, 1, look_interval_ms);
            tell_of_stop();
            if (ready > 0)
                read();
            else if (ready == 0 && ended_unheard())
                closed_ = true;
        }
        if (code_)
            return code_;
        if (!begun_) {
            note_line(fmt::format("'{}' did not come up", unit_));
            return std::nullopt;
        }
        return report(
            fault(
                "the activation was ended before it could say how it went",
                fmt::format(
                    "'journalctl -u {}' may tell; 'dynix status' shows what runs; 'dynix apply' or "
                    "'dynix reset' goes on from there",
                    unit_)),
            false, activation::exit_code(activation::apply_result::failed_left));
    }

  private:
    void tell_of_stop() {
        if (signal_came && !std::exchange(told_, true))
            note_line(on_stop_);
    }

    void read() {
        std::array<char, 16> bytes{};
        auto const size = ::recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
        closed_ = size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR);
        for (ssize_t i = 0; i < size; ++i) {
            auto const byte = bytes[static_cast<std::size_t>(i)];
            if (std::exchange(code_follows_, false))
                code_ = byte;
            else if (byte == begun)
                begun_ = true;
            else if (byte == ended_word)
                code_follows_ = true;
        }
    }

    // Before it begins its job may still be queued.
    bool ended_unheard() {
        if (!begun_)
            return ++looks_ > most_looks_before;
        auto const status = units_.status(unit_);
        if (!status || status->active() || status->active_state.ends_with("activating"))
            return false;
        read();
        return true;
    }

    host::systemd& units_;
    std::string unit_;
    int socket_;
    std::string on_stop_;
    int looks_ = 0;
    bool begun_ = false;
    bool closed_ = false;
    bool code_follows_ = false;
    bool told_ = false;
    std::optional<int> code_;
};

// The one in the unit: its caller, at the other end of standard input.
class caller {
  public:
    // Says that work begins, from when on the caller does not do it itself. False: there never was
    // a caller, or it has said that it does. A caller that was killed before has not.
    bool begin() {
        if (::send(STDIN_FILENO, &begun, 1, MSG_NOSIGNAL) == 1)
            return true;
        gone_ = errno == EPIPE || errno == ECONNRESET;
        std::array<char, 16> bytes{};
        auto const size =
            gone_ ? ::recv(STDIN_FILENO, bytes.data(), bytes.size(), MSG_DONTWAIT) : -1;
        std::string_view const said(bytes.data(), static_cast<std::size_t>(std::max(size, 0L)));
        stop_ = said.find(stop_word) != std::string_view::npos;
        return gone_ && said.find(not_wanted) == std::string_view::npos;
    }

    bool asks_to_stop() {
        char byte = 0;
        if (!gone_) {
            auto const size = ::recv(STDIN_FILENO, &byte, 1, MSG_DONTWAIT);
            gone_ = size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR);
            stop_ = stop_ || (size == 1 && byte == stop_word);
        }
        return stop_ || signal_came != 0;
    }

    // From here on what is printed goes to the journal, if nobody is there to read it.
    void before_outcome() {
        asks_to_stop();
        int const journal = gone_ ? ::sd_journal_stream_fd("dynix", journal_priority, 0) : -1;
        if (journal < 0)
            return;
        for (int const stream : {STDOUT_FILENO, STDERR_FILENO})
            ::dup2(journal, stream);
        ::close(journal);
    }

    void ended(int code) {
        std::fflush(stdout);
        std::array const words{ended_word, static_cast<char>(code)};
        ::send(STDIN_FILENO, words.data(), words.size(), MSG_NOSIGNAL);
    }

  private:
    bool stop_ = false;
    bool gone_ = false;
};

// A hang-up, or nobody who reads what we print, must not end work that has begun.
void withstand_signals() {
    std::signal(SIGHUP, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN);
    listen_to_signals();
}

// nullopt, after a note: it could not be started, and nothing was done.
std::optional<int> run_in_own_unit(host::systemd& units, unit_work const& work) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return std::nullopt;
    socket_to_work = ends[0];
    listen_to_signals();
    auto const what = this_program(ends[1]);
    auto started = what ? result<void>() : what.error();
    if (started && !work.input.empty() && !pass_input(ends[0], work.input))
        started = system_fault("pass on", "the input", errno);
    if (started)
        started = units.start_transient(*what);
    ::close(ends[1]);
    std::optional<int> code;
    if (started)
        code = waiter(units, what->name, ends[0], work.on_stop).run();
    else
        note_line(started.error().message);
    if (!code) {
        ::send(ends[0], &not_wanted, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
        note_line("this runs in your session and not in a unit of its own: it ends when that does");
    }
    socket_to_work = -1;
    ::close(ends[0]);
    return code;
}

} // namespace

result<std::string> input_of_unit() {
    descriptor_message message;
    unique_fd file;
    if (::recvmsg(STDIN_FILENO, message.get(), MSG_DONTWAIT | MSG_CMSG_CLOEXEC) == 1)
        file = message.take();
    if (!file)
        return fault("nobody waits for this at standard input", "use '--here' instead");
    return read_file(fmt::format("/proc/self/fd/{}", file.get()));
}

int run_in_place(place const& where, host::systemd& units, unit_work const& work) {
    if (!where.here && !where.in_unit && ::geteuid() == 0)
        if (auto const code = run_in_own_unit(units, work))
            return *code;
    withstand_signals();
    if (!where.in_unit)
        return work.show(work.act([] { return signal_came != 0; }));
    caller from;
    if (!from.begin())
        return report(
            fault("nobody waits for this at standard input", "use '--here' instead"), false,
            activation::exit_code(activation::apply_result::refused));
    auto const outcome = work.act([&] { return from.asks_to_stop(); });
    from.before_outcome();
    auto const code = work.show(outcome);
    from.ended(code);
    return code;
}

} // namespace dynix::tool
