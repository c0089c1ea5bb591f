// A program to run, and what became of it.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::process {

// Where a child's stdout or stderr goes.
enum class destination {
    capture,      // into the outcome
    pass_through, // where ours goes
    discard,
};

// Called with each line, without its line break, while the child runs.
using line_callback = std::function<void(std::string_view line)>;

struct command {
    std::string program{}; // a name to look up in PATH, or a path when it has a '/'
    std::vector<std::string> args{};
    std::map<std::string, std::string> environment{}; // added to ours, replacing equal names
    std::string folder{};                             // working folder; empty: ours
    // After `timeout` the child's whole process group gets SIGTERM, after `grace` more SIGKILL.
    std::optional<std::chrono::milliseconds> timeout{};
    std::chrono::milliseconds grace = std::chrono::seconds(2);
    destination out = destination::capture;
    destination err = destination::capture;
    // Lines are handed on as they come, also when the stream is captured. Not with pass_through.
    line_callback on_out_line{};
    line_callback on_err_line{};
    // The most that is kept of each captured stream: its head and its tail, and between them a line
    // that says how many bytes are left out.
    std::size_t capture_limit = std::size_t{8} << 20;
};

struct outcome {
    int exit_code = 0;      // when it ended by itself
    int signal = 0;         // the signal it died of, 0 when none
    bool timed_out = false; // it was ended because of command::timeout
    int process = 0;        // its number, which it has no more
    int interrupted = 0;    // we got this signal (SIGINT, SIGTERM, SIGHUP) and passed it on
    std::string out{};
    std::string err{};

    bool by_itself() const { return signal == 0 && !timed_out && !interrupted; }
    bool success() const { return by_itself() && exit_code == 0; }
};

// How it ended, in words: "exit code 1", "killed by signal 9 (Killed)", "timed out after 5 s".
std::string describe(outcome const& what);

// The command as a person would type it into a shell, quoted where a shell needs it.
std::string shell_text(command const& what);

} // namespace dynix::process
