// When an entry ends by itself, or never. Nothing else knows what kinds of ends there are.
#pragma once

#include "dynix/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dynix::overrides {

// What it depends on whether an entry is over; session::moment_of is that of the machine.
struct moment {
    std::int64_t seconds = 0; // since 1970
};

struct ending {
    // As it stands behind "until": a time in UTC, "2026-11-23T03:33:00Z"; empty: never.
    std::string when{};

    explicit operator bool() const { return !when.empty(); }
    bool is_over(moment const& now) const;
    // Why it is over, for the line that takes its entry back.
    std::string_view reason() const;
    // When systemd has to come back for it, in seconds since 1970; nullopt: it has not.
    std::optional<std::int64_t> date() const;

    friend bool operator==(ending const&, ending const&) = default;
};

// As the command line has it, systemd.time(7): after a span ("2h"), or at what --until takes, a
// time ("18:00") which must be to come. The error names `what`.
result<ending> ending_after(std::string_view span, std::string_view what, moment const& now);
result<ending> ending_at(std::string_view time, std::string_view what, moment const& now);

// "until 2026-11-23T03:33:00Z", as the comment of the entry has it and commands show it; empty:
// never.
std::string to_string(ending const& what);

// Takes such words, and the blank before them, off the end of `text`, of which something must be
// left. Without them, and where something else follows "until", the text stays: never.
ending take_ending(std::string& text);

// What is wrong behind such an "until", in a text that take_ending has left as it is; empty: there
// is none.
std::string misread_ending(std::string_view text);

} // namespace dynix::overrides
