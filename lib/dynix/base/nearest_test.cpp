#include "dynix/base/nearest.hpp"

#include "dynix/test.hpp"

using namespace dynix;

TEST_CASE("the distance counts inserted, deleted, replaced and swapped letters") {
    struct {
        std::string_view from, to;
        std::size_t expected;
    } const table[] = {
        {"", "", 0},           {"abc", "abc", 0},   {"", "abc", 3},          {"apply", "aply", 1},
        {"aplpy", "apply", 1}, {"show", "shaw", 1}, {"kitten", "sitting", 3}};
    for (auto const& row : table) {
        CAPTURE(row.from);
        CHECK(edit_distance(row.from, row.to) == row.expected);
        CHECK(edit_distance(row.to, row.from) == row.expected);
    }
}

TEST_CASE("the nearest words come first, far ones not at all") {
    std::vector<std::string> const known{"append", "apply", "show", "status", "reset"};
    CHECK(nearest("aply", known) == std::vector<std::string>{"apply"});
    CHECK(nearest("zzz", known).empty());
    CHECK(nearest("", known).empty());
    CHECK(did_you_mean(nearest("statsu", known)) == "did you mean 'status'?");
    std::vector<std::string> const three{"a", "b", "c"};
    CHECK(did_you_mean(three) == "did you mean 'a', 'b' or 'c'?");
    CHECK(did_you_mean({}).empty());
}

TEST_CASE("a difference in case is the smallest one") {
    std::vector<std::string> const known{"services.web.maxJobs", "services.web.port", "maxjob"};
    CHECK(
        nearest("SERVICES.WEB.MAXJOBS", known) == std::vector<std::string>{"services.web.maxJobs"});
    CHECK(
        nearest("services.web.maxjob", known) == std::vector<std::string>{"services.web.maxJobs"});
    CHECK(nearest("MAXJOB", known) == std::vector<std::string>{"maxjob"});
    CHECK(edit_distance("a", "A") == 1);
}

TEST_CASE("words that are much further away than the nearest one are not meant") {
    std::vector<std::string> const known{
        "services.web.limit", "services.web.weights", "services.web.weight",
        "services.web.aliases"};
    CHECK(
        nearest("services.web.wieght", known) ==
        std::vector<std::string>{"services.web.weight", "services.web.weights"});
}

TEST_CASE("what two words have in common at both ends does not change the distance") {
    CHECK(edit_distance("aab", "ab") == 1);
    CHECK(edit_distance("abab", "baab") == 1);
    CHECK(edit_distance("xaby", "xbay") == 1);
    CHECK(edit_distance("aaa", "aa") == 1);
    CHECK(edit_distance("abcabc", "abc") == 3);
}
