#include "own_unit.hpp"

#include "author.hpp"
#include "dynix/activation/as_before.hpp"
#include "dynix/activation/detached.hpp"
#include "dynix/activation/record/own_units.hpp"
#include "dynix/base/unique_fd.hpp"
#include "shared/report.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <initializer_list>
#include <optional>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace dynix::tool {
namespace {

constexpr int journal_priority = 6; // informational (syslog(3))

volatile std::sig_atomic_t signal_came = 0;
volatile std::sig_atomic_t hang_up_came = 0;

void remember_signal(int number) {
    (number == SIGHUP ? hang_up_came : signal_came) = 1;
}

bool stop_requested() {
    return signal_came != 0;
}

bool hung_up() {
    return hang_up_came != 0;
}

void listen_to(std::initializer_list<int> signals) {
    struct sigaction action {};
    action.sa_handler = remember_signal;
    for (int const signal : signals)
        ::sigaction(signal, &action, nullptr);
}

// Under nohup(1) one that is hung up waits on.
void listen_to_hang_up() {
    struct sigaction before {};
    ::sigaction(SIGHUP, nullptr, &before);
    if (before.sa_handler != SIG_IGN)
        listen_to({SIGHUP});
}

// Our own words, to be said again in the unit.
std::vector<std::string> our_words() {
    std::ifstream file("/proc/self/cmdline");
    std::vector<std::string> words;
    for (std::string word; std::getline(file, word, '\0');)
        words.push_back(std::move(word));
    return words;
}

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

result<host::transient_service> this_program(place const& where) {
    host::transient_service what;
    std::error_code failed;
    auto const program = std::filesystem::read_symlink("/proc/self/exe", failed);
    auto words = our_words();
    if (failed || words.size() < 2)
        return make_error("cannot read '/proc/self'");
    if (!is_same_for_systemd(program.string()))
        return make_error(fmt::format("'{}' is not the same file for systemd", program.string()));
    for (auto& word : words)
        word = as_text(std::move(word));
    what.name = unit_of_activation(::getpid());
    what.description = fmt::format("dynix {}", fmt::join(words.begin() + 1, words.end(), " "));
    words[0] = program.string();
    // Behind the subcommand: at the end, a '--' before the plan's name would make it a name too.
    std::vector<std::string> more{"--in-unit"};
    if (where.by.empty())
        more.insert(more.end(), {"--by", where.caller()});
    words.insert(words.begin() + 2, more.begin(), more.end());
    what.command = std::move(words);
    what.environment =
        host::own_variables({"PATH", "TERM", "LD_LIBRARY_PATH", "SUDO_USER", "DOAS_USER"});
    what.folder = "/";
    what.out = if_open(STDOUT_FILENO);
    what.err = if_open(STDERR_FILENO);
    return what;
}

// A stream into the journal, as systemd gives it to a service, with the name of its unit:
// sd_journal_stream_fd(3) names none, and journald looks for the unit of the process when it comes
// to the first line. By then we may have ended, and 'journalctl -u' would show nothing of it.
unique_fd journal_stream(host::machine& host) {
    auto const header = fmt::format(
        "dynix\n{}\n{}\n0\n0\n0\n0\n", host.units.unit_of_this_process().value_or(""),
        journal_priority);
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    host.where.journal_stream().copy(to.sun_path, sizeof to.sun_path - 1);
    unique_fd stream(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    bool const opened = stream &&
                        ::connect(stream.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) == 0 &&
                        ::shutdown(stream.get(), SHUT_RD) == 0 &&
                        ::send(stream.get(), header.data(), header.size(), MSG_NOSIGNAL) ==
                            static_cast<ssize_t>(header.size());
    return opened ? std::move(stream) : unique_fd();
}

// From here on what is printed goes to the journal.
void print_to_journal(host::machine& host) {
    auto const journal = journal_stream(host);
    if (!journal)
        return;
    for (int const stream : {STDOUT_FILENO, STDERR_FILENO})
        ::dup2(journal.get(), stream);
}

// A hang-up must not end work that has begun.
void withstand_signals() {
    std::signal(SIGHUP, SIG_IGN);
    listen_to({SIGINT, SIGTERM});
}

// nullopt, after a note: it could not be started, and nothing was done.
std::optional<exit_code>
run_in_own_unit(place const& where, host::machine& host, unit_work const& work) {
    using activation::detached_end;
    listen_to({SIGINT, SIGTERM});
    listen_to_hang_up();
    activation::detached_work detached;
    auto what = this_program(where);
    activation::detached_outcome outcome;
    if (what) {
        detached.service = std::move(*what);
        detached.input = work.input;
        detached.stop_requested = stop_requested;
        detached.leave_requested = hung_up;
        detached.on_stop = [&] { note_line(work.on_stop); };
        outcome = run_detached(detached, host.units);
    } else {
        outcome.why = what.error();
    }
    switch (outcome.how) {
    case detached_end::ended:
        return outcome.code;
    case detached_end::lost:
        return work.show(activation::outcome_of_killed(outcome.why, host));
    case detached_end::left:
        return work.show(
            activation::outcome_at_work(std::move(outcome.why), detached.service.name));
    case detached_end::not_begun:
        break;
    }
    note_line(outcome.why.message);
    if (!outcome.why.hint.empty())
        note_line(outcome.why.hint);
    note_line("this runs in your session and not in a unit of its own: it ends when that does");
    return std::nullopt;
}

} // namespace

std::string unit_of_activation(int caller) {
    return fmt::format("{}{}.service", activation::activation_begin, caller);
}

std::string place::caller() const {
    return by.empty() ? person() : by;
}

result<std::string> input_of_unit() {
    auto input = activation::detached_worker(STDIN_FILENO).input();
    if (!input)
        return make_error("nobody waits for this at standard input", "use '--here' instead");
    return std::move(*input);
}

exit_code run_in_place(place const& where, host::machine& host, unit_work const& work) {
    if (!where.here && !where.in_unit && ::geteuid() == 0)
        if (auto const code = run_in_own_unit(where, host, work))
            return *code;
    withstand_signals();
    if (!where.in_unit)
        return work.show(work.act(stop_requested));
    activation::detached_worker worker(STDIN_FILENO);
    if (!worker.begin())
        return report(
            make_error("nobody waits for this at standard input", "use '--here' instead"), false,
            exit_code::refused);
    auto const outcome = work.act([&] { return worker.stop_requested() || signal_came != 0; });
    if (worker.caller_is_gone())
        print_to_journal(host);
    auto const code = work.show(outcome);
    std::fflush(stdout);
    worker.ended(code);
    return code;
}

} // namespace dynix::tool
