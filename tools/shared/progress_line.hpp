// The progress of a command on stderr: on a terminal one line that is kept up to date, elsewhere a
// line for each phase as it ends.
#pragma once

#include "dynix/activation/steps/progress.hpp"

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace dynix::tool {

class progress_line {
  public:
    // With `quiet`, nothing is written.
    explicit progress_line(bool quiet);
    ~progress_line();
    progress_line(progress_line const&) = delete;
    progress_line& operator=(progress_line const&) = delete;

    // A phase begins, ends after what it took: "  check      0.01 s".
    void begin(std::string_view phase);
    void end(host::milliseconds elapsed);

    // It has come to nothing, which is not worth a line.
    void drop();

    // What is being done in it, for a terminal.
    void detail(std::string_view what);

    // A line of somebody else's, such as Nix's own output.
    void pass_on(std::string_view line);

    // As the activation room tells it. Who is waited for is said off a terminal too.
    void show(activation::progress const& what);

  private:
    void paint();
    void write(std::string_view text) const;
    void keep_up_to_date();

    bool quiet_;
    bool terminal_;
    std::string phase_; // empty: none is under way
    std::string detail_;
    host::time_point begun_{};
    std::mutex mutex_;
    std::condition_variable ending_;
    bool ended_ = false;
    std::thread clock_; // repaints the line, on a terminal
};

} // namespace dynix::tool
