#include "dynix/overrides/ending.hpp"

#include "dynix/base/time_span.hpp"

#include <chrono>
#include <fmt/format.h>

namespace dynix::overrides {
namespace {

constexpr std::string_view until_mark = " until ";
// As for a span (time_span.hpp). Years of five digits are no time that is read back.
constexpr std::int64_t farthest = std::int64_t{100} * 366 * 24 * 60 * 60;

} // namespace

bool ending::is_over(moment const& now) const {
    auto const at = date();
    return at && *at <= now.seconds;
}

std::string_view ending::reason() const {
    return "its time is over";
}

std::optional<std::int64_t> ending::date() const {
    auto const read = read_time_stamp(when);
    return read ? std::optional(*read) : std::nullopt;
}

result<ending> ending_after(std::string_view span, std::string_view what, moment const& now) {
    auto const read = parse_time_span(span, what);
    if (!read)
        return read.error();
    auto const seconds = std::chrono::ceil<std::chrono::seconds>(*read).count();
    return ending{print_time_stamp(now.seconds + seconds)};
}

result<ending> ending_at(std::string_view time, std::string_view what, moment const& now) {
    auto const read = parse_time_stamp(time, what, now.seconds);
    if (!read)
        return read.error();
    if (*read > now.seconds + farthest)
        return make_error(
            fmt::format("{}: expected a time in the next 100 years, found '{}'", what, time));
    ending found{print_time_stamp(*read)};
    if (found.is_over(now))
        return make_error(fmt::format("{}: {} is over already", what, found.when));
    return found;
}

std::string to_string(ending const& what) {
    return what ? fmt::format("{}{}", until_mark.substr(1), what.when) : std::string();
}

ending take_ending(std::string& text) {
    auto const mark = text.rfind(until_mark);
    if (mark == text.npos || mark == 0)
        return {};
    ending found{text.substr(mark + until_mark.size())};
    if (!found.date())
        return {};
    text.resize(mark);
    return found;
}

std::string misread_ending(std::string_view text) {
    auto const mark = text.rfind(until_mark);
    return mark == text.npos
               ? std::string()
               : fmt::format(
                     "expected a time such as 2026-11-23T18:00:00Z behind 'until', found '{}'",
                     text.substr(mark + until_mark.size()));
}

} // namespace dynix::overrides
