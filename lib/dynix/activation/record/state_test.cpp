#include "dynix/activation/record/state.hpp"

#include "dynix/activation/fakes/fake_machine.hpp"
#include "dynix/activation/steps/unit_change.hpp"
#include "dynix/base/file.hpp"
#include "dynix/test.hpp"

#include <filesystem>
#include <functional>
#include <sys/stat.h>
#include <unistd.h>

using namespace dynix;
using namespace dynix::activation;

namespace {

state full() {
    state made;
    made.now = record_state::activating;
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

void spoil(std::string const& path, std::string const& bytes) {
    REQUIRE(replace_file(path, bytes));
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

TEST_CASE("what was to be done to a unit is read by its word, or as an older dynix wrote it") {
    auto made = full();
    made.previous.clear();
    for (auto const* one : changes::all)
        made.previous.push_back({.name = "a.service", .change = one});
    auto const text = print_state(made);
    auto const read = parse_state(text, "state.json");
    REQUIRE(read);
    for (std::size_t i = 0; i < made.previous.size(); ++i)
        CHECK(read->previous.at(i).change == made.previous[i].change);

    auto older = [&](bool reloads) {
        auto one = print_state(full());
        auto const from = std::string("\"reloads\": false");
        auto const at = one.find(from);
        REQUIRE(at != std::string::npos);
        CHECK(one.find("\"change\"") == std::string::npos);
        one.replace(at, from.size(), reloads ? "\"reloads\": true" : from);
        auto const found = parse_state(one, "state.json");
        REQUIRE(found);
        return found->previous.at(0).change;
    };
    CHECK(older(true) == &changes::reload);
    CHECK(older(false) == nullptr);

    auto unknown = text;
    auto const word = std::string("\"change\": \"defer\"");
    REQUIRE(unknown.find(word) != std::string::npos);
    unknown.replace(unknown.find(word), word.size(), "\"change\": \"wave\"");
    auto const refused = parse_state(unknown, "state.json");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("unknown word 'wave' in 'change'") != std::string::npos);
}

TEST_CASE("a unit counts as interrupted only while an activation is under way") {
    auto now = full();
    REQUIRE(now.interrupted("a.service"));
    CHECK(now.interrupted("a.service")->ran);
    CHECK_FALSE(now.interrupted("c.service"));
    now.now = record_state::applied;
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

TEST_CASE("a damaged state of any shape is an error, and a reset takes back without it") {
    auto const whole = print_state(full());
    struct {
        char const* name;
        std::function<void(std::string const& path)> make;
        std::string said;
    } const shapes[] = {
        {"cut", [&](auto const& path) { spoil(path, whole.substr(0, whole.size() / 2)); }, "JSON"},
        {"empty", [](auto const& path) { spoil(path, ""); }, "JSON"},
        {"binary", [](auto const& path) { spoil(path, std::string("\x7f\0\xff\n", 4)); }, "JSON"},
        {"deep", [](auto const& path) { spoil(path, std::string(1'000'000, '[')); }, "JSON"},
        {"another record", [](auto const& path) { spoil(path, "[]"); }, "expected a JSON object"},
        {"huge",
         [](auto const& path) {
             spoil(path, "");
             REQUIRE(::truncate(path.c_str(), 300'000'000) == 0);
         },
         "is larger than"},
        {"folder", [](auto const& path) { std::filesystem::create_directories(path + "/full/of"); },
         "is a directory"},
        {"fifo", [](auto const& path) { REQUIRE(::mkfifo(path.c_str(), 0600) == 0); }, "regular"},
        {"link",
         [&](auto const& path) {
             spoil(path + ".elsewhere", whole);
             std::filesystem::create_symlink(path + ".elsewhere", path);
         },
         "is a symbolic link"},
        {"open to all",
         [&](auto const& path) {
             spoil(path, whole);
             REQUIRE(::chmod(path.c_str(), 0666) == 0);
         },
         "can be changed by others"},
    };
    for (auto const& shape : shapes) {
        CAPTURE(shape.name);
        fake_machine m;
        m.add("a.service", "[Service]\nExecStart=/bin/a\n", "[Service]\nExecStart=/bin/b\n");
        REQUIRE(m.apply().result == apply_result::done);
        REQUIRE(clear_state(m.seen));
        shape.make(m.where.state());
        auto const read = read_state(m.seen);
        REQUIRE_FALSE(read.has_value());
        CHECK(one_line(read.error()).find(shape.said) != std::string::npos);
        CHECK_FALSE(read.error().hint.empty());
        CHECK(m.apply().result == apply_result::refused);
        auto const found = m.reset();
        CHECK(found.result == apply_result::done);
        CHECK(found.warnings.size() == 1);
        CHECK(m.view().runs.at("a.service") == "/bin/a ");
        CHECK(m.view().drop_ins.empty());
        // Nothing is lost, and the next apply works.
        CHECK(
            std::filesystem::symlink_status(m.where.state() + ".damaged").type() !=
            std::filesystem::file_type::not_found);
        CHECK(m.apply().result == apply_result::done);
    }
}

TEST_CASE("where the folder of the state is at fault, a reset is not what helps") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    REQUIRE(m.apply().result == apply_result::done);
    auto const hint = [&] {
        auto const read = read_state(m.seen);
        REQUIRE_FALSE(read);
        // It is refused for the same reason.
        CHECK(m.reset().result == apply_result::refused);
        return read.error().hint;
    };
    auto const folder = m.where.runtime();
    REQUIRE(::chmod(folder.c_str(), 0777) == 0);
    CHECK(hint() == "look at what is there, then 'chmod go-w " + folder + "'");
    auto const remove = "find out who made it, then remove it";
    std::filesystem::rename(folder, folder + ".elsewhere");
    std::filesystem::create_directory_symlink(folder + ".elsewhere", folder);
    CHECK(hint() == remove);
    std::filesystem::remove(folder);
    spoil(folder, "");
    CHECK(hint() == remove);
}

TEST_CASE("a record of what others may not read is for root alone") {
    test_folder const folder;
    fake_machine m;
    auto const mode = [&] {
        struct stat about {};
        REQUIRE(::stat(m.where.state().c_str(), &about) == 0);
        return about.st_mode & 07777U;
    };
    auto said = full();
    said.dynamic_file = folder.path("dynamic.nix");
    REQUIRE(replace_file(said.dynamic_file, "{ }"));
    REQUIRE(::chmod(folder.path("").c_str(), 0755) == 0);
    for (auto const& [file, state] : {std::pair{0644U, 0644U}, {0600U, 0600U}, {0640U, 0600U}}) {
        REQUIRE(::chmod(said.dynamic_file.c_str(), file) == 0);
        REQUIRE(write_state(m.seen, said));
        CHECK(mode() == state);
    }
    REQUIRE(::chmod(said.dynamic_file.c_str(), 0644) == 0);
    REQUIRE(::chmod(folder.path("").c_str(), 0700) == 0);
    REQUIRE(write_state(m.seen, said));
    CHECK(mode() == 0600);
    // One that says nothing of it is for all.
    REQUIRE(write_state(m.seen, state()));
    CHECK(mode() == 0644);
}

TEST_CASE("where there is no room for two states, the old one makes room") {
    fake_machine m;
    REQUIRE(write_state(m.seen, state()));
    auto newer = full();
    newer.now = record_state::applied;
    m.injected.arm(manner::once, 1);
    REQUIRE(write_state(m.seen, newer));
    CHECK(
        m.injected.calls == std::vector<std::string>{
                                "write /run/dynix/state.json", "remove /run/dynix/state.json",
                                "write /run/dynix/state.json"});
    auto const read = read_state(m.seen);
    REQUIRE(read);
    CHECK((*read)->since == newer.since);
}
