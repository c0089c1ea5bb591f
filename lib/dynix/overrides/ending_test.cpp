#include "dynix/overrides/ending.hpp"
#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::overrides;

namespace {

moment const now{1'795'397'580}; // 2026-11-23T01:33:00Z

ending read_back(std::string text, std::string const& left) {
    auto const found = take_ending(text);
    CHECK(text == left);
    return found;
}

} // namespace

TEST_CASE("an ending is a span from now on, rounded up to seconds, or a time to come") {
    CHECK(*ending_after("2h", "--for", now) == ending{"2026-11-23T03:33:00Z"});
    CHECK(*ending_after("1500ms", "--for", now) == ending{"2026-11-23T01:33:02Z"});
    CHECK(*ending_at("2026-11-23 03:33 UTC", "--until", now) == ending{"2026-11-23T03:33:00Z"});
    auto const none = ending_after("0", "--for", now);
    REQUIRE(!none);
    CHECK(none.error().message.starts_with("--for: expected a time span over zero"));
    auto const past = ending_at("2026-11-23 01:33 UTC", "--until", now);
    REQUIRE(!past);
    CHECK(past.error().message == "--until: 2026-11-23T01:33:00Z is over already");
    for (std::string const far : {"2200-01-01", "9999-12-31", "@999999999999999"}) {
        auto const never = ending_at(far, "--until", now);
        REQUIRE(!never);
        CHECK(
            never.error().message ==
            "--until: expected a time in the next 100 years, found '" + far + "'");
    }
}

TEST_CASE("an ending is over from its second on, and none is over never") {
    auto const at = *ending_after("2h", "--for", now);
    CHECK(at);
    CHECK(at.date() == now.seconds + 7200);
    CHECK(!at.is_over({now.seconds + 7199}));
    CHECK(at.is_over({now.seconds + 7200}));
    CHECK(!ending());
    CHECK(!ending().date());
    CHECK(!ending().is_over(now));
}

TEST_CASE("the words for an ending are read back, and only they") {
    ending const at{"2026-11-23T03:33:00Z"};
    CHECK(to_string(at) == "until 2026-11-23T03:33:00Z");
    CHECK(to_string(ending()).empty());
    CHECK(read_back("root " + to_string(at), "root") == at);
    CHECK(read_back("john doe " + to_string(at), "john doe") == at);
    for (std::string const text :
         {"", "root", "root until the evening is here", "until 2026-11-23T03:33:00Z",
          " until 2026-11-23T03:33:00Z", "root until 2026-13-23T03:33:00Z"})
        CHECK(!read_back(text, text));
    for (std::string const wrong : {"2026-13-23T03:33:00Z", "the evening"})
        CHECK(
            misread_ending("root until " + wrong) ==
            "expected a time such as 2026-11-23T18:00:00Z behind 'until', found '" + wrong + "'");
    CHECK(misread_ending("root").empty());
}
