#include "dynix/overrides/ending.hpp"

#include "dynix/base/time_span.hpp"

#include <chrono>
#include <fmt/format.h>
#include <utility>

namespace dynix::overrides {
namespace {

constexpr std::string_view until_mark = " until ";
constexpr std::size_t time_size = 20;
// As for a span (time_span.hpp). Years of five digits are no time that is read back.
constexpr std::int64_t farthest = std::int64_t{100} * 366 * 24 * 60 * 60;

} // namespace

result<ending> ending_after(std::string_view span, std::string_view what, std::int64_t now) {
    auto const read = parse_time_span(span, what);
    if (!read)
        return read.error();
    auto const seconds = std::chrono::ceil<std::chrono::seconds>(*read).count();
    return ending{print_time_stamp(now + seconds)};
}

result<ending> ending_at(std::string_view time, std::string_view what, std::int64_t now) {
    auto const read = parse_time_stamp(time, what, now);
    if (!read)
        return read.error();
    if (*read > now + farthest)
        return make_error(
            fmt::format("{}: expected a time in the next 100 years, found '{}'", what, time));
    ending found{print_time_stamp(*read)};
    if (*read <= now)
        return make_error(fmt::format("{}: {} is over already", what, found.time));
    return found;
}

std::string to_string(ending const& what) {
    return what ? fmt::format("{}{}", until_mark.substr(1), what.time) : std::string();
}

ending take_ending(std::string& text) {
    constexpr auto size = until_mark.size() + time_size;
    if (text.size() <= size)
        return {};
    auto const end = text.size() - size;
    if (text.compare(end, until_mark.size(), until_mark) != 0)
        return {};
    auto time = text.substr(end + until_mark.size());
    if (!read_time_stamp(time))
        return {};
    text.resize(end);
    return {std::move(time)};
}

std::string_view misread_ending(std::string_view text) {
    auto const mark = text.rfind(until_mark);
    return mark == text.npos ? std::string_view() : text.substr(mark + until_mark.size());
}

} // namespace dynix::overrides
