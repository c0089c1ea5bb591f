#include "dynix/overrides/ending.hpp"

#include "dynix/base/time_span.hpp"

#include <chrono>
#include <fmt/format.h>
#include <utility>

namespace dynix::overrides {
namespace {

constexpr std::string_view until_mark = " until ";
constexpr std::size_t time_size = 20;

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

} // namespace dynix::overrides
