#include "dynix/activation/state.hpp"

#include "dynix/activation/fake_machine.hpp"
#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::activation;

namespace {

state full() {
    state made;
    made.now = phase::activating;
    made.since = "2026-11-23T01:33:00Z";
    made.plan = "/nix/store/x/plan.json";
    made.dynamic_file = "/etc/nixos/dynamic.nix";
    made.configuration = "{ }\n";
    made.overrides = {{"a.\"b c\"", "\"\xc3\xa4\"", 3}};
    made.units = {{"a.service", "[Service]\n", "static", "dynamic", "0123"}};
    made.previous = {
        {"a.service", std::nullopt, true}, {"b.service", "[Service]\nNice=1\n", false}};
    made.left = {"'a.service' is not as it was"};
    return made;
}

} // namespace

TEST_CASE("a state is read as it was written") {
    auto const text = print_state(full());
    auto const read = parse_state(text, "state.json");
    REQUIRE(read);
    CHECK(print_state(*read) == text);
    CHECK(read->previous.at(1).drop_in == "[Service]\nNice=1\n");
    CHECK_FALSE(read->previous.at(0).drop_in.has_value());
    CHECK(read->previous.at(0).ran);
    CHECK(read->left == full().left);
}

TEST_CASE("a unit counts as interrupted only while an activation is under way") {
    auto now = full();
    REQUIRE(now.interrupted("a.service"));
    CHECK(now.interrupted("a.service")->ran);
    CHECK_FALSE(now.interrupted("c.service"));
    now.now = phase::applied;
    CHECK_FALSE(now.interrupted("a.service"));
}

TEST_CASE("what is no state is an error that names the place") {
    struct {
        char const* from;
        char const* to;
        char const* said;
    } const table[] = {
        {"\"version\": 1", "\"version\": 2", "version 2 was written by a newer dynix"},
        {"\"activating\"", "\"active\"", "unknown phase 'active'"},
        {"\"since\"", "\"sinse\"", "'since'"},
        {"\"entry\": 3", "\"entry\": \"3\"", "overrides[0]"},
        {"\"name\": \"a.service\"", "\"name\": \"../a.service\"", "units[0]"},
        {"\"ran\": true", "\"ran\": 1", "previous[0]: member 'ran' is not true or false"},
        {"\"left\": [", "\"left\": [7,", "left[0] is not a string"},
        {"\"units\": [", "\"units\": [7,", "units[0] is not an object"},
    };
    for (auto const& row : table) {
        CAPTURE(row.from);
        auto text = print_state(full());
        auto const at = text.find(row.from);
        REQUIRE(at != std::string::npos);
        text.replace(at, std::string_view(row.from).size(), row.to);
        auto const read = parse_state(text, "state.json");
        REQUIRE_FALSE(read.has_value());
        CHECK(read.error().message.find(row.said) != std::string::npos);
    }
    // Cut anywhere, it is an error and never half a state.
    auto const text = print_state(full());
    for (std::size_t size = 0; size + 2 < text.size(); size += 7)
        CHECK_FALSE(parse_state(text.substr(0, size), "state.json").has_value());
}

TEST_CASE("an unreadable state says how to get rid of it") {
    fake_machine m;
    REQUIRE(m.plain.write(m.where.state(), "{"));
    auto const read = read_state(m.seen);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().hint.find("run 'dynix reset'") != std::string::npos);
    REQUIRE(clear_state(m.seen));
    auto const none = read_state(m.seen);
    REQUIRE(none);
    CHECK_FALSE(none->has_value());
}

TEST_CASE("where there is no room for two states, the old one makes room") {
    fake_machine m;
    REQUIRE(write_state(m.seen, state()));
    m.injected.arm(manner::once, 1);
    REQUIRE(write_state(m.seen, full()));
    CHECK(
        m.injected.calls == std::vector<std::string>{
                                "write /run/dynix/state.json", "remove /run/dynix/state.json",
                                "write /run/dynix/state.json"});
    auto const read = read_state(m.seen);
    REQUIRE(read);
    CHECK((*read)->now == phase::activating);
}
