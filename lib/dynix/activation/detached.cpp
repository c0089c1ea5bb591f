#include "dynix/activation/detached.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/unique_fd.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace dynix::activation {
namespace {

// The words of the socket, a byte each; an exit code follows the last one.
constexpr char may_begin = '?';
constexpr char go = 'g';
constexpr char no = 'n';
constexpr char stop_word = 's';
constexpr char ended_word = 'e';
// Comes first, with the open file of the input (unix(7), SCM_RIGHTS).
constexpr char input_word = 'i';

// A signal may end a call to systemd before its answer comes.
constexpr int most_tries = 3;

bool say(int socket, char word) {
    return ::send(socket, &word, 1, MSG_NOSIGNAL) == 1;
}

bool is_gone(ssize_t received) {
    return received == 0 || (received < 0 && errno != EAGAIN && errno != EINTR);
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

detached_outcome not_begun(error why) {
    return {.how = detached_end::not_begun, .why = std::move(why)};
}

// A worker that has not begun yet has no answer, and begins all the same (detached_worker::begin).
detached_outcome leaves(std::string why) {
    return {.how = detached_end::left, .why = make_error(std::move(why))};
}

class waiter {
  public:
    waiter(detached_work const& what, host::systemd& units, int socket)
        : what_(what), units_(units), socket_(socket),
          begin_until_(std::chrono::steady_clock::now() + what.begin_patience) {}

    detached_outcome run() {
        while (!closed_ && !code_) {
            if (what_.leave_requested && what_.leave_requested())
                return leaves("this command was hung up");
            if (!asked_to_stop_ && what_.stop_requested && what_.stop_requested()) {
                if (own_unit_stops())
                    return leaves("the unit that this command runs in is being stopped");
                ask_to_stop();
            }
            if (!begun_ && std::chrono::steady_clock::now() >= begin_until_) {
                say(socket_, no);
                break;
            }
            struct pollfd watched {
                socket_, POLLIN, 0
            };
            auto const ready = ::poll(&watched, 1, static_cast<int>(what_.look_interval.count()));
            if (ready > 0)
                hear();
            else if (ready == 0 && begun_ && unit_has_ended()) {
                hear(); // its last words
                closed_ = true;
            }
        }
        if (code_)
            return {.how = detached_end::ended, .code = *code_};
        if (!begun_)
            return not_begun(make_error(fmt::format("'{}' did not come up", what_.service.name)));
        return {
            .how = detached_end::lost,
            .why = make_error(
                "the activation was ended before it could say how it went",
                fmt::format(
                    "'journalctl -u {}' may tell; 'dynix status' shows what runs; 'dynix apply' or "
                    "'dynix reset' goes on from there",
                    what_.service.name))};
    }

  private:
    // Whoever stops the unit that this process is in (the activation itself, when the command was
    // called by a unit it restarts; a logout; a shutdown) ends this process and not the work.
    bool own_unit_stops() {
        auto const own = units_.unit_of_this_process();
        for (int tries = 0; own && tries < most_tries; ++tries)
            if (auto const status = run_of(*own))
                return status->active_state == "deactivating";
        return false;
    }

    // What systemd would tell of all units meanwhile, nobody hears here.
    result<host::unit_status> run_of(std::string const& unit) {
        auto status = std::move(units_.runs_of({unit}).front());
        units_.disconnect();
        return status;
    }

    void ask_to_stop() {
        asked_to_stop_ = true;
        say(socket_, stop_word);
        if (what_.on_stop)
            what_.on_stop();
    }

    void hear() {
        std::array<char, 16> bytes{};
        auto const size = ::recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
        closed_ = is_gone(size);
        for (ssize_t i = 0; i < size; ++i) {
            auto const byte = bytes[static_cast<std::size_t>(i)];
            if (std::exchange(code_follows_, false))
                code_ = static_cast<exit_code>(byte);
            else if (byte == may_begin)
                begun_ = say(socket_, go);
            else if (byte == ended_word)
                code_follows_ = true;
        }
    }

    bool unit_has_ended() {
        auto const status = run_of(what_.service.name);
        return status && !status->active() && !status->active_state.ends_with("activating");
    }

    detached_work const& what_;
    host::systemd& units_;
    int socket_;
    host::time_point begin_until_;
    bool begun_ = false;
    bool closed_ = false;
    bool code_follows_ = false;
    bool asked_to_stop_ = false;
    std::optional<exit_code> code_;
};

} // namespace

detached_outcome run_detached(detached_work const& what, host::systemd& units) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return not_begun(make_error(std::strerror(errno)));
    auto service = what.service;
    service.in = ends[1];
    unique_fd const ours(ends[0]);
    unique_fd theirs(ends[1]);
    if (!what.input.empty() && !pass_input(ours.get(), what.input))
        return not_begun(errno_error("pass on", "the input", errno));
    auto const started = units.start_transient(service);
    units.disconnect();
    theirs = unique_fd();
    if (started)
        return waiter(what, units, ours.get()).run();
    // systemd may have taken it although its answer was lost.
    say(ours.get(), no);
    return not_begun(started.error());
}

std::optional<std::string> detached_worker::input() {
    descriptor_message message;
    unique_fd file;
    if (::recvmsg(socket_, message.get(), MSG_DONTWAIT | MSG_CMSG_CLOEXEC) == 1)
        file = message.take();
    auto text = file ? read_file(fmt::format("/proc/self/fd/{}", file.get()))
                     : result<std::string>(make_error("no input"));
    return text ? std::optional(std::move(*text)) : std::nullopt;
}

bool detached_worker::begin() {
    gone_ = !say(socket_, may_begin);
    // What the caller said before it went can still be read.
    if (gone_ && errno != EPIPE && errno != ECONNRESET)
        return false;
    bool const was_gone = gone_;
    do
        hear(!was_gone);
    while (!go_ && !no_ && !gone_);
    return !no_;
}

bool detached_worker::stop_requested() {
    hear(false);
    return stop_;
}

bool detached_worker::caller_is_gone() {
    hear(false);
    return gone_;
}

void detached_worker::ended(exit_code code) {
    std::array const words{ended_word, static_cast<char>(code)};
    ::send(socket_, words.data(), words.size(), MSG_NOSIGNAL);
}

void detached_worker::hear(bool wait) {
    std::array<char, 16> bytes{};
    auto const size = ::recv(socket_, bytes.data(), bytes.size(), wait ? 0 : MSG_DONTWAIT);
    gone_ = gone_ || is_gone(size);
    for (ssize_t i = 0; i < size; ++i) {
        auto const word = bytes[static_cast<std::size_t>(i)];
        go_ = go_ || word == go;
        no_ = no_ || word == no;
        stop_ = stop_ || word == stop_word;
    }
}

} // namespace dynix::activation
