#include "dynix/base/time_span.hpp"
#include "dynix/test.hpp"

#include <cstdlib>
#include <ctime>

using namespace dynix;
using std::chrono::milliseconds;

TEST_CASE("spans of time are read as systemd.time(7) has them") {
    struct {
        char const* text;
        std::int64_t milliseconds;
    } const all[] = {{"2min", 120'000},       {"90", 90'000},     {"1h 30min", 5'400'000},
                     {"1h30min", 5'400'000},  {"500ms", 500},     {"1.5h", 5'400'000},
                     {"2 days", 172'800'000}, {"1d", 86'400'000}, {" 3 s ", 3'000},
                     {"1w", 604'800'000},     {"2m", 120'000},    {"1M", 2'629'800'000}};
    for (auto const& one : all) {
        CAPTURE(one.text);
        auto const read = parse_time_span(one.text, "--confirm");
        REQUIRE(read);
        CHECK(read->count() == one.milliseconds);
    }
}

TEST_CASE("what is no span of time is refused, with what is expected") {
    for (char const* text :
         {"", " ", "min", "2 parsecs", "-2min", "2min x", "1..5h", "infinity", "0", "0s", "1e9y",
          "200y"}) {
        CAPTURE(text);
        auto const read = parse_time_span(text, "--confirm");
        REQUIRE_FALSE(read);
        CHECK(read.error().message.starts_with("--confirm: expected a time span"));
    }
}

TEST_CASE("spans are shown by their two largest units") {
    CHECK(print_time_span(milliseconds(120'000)) == "2min");
    CHECK(print_time_span(milliseconds(5'400'000)) == "1h 30min");
    CHECK(print_time_span(milliseconds(102'000)) == "1min 42s");
    CHECK(print_time_span(milliseconds(1'500)) == "1.500s");
    CHECK(print_time_span(milliseconds(400)) == "400ms");
    CHECK(print_time_span(milliseconds(-1)) == "0ms");
    CHECK(print_time_span(milliseconds(90'061'000)) == "1d 1h");
}

TEST_CASE("points of time are read, and shown in UTC") {
    ::setenv("TZ", "UTC-2", 1); // two hours ahead of UTC, as POSIX has it
    ::tzset();
    auto const now = *read_time_stamp("2026-11-23T10:20:30Z");
    auto const at = [&](char const* text) -> std::string {
        auto const read = parse_time_stamp(text, "--until", now);
        return read ? print_time_stamp(*read) : read.error().message;
    };
    CHECK(at("2026-11-23T18:00:00Z") == "2026-11-23T18:00:00Z");
    CHECK(at("2026-11-23 18:00:05 UTC") == "2026-11-23T18:00:05Z");
    CHECK(at("2026-11-23 18:00") == "2026-11-23T16:00:00Z");
    CHECK(at("18:00") == "2026-11-23T16:00:00Z");
    CHECK(at("18:00 UTC") == "2026-11-23T18:00:00Z");
    CHECK(at("2026-12-01") == "2026-11-30T22:00:00Z");
    CHECK(at("tomorrow") == "2026-11-23T22:00:00Z");
    CHECK(at("+2h") == "2026-11-23T12:20:30Z");
    CHECK(at("@1795456800") == "2026-11-23T18:00:00Z");
    for (char const* text :
         {"", "noon", "25:00", "2026-02-30", "2026-11-23 18", "18:00:61", "@x", "+x"}) {
        CAPTURE(text);
        CHECK(at(text).starts_with("--until: expected a time"));
    }
    CHECK_FALSE(read_time_stamp("2026-11-23 18:00:00Z"));
    ::unsetenv("TZ");
    ::tzset();
}
