#include "dynix/overrides/header.hpp"
#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::overrides;

namespace {

entry header(std::string message, std::string action, std::int64_t generation) {
    entry out;
    out.number = 12;
    out.time = "2026-11-23T01:33:00Z";
    out.user = "root";
    out.message = std::move(message);
    out.action = std::move(action);
    out.generation = generation;
    return out;
}

} // namespace

TEST_CASE("a header says the same when it is read, whatever the message is") {
    for (std::string const message :
         {"", "why", "undo", "undo 3", "undo 3 (generation 1): no", "return to generation 2",
          "return", ": ", " undo 3", "root undo 3: x", "# 3 2026-11-23T01:33:00Z root undo 2",
          "(generation 7)", "a \" b: c", "it's {} ${x} \\", "\xc3\xa9: \xe2\x80\xa8"}) {
        for (std::string const action :
             {"", "undo 3", "undo all", "undo a.\"b: c\".d", "undo a.\"\\\": \"",
              "undo undo.\"return to\"", "return to generation 2"}) {
            auto const written = header(message, action, action.empty() ? 0 : 5);
            auto const line = print_header(written);
            CAPTURE(line);
            auto const read = read_header(line);
            REQUIRE(read);
            CHECK(read->number == written.number);
            CHECK(read->time == written.time);
            CHECK(read->user == written.user);
            CHECK(read->message == written.message);
            CHECK(read->action == written.action);
            CHECK(read->generation == written.generation);
        }
    }
}

TEST_CASE("the time when an entry is over stands in its header") {
    auto written = header("why: it's", "", 0);
    written.ends.when = "2026-11-23T03:33:00Z";
    auto const line = print_header(written);
    CHECK(line == "# 12 2026-11-23T01:33:00Z root until 2026-11-23T03:33:00Z: why: it's");
    auto const read = read_header(line);
    REQUIRE(read);
    CHECK(read->user == "root");
    CHECK(read->ends == written.ends);
    CHECK(read->message == written.message);
    CHECK(read->action.empty());
    // Only a time is one.
    auto const words = read_header("# 1 2026-11-23T01:33:00Z root until the evening is here: x");
    REQUIRE(words);
    CHECK(!words->ends);
    CHECK(words->user == "root until the evening is here");
}

TEST_CASE("headers of older files keep their meaning") {
    auto const two_words = read_header("# 1 2026-11-23T01:33:00Z john doe: undo it");
    REQUIRE(two_words);
    CHECK(two_words->user == "john doe");
    CHECK(two_words->message == "undo it");
    CHECK(two_words->action.empty());
    auto const undone = read_header("# 2 2026-11-23T01:33:00Z alice undo 1: return it");
    REQUIRE(undone);
    CHECK(undone->user == "alice");
    CHECK(undone->action == "undo 1");
    CHECK(undone->generation == 0);
    CHECK(undone->message == "return it");
    CHECK(!read_header("# words of a person"));
}
