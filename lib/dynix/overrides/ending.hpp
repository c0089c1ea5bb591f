// When an entry ends by itself: at a time, or never.
#pragma once

#include "dynix/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace dynix::overrides {

struct ending {
    std::string time{}; // UTC, "2026-11-23T03:33:00Z"; empty: never

    explicit operator bool() const { return !time.empty(); }
    // `now` is such a time, too. Such texts sort as their times do.
    bool is_over(std::string_view now) const { return !time.empty() && time <= now; }

    friend bool operator==(ending const&, ending const&) = default;
};

// As the command line has it, systemd.time(7): after a span ("2h"), or at a time ("18:00"), which
// must be to come. `now` is in seconds since 1970. The error names `what`.
result<ending> ending_after(std::string_view span, std::string_view what, std::int64_t now);
result<ending> ending_at(std::string_view time, std::string_view what, std::int64_t now);

// "until 2026-11-23T03:33:00Z", as the comment of the entry has it and commands show it; empty:
// never.
std::string to_string(ending const& what);

// Takes such words, and the blank before them, off the end of `text`, of which something must be
// left. Without them, and where no time follows "until", the text stays: never.
ending take_ending(std::string& text);

// What follows such an "until", in a text that take_ending has left as it is; empty: there is none.
std::string_view misread_ending(std::string_view text);

} // namespace dynix::overrides
