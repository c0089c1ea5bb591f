#include "watch.hpp"

#include "author.hpp"
#include "shared/report.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <fmt/format.h>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace dynix::tool {
namespace {

volatile std::sig_atomic_t asked_to_end = 0;

void remember(int) {
    asked_to_end = 1;
}

// Not SIGPIPE: who reads no more needs no last line.
void listen() {
    struct sigaction action {};
    action.sa_handler = remember;
    for (int const number : {SIGINT, SIGTERM, SIGHUP})
        ::sigaction(number, &action, nullptr);
}

// As much of the view as a terminal has room for, so that the place it began at stays in sight.
std::string fitted(std::string_view view) {
    struct winsize size {};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
        return std::string(view);
    std::string out;
    for (unsigned row = 1; row < size.ws_row && !view.empty(); ++row) {
        auto const end = std::min(view.find('\n'), view.size());
        auto width = std::min<std::size_t>(end, size.ws_col);
        // Not in the middle of a character of UTF-8.
        while (width > 0 && width < end && (static_cast<unsigned char>(view[width]) & 0xc0) == 0x80)
            --width;
        out.append(view.substr(0, width)).append("\n");
        view.remove_prefix(std::min(end + 1, view.size()));
    }
    return out;
}

class painter {
  public:
    void paint(std::string const& view) {
        if (!terminal_) {
            if (view != last_)
                print(fmt::format("{}\n{}", current_time(), view));
            last_ = view;
            return;
        }
        auto const text = fitted(view);
        // Not by print, which lets no control character through, as it does with the view.
        if (lines_ > 0)
            std::fputs(fmt::format("\033[{}A", lines_).c_str(), stdout);
        std::fputs("\r\033[J", stdout);
        print(text);
        lines_ = std::count(text.begin(), text.end(), '\n');
    }

  private:
    bool terminal_ = ::isatty(STDOUT_FILENO) == 1;
    std::ptrdiff_t lines_ = 0;
    std::string last_{};
};

} // namespace

void watch(std::function<std::string()> const& look) {
    listen();
    painter host;
    while (asked_to_end == 0) {
        host.paint(look());
        if (std::fflush(stdout) != 0)
            return;
        timespec const pause{1, 0};
        ::nanosleep(&pause, nullptr); // a signal ends it
    }
}

} // namespace dynix::tool
