// The only file with Boost.Process: these includes and calls are those that mean the same in 1.81,
// 1.83 and 1.88.
#include "dynix/base/unique_fd.hpp"
#include "dynix/process/bounded_text.hpp"
#include "dynix/process/detail/child_run.hpp"
#include "dynix/process/runner.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/stdio.hpp>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace dynix::process {
namespace {

namespace asio = boost::asio;
namespace bp = boost::process::v2;
using boost::system::error_code;

// A line longer than this is handed on in pieces.
constexpr std::size_t longest_line = 64 * 1024;

// Gives the child its environment (Boost's own initializer for it does not link in 1.81), its
// group, its folder, the usual end where nobody reads it, and an end when we are killed: nobody
// else would tell it, in a group of its own.
struct child_setup {
    char const* const* environment;
    char const* folder;
    pid_t parent;

    template <class Launcher, class Path>
    error_code on_setup(Launcher& launcher, Path const&, char const* const*) const {
        launcher.env = environment;
        return {};
    }

    template <class Launcher, class Path>
    error_code on_exec_setup(Launcher&, Path const&, char const* const*) const {
        ::setpgid(0, 0);
        std::signal(SIGPIPE, SIG_DFL);
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (::getppid() != parent) // killed before the line above
            ::_exit(127);
        if (folder && ::chdir(folder) != 0)
            return {errno, boost::system::system_category()};
        return {};
    }

    // Boost's launcher would leave through exit(3), and so run our atexit handlers in the child.
    template <class Launcher, class Path>
    void on_exec_error(Launcher&, Path const&, char const* const*, error_code const&) const {
        ::_exit(127);
    }
};

// The same open file above the standard descriptors, so that dup2 in the child cannot overwrite it.
unique_fd above_standard(unique_fd opened) {
    if (!opened || opened.get() > STDERR_FILENO)
        return opened;
    return unique_fd(::fcntl(opened.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

// One of the child's output streams: its end of it, and our reading of the other end.
class output_stream {
  public:
    output_stream(asio::io_context& context, std::size_t limit, line_callback const& on_line)
        : pipe_(context), kept_(limit), on_line_(on_line) {}

    // Makes the child's end.
    result<void> open(destination where, int ours) {
        captured_ = where == destination::capture;
        if (where == destination::pass_through) {
            child_end_ = ours;
            return {};
        }
        if (where == destination::discard && !on_line_) {
            writer_ = above_standard(unique_fd(::open("/dev/null", O_WRONLY | O_CLOEXEC)));
            if (!writer_)
                return errno_error("open", "/dev/null", errno);
            child_end_ = writer_.get();
            return {};
        }
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0)
            return errno_error("make", "a pipe", errno);
        auto reader = above_standard(unique_fd(ends[0]));
        writer_ = above_standard(unique_fd(ends[1]));
        child_end_ = writer_.get();
        pipe_.assign(reader.release());
        reading_ = true;
        return {};
    }

    int child_end() const { return child_end_; }

    // The child has its end now; ours must close, or the pipe would never end.
    void start() {
        writer_ = unique_fd();
        if (reading_)
            read_more();
    }

    bool reading() const { return reading_; }
    void cancel() {
        if (reading_)
            pipe_.close();
    }

    std::string finish() {
        if (!line_.empty())
            on_line_(line_);
        return kept_.text();
    }

  private:
    void read_more() {
        pipe_.async_read_some(asio::buffer(chunk_), [this](error_code failed, std::size_t size) {
            std::string_view const text(chunk_.data(), size);
            if (captured_)
                kept_.append(text);
            if (on_line_)
                hand_on(text);
            if (failed)
                reading_ = false;
            else
                read_more();
        });
    }

    void hand_on(std::string_view text) {
        for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
            line_.append(text.substr(0, end));
            on_line_(line_);
            line_.clear();
            text.remove_prefix(end + 1);
        }
        line_.append(text);
        if (line_.size() > longest_line) {
            on_line_(line_);
            line_.clear();
        }
    }

    asio::readable_pipe pipe_;
    unique_fd writer_;
    int child_end_ = -1;
    bool captured_ = false;
    bool reading_ = false;
    std::array<char, 64 * 1024> chunk_{};
    bounded_text kept_;
    line_callback const& on_line_;
    std::string line_;
};

std::vector<std::string> child_environment(std::map<std::string, std::string> const& added) {
    std::vector<std::string> all;
    for (auto* const* entry = ::environ; entry && *entry; ++entry) {
        std::string_view const text = *entry;
        if (!added.contains(std::string(text.substr(0, text.find('=')))))
            all.emplace_back(text);
    }
    for (auto const& [name, value] : added)
        all.push_back(fmt::format("{}={}", name, value));
    return all;
}

bool has_nul(command const& what) {
    auto const bad = [](std::string const& text) { return text.find('\0') != std::string::npos; };
    return std::any_of(what.args.begin(), what.args.end(), bad) ||
           std::any_of(what.environment.begin(), what.environment.end(), [&](auto const& one) {
               return bad(one.first) || bad(one.second);
           });
}

class boost_runner : public runner {
  public:
    result<outcome> run(command const& what) override {
        auto const program = find_program(what.program);
        if (!program)
            return program.error();
        if (has_nul(what))
            return make_error(fmt::format(
                "an argument or variable for '{}' has a NUL byte, which no program can be given",
                what.program));
        if (!what.folder.empty() && ::access((what.folder + "/.").c_str(), X_OK) != 0)
            return errno_error("go to the folder", what.folder, errno);
        try {
            return run_found(*program, what);
        } catch (boost::system::system_error const& failed) {
            return make_error(
                fmt::format("cannot run '{}': {}", *program, failed.code().message()));
        }
    }

  private:
    static result<outcome> run_found(std::string const& program, command const& what) {
        asio::io_context context;
        detail::passed_on_signals passed_on(context);
        outcome ends;
        output_stream out(context, what.capture_limit, what.on_out_line);
        output_stream err(context, what.capture_limit, what.on_err_line);
        if (auto opened = out.open(what.out, STDOUT_FILENO); !opened)
            return opened.error();
        if (auto opened = err.open(what.err, STDERR_FILENO); !opened)
            return opened.error();
        auto const variables = child_environment(what.environment);
        std::vector<char const*> environment;
        environment.reserve(variables.size() + 1);
        for (auto const& variable : variables)
            environment.push_back(variable.c_str());
        environment.push_back(nullptr);
        bp::process child(
            context.get_executor(), program, what.args,
            bp::process_stdio{nullptr, out.child_end(), err.child_end()},
            child_setup{
                environment.data(), what.folder.empty() ? nullptr : what.folder.c_str(),
                ::getpid()});
        ends.process = child.id();
        detail::child_run run(context, what, child.id(), passed_on, ends, [&] {
            out.cancel();
            err.cancel();
        });
        out.start();
        err.start();
        child.async_wait([&](error_code, int) { run.child_ended(); });
        run.start();
        // Ends when the child has ended and no stream is read any more; the timer for held pipes is
        // the one thing that must not be waited for then.
        while (context.run_one() > 0)
            if (run.over() && !out.reading() && !err.reading())
                break;
        auto const status = child.native_exit_code();
        ends.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
        ends.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
        ends.out = out.finish();
        ends.err = err.finish();
        return ends;
    }
};

} // namespace

std::unique_ptr<runner> make_runner() {
    return std::make_unique<boost_runner>();
}

} // namespace dynix::process
