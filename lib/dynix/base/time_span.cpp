#include "dynix/base/time_span.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <optional>

namespace dynix {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t minute = 60'000;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;
// A year and a month have the average length that systemd.time(7) gives them.
constexpr std::int64_t year = 365 * day + day / 4;
constexpr std::int64_t month = year / 12;
// No longer than what fits the arithmetic of every clock that it is added to.
constexpr double longest = 100.0 * static_cast<double>(year);

struct time_unit {
    std::string_view name;
    std::int64_t milliseconds;
};

constexpr std::array time_units{
    time_unit{"msec", 1},         time_unit{"ms", 1},          time_unit{"seconds", 1000},
    time_unit{"second", 1000},    time_unit{"sec", 1000},      time_unit{"s", 1000},
    time_unit{"minutes", minute}, time_unit{"minute", minute}, time_unit{"min", minute},
    time_unit{"m", minute},       time_unit{"hours", hour},    time_unit{"hour", hour},
    time_unit{"hr", hour},        time_unit{"h", hour},        time_unit{"days", day},
    time_unit{"day", day},        time_unit{"d", day},         time_unit{"weeks", 7 * day},
    time_unit{"week", 7 * day},   time_unit{"w", 7 * day},     time_unit{"months", month},
    time_unit{"month", month},    time_unit{"M", month},       time_unit{"years", year},
    time_unit{"year", year},      time_unit{"y", year},        time_unit{"", 1000}};

constexpr std::string_view blanks = " \t";

void skip(std::string_view& text, std::string_view what) {
    text.remove_prefix(std::min(text.find_first_not_of(what), text.size()));
}

std::string_view take(std::string_view& text, std::string_view what) {
    auto const size = std::min(text.find_first_not_of(what), text.size());
    auto const taken = text.substr(0, size);
    text.remove_prefix(size);
    return taken;
}

error no_span(std::string_view text, std::string_view what) {
    return make_error(
        fmt::format("{}: expected a time span such as 2min or '1h 30min', found '{}'", what, text),
        "systemd.time(7) lists the units");
}

error no_stamp(std::string_view text, std::string_view what) {
    return make_error(
        fmt::format(
            "{}: expected a time such as 18:00, '2026-11-23 18:00' or +2h, found '{}'", what, text),
        "it is in the machine's time zone unless 'UTC' stands behind it");
}

// "18:00" or "18:00:30".
bool read_clock(std::string_view text, std::tm& into) {
    int used = 0;
    std::string const copy(text);
    into.tm_sec = 0;
    if (std::sscanf(
            copy.c_str(), "%2d:%2d:%2d%n", &into.tm_hour, &into.tm_min, &into.tm_sec, &used) != 3) {
        into.tm_sec = 0;
        if (std::sscanf(copy.c_str(), "%2d:%2d%n", &into.tm_hour, &into.tm_min, &used) != 2)
            return false;
    }
    return static_cast<std::size_t>(used) == copy.size() && into.tm_hour >= 0 &&
           into.tm_hour < 24 && into.tm_min >= 0 && into.tm_min < 60 && into.tm_sec >= 0 &&
           into.tm_sec < 60;
}

// "2026-11-23".
bool read_date(std::string_view text, std::tm& into) {
    int used = 0;
    std::string const copy(text);
    if (std::sscanf(
            copy.c_str(), "%4d-%2d-%2d%n", &into.tm_year, &into.tm_mon, &into.tm_mday, &used) !=
            3 ||
        static_cast<std::size_t>(used) != copy.size() || into.tm_mon < 1 || into.tm_mon > 12 ||
        into.tm_mday < 1 || into.tm_mday > 31 || into.tm_year < 1970)
        return false;
    into.tm_year -= 1900;
    into.tm_mon -= 1;
    into.tm_hour = into.tm_min = into.tm_sec = 0;
    return true;
}

// What the calendar does not have, such as February 30, is another day then.
std::optional<std::int64_t> seconds_of(std::tm when, bool utc) {
    auto const wanted = when;
    when.tm_isdst = -1;
    auto const found = utc ? ::timegm(&when) : std::mktime(&when);
    if (found == -1 || when.tm_mday != wanted.tm_mday)
        return std::nullopt;
    return found;
}

} // namespace

result<milliseconds> parse_time_span(std::string_view text, std::string_view what) {
    auto rest = text;
    double total = 0;
    bool any = false;
    for (skip(rest, blanks); !rest.empty(); skip(rest, blanks)) {
        auto const number = take(rest, "0123456789.");
        double value = 0;
        auto const* const last = number.data() + number.size();
        auto const [end, failed] =
            std::from_chars(number.data(), last, value, std::chars_format::fixed);
        if (failed != std::errc() || end != last)
            return no_span(text, what);
        skip(rest, blanks);
        auto const name = take(rest, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
        auto const* unit = time_units.begin();
        while (unit != time_units.end() && unit->name != name)
            ++unit;
        if (unit == time_units.end())
            return no_span(text, what);
        total += value * static_cast<double>(unit->milliseconds);
        any = true;
    }
    if (!any)
        return no_span(text, what);
    if (total < 1 || total > longest)
        return make_error(fmt::format(
            "{}: expected a time span over zero and under 100 years, found '{}'", what, text));
    return milliseconds(std::llround(total));
}

std::string print_time_span(milliseconds span) {
    struct shown {
        char const* name;
        std::int64_t size;
    };
    constexpr std::array all{
        shown{"d", day}, shown{"h", hour}, shown{"min", minute}, shown{"s", 1000}};
    auto left = span.count();
    if (left < 1000)
        return fmt::format("{}ms", left < 0 ? 0 : left);
    std::string out;
    int parts = 0;
    for (auto const& one : all) {
        auto const count = left / one.size;
        if (count == 0 || parts == 2)
            continue;
        left %= one.size;
        // Of a few seconds the fraction can matter.
        if (one.size == 1000 && parts == 0 && left != 0)
            return fmt::format("{}.{:03}s", count, left);
        out += fmt::format("{}{}{}", parts == 0 ? "" : " ", count, one.name);
        ++parts;
    }
    return out;
}

result<std::int64_t>
parse_time_stamp(std::string_view text, std::string_view what, std::int64_t now) {
    auto rest = text;
    skip(rest, blanks);
    if (rest.starts_with('+')) {
        auto const span = parse_time_span(rest.substr(1), what);
        if (!span)
            return span.error();
        return now + std::chrono::ceil<std::chrono::seconds>(*span).count();
    }
    if (rest.starts_with('@')) {
        std::int64_t seconds = 0;
        auto const* const last = rest.data() + rest.size();
        auto const [end, failed] = std::from_chars(rest.data() + 1, last, seconds);
        if (failed != std::errc() || end != last)
            return no_stamp(text, what);
        return seconds;
    }
    if (auto const exact = read_time_stamp(rest))
        return *exact;
    bool utc = false;
    for (std::string_view const mark : {" UTC", "Z"})
        if (rest.ends_with(mark)) {
            utc = true;
            rest.remove_suffix(mark.size());
        }
    auto const time_now = static_cast<std::time_t>(now);
    std::tm when{};
    if (utc)
        ::gmtime_r(&time_now, &when);
    else
        ::localtime_r(&time_now, &when);
    bool good = false;
    if (rest == "tomorrow") {
        when.tm_hour = when.tm_min = when.tm_sec = 0;
        ++when.tm_mday;
        when.tm_isdst = -1;
        auto const found = utc ? ::timegm(&when) : std::mktime(&when);
        return static_cast<std::int64_t>(found);
    }
    auto const blank = rest.find_first_of(" T");
    if (blank != std::string_view::npos)
        good = read_date(rest.substr(0, blank), when) && read_clock(rest.substr(blank + 1), when);
    else
        good = rest.find(':') != std::string_view::npos ? read_clock(rest, when)
                                                        : read_date(rest, when);
    auto const seconds = good ? seconds_of(when, utc) : std::nullopt;
    if (!seconds)
        return no_stamp(text, what);
    return *seconds;
}

std::string print_time_stamp(std::int64_t seconds) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

result<std::int64_t> read_time_stamp(std::string_view text) {
    std::tm when{};
    std::optional<std::int64_t> seconds;
    if (text.size() == 20 && text[10] == 'T' && text.ends_with('Z') &&
        read_date(text.substr(0, 10), when) && read_clock(text.substr(11, 8), when))
        seconds = seconds_of(when, true);
    if (!seconds)
        return make_error(fmt::format("'{}' is no time such as 2026-11-23T18:00:00Z", text));
    return *seconds;
}

} // namespace dynix
