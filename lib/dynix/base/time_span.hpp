// Spans and points of time as people write them: systemd.time(7).
#pragma once

#include "dynix/base/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace dynix {

// Reads a time span, "2h", "1h 30min", "90" (seconds), "1.5h"; no "infinity". The error names
// `what` and says what is taken.
result<std::chrono::milliseconds> parse_time_span(std::string_view text, std::string_view what);

// "1h 30min", "45s", "1.500s": the two largest units, the rest cut off, as systemd shows it.
std::string print_time_span(std::chrono::milliseconds span);

// Reads a point of time: "18:00" (today), "2026-11-23", "2026-11-23 18:00:00" in the machine's time
// zone, or with "UTC" or "Z" behind it; "2026-11-23T18:00:00Z"; "+2h"; "@1795456800"; "tomorrow".
// `now` is in seconds since 1970, as is the result.
result<std::int64_t>
parse_time_stamp(std::string_view text, std::string_view what, std::int64_t now);

// In UTC: "2026-11-23T01:33:00Z", as in the headers of entries. Such texts sort as their times do.
std::string print_time_stamp(std::int64_t seconds);

// The seconds of such a text; an error for any other text.
result<std::int64_t> read_time_stamp(std::string_view text);

} // namespace dynix
