#include "dynix/overrides/undo.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/test_folder.hpp"
#include "dynix/overrides/generations.hpp"
#include "dynix/overrides/store.hpp"
#include "dynix/test.hpp"

#include <random>
#include <sys/stat.h>

using namespace dynix;
using namespace dynix::overrides;

namespace {

constexpr auto three_entries =
    "{ lib, ... }:\n"
    "{\n"
    "  config = lib.mkMerge [\n"
    "    # 1 2026-11-23T01:33:00Z root: fewer\n"
    "    { services.distccd.maxJobs = lib.mkOverride (-1) 4; }\n"
    "    # mine\n"
    "    # 2 2026-11-23T01:34:00Z root\n"
    "    {\n"
    "      services.distccd.maxJobs = lib.mkOverride (-2) 5;\n"
    "      services.nginx.enable = lib.mkOverride (-2) true;\n"
    "    }\n"
    "    # 3 2026-11-23T01:35:00Z root\n"
    "    { services.distccd.logLevel = lib.mkOverride (-3) \"error\"; }\n"
    "  ];\n"
    "}\n";

dynamic_file parsed(std::string const& text) {
    auto file = read_dynamic_file(text, "f");
    REQUIRE(file);
    return std::move(*file);
}

std::string left_after(std::string const& text, undo_wish const& wish) {
    auto const back = take_back(parsed(text), wish);
    REQUIRE(back);
    return back->text;
}

std::string without(std::string text, std::string const& part) {
    auto const at = text.find(part);
    REQUIRE(at != std::string::npos);
    return text.erase(at, part.size());
}

std::vector<std::int64_t> numbers(dynamic_file const& file) {
    std::vector<std::int64_t> out;
    for (auto const& one : file.entries)
        out.push_back(one.number);
    return out;
}

write_request request_for(std::string path) {
    write_request out;
    out.path = std::move(path);
    out.time = "2026-11-24T10:00:00Z";
    out.user = "alice";
    return out;
}

} // namespace

TEST_CASE("what joins a set goes out of it, and with the last one the set") {
    auto const joined = [](std::string const& inside) {
        return "{ lib, ... }: { config = lib.mkMerge [\n{\n" + inside +
               "  c = lib.mkOverride (-1) 3;\n}\n]; }";
    };
    std::string const all = "  a = lib.mkOverride 50 {\n"
                            "    b = lib.mkOverride 1000 {\n"
                            "      x = lib.mkOverride (-1) 1;\n"
                            "      y = lib.mkOverride (-1) 2;\n"
                            "    };\n"
                            "    z = lib.mkOverride (-1) 2;\n"
                            "  };\n";
    auto const left = [&](option_path path) {
        return left_after(joined(all), path_and_below{std::move(path)});
    };
    CHECK(left({"a", "b", "x"}) == joined(without(all, "      x = lib.mkOverride (-1) 1;\n")));
    CHECK(
        left({"a", "b"}) == joined("  a = lib.mkOverride 50 {\n"
                                   "    z = lib.mkOverride (-1) 2;\n"
                                   "  };\n"));
    CHECK(left({"a"}) == joined(""));
}

TEST_CASE("an entry goes with its comment and its lines, and not another byte") {
    CHECK(
        left_after(three_entries, numbered_entry{1}) ==
        without(
            three_entries, "    # 1 2026-11-23T01:33:00Z root: fewer\n"
                           "    { services.distccd.maxJobs = lib.mkOverride (-1) 4; }\n"));
    CHECK(
        left_after(three_entries, last_entry{}) ==
        without(
            three_entries, "    # 3 2026-11-23T01:35:00Z root\n"
                           "    { services.distccd.logLevel = lib.mkOverride (-3) \"error\"; }\n"));
    // A person's comment stays.
    CHECK(
        left_after(three_entries, every_entry{}) ==
        "{ lib, ... }:\n{\n  config = lib.mkMerge [\n    # mine\n  ];\n}\n");
}

TEST_CASE("of an entry with several overrides only those at the path go") {
    auto const back =
        take_back(parsed(three_entries), path_and_below{{"services", "distccd", "maxJobs"}});
    REQUIRE(back);
    CHECK(
        back->text ==
        without(
            without(
                three_entries, "    # 1 2026-11-23T01:33:00Z root: fewer\n"
                               "    { services.distccd.maxJobs = lib.mkOverride (-1) 4; }\n"),
            "      services.distccd.maxJobs = lib.mkOverride (-2) 5;\n"));
    REQUIRE(back->taken.size() == 2);
    CHECK(back->taken[0].entry == 1);
    CHECK(back->taken[1].entry == 2);
    CHECK(back->taken[1].what.value == "5");
    CHECK(back->action == "undo services.distccd.maxJobs");
}

TEST_CASE("a path takes back what is below it, and the last override takes its entry with it") {
    auto const left = parsed(left_after(three_entries, path_and_below{{"services"}}));
    CHECK(left.entries.empty());
    auto const rest = parsed(left_after(three_entries, path_and_below{{"services", "distccd"}}));
    CHECK(numbers(rest) == std::vector<std::int64_t>{2});
}

TEST_CASE("entries that a person laid out otherwise are cut out of their lines") {
    struct {
        std::string text;
        undo_wish wish;
        std::string left;
    } const table[] = {
        {"{lib,...}:{config=lib.mkMerge[{a=lib.mkOverride(-1)1;}{b=lib.mkOverride(-2)1;}{c=lib."
         "mkOverride(-3)1;}];}",
         numbered_entry{2},
         "{lib,...}:{config=lib.mkMerge[{a=lib.mkOverride(-1)1;}{c=lib.mkOverride(-3)1;}];}"},
        {"{lib,...}:{config=lib.mkMerge[{a=lib.mkOverride(-1)1;b=lib.mkOverride(-1)2;}];}",
         path_and_below{{"a"}}, "{lib,...}:{config=lib.mkMerge[{b=lib.mkOverride(-1)2;}];}"},
        {"{ lib, ... }: { config = lib.mkMerge [\n/* x */ { a = lib.mkOverride (-1) 1; } # y\n]; }",
         last_entry{}, "{ lib, ... }: { config = lib.mkMerge [\n/* x */  # y\n]; }"},
        {"{ lib, ... }: { config = lib.mkMerge [\r\n  { a = lib.mkOverride (-1) 1; }\r\n]; }",
         last_entry{}, "{ lib, ... }: { config = lib.mkMerge [\r\n]; }"},
        {"{ lib, ... }: { config = lib.mkMerge [\n  { a = lib.mkOverride (-1) ''\n    x\n  ''; "
         "}\n]; }",
         last_entry{}, "{ lib, ... }: { config = lib.mkMerge [\n]; }"},
        {"{ lib, ... }: { config = lib.mkMerge [ # 1 2026-11-23T01:33:00Z root\n{ a = "
         "lib.mkOverride "
         "(-1) 1; } ]; }",
         last_entry{}, "{ lib, ... }: { config = lib.mkMerge [  ]; }"},
    };
    for (auto const& row : table) {
        CAPTURE(row.text);
        CHECK(left_after(row.text, row.wish) == row.left);
    }
}

TEST_CASE("nothing to take back is an error that says what there is") {
    auto const refused = [](std::string const& text, undo_wish const& wish) {
        auto const back = take_back(parsed(text), wish);
        REQUIRE(!back);
        return back.error();
    };
    CHECK(refused(three_entries, numbered_entry{4}).message == "there is no entry 4");
    CHECK(refused(std::string(text_without_entries()), every_entry{})
              .message.starts_with("there is no"));
    CHECK(refused(std::string(text_without_entries()), last_entry{})
              .message.starts_with("there is no"));
    auto const mistyped = refused(three_entries, path_and_below{{"services", "distccd", "maxJob"}});
    CHECK(mistyped.hint == "did you mean 'services.distccd.maxJobs'?");
    auto const below = refused(
        "{ lib, ... }: { config = lib.mkMerge [ { a = lib.mkOverride (-7) { b = 1; }; } ]; }",
        path_and_below{{"a", "b"}});
    CHECK(below.message == "'a.b' is only a part of what entry 7 set 'a' to");
    CHECK(below.hint == "'dynix undo 7' takes the whole of it back");
}

TEST_CASE("an undo leaves a line, and its number and those taken back are never given again") {
    test_folder const folder;
    auto const path = folder.path("dynamic.nix");
    REQUIRE(replace_file(path, three_entries));
    auto request = request_for(path);
    request.message = "too: quiet";
    auto const done = undo(request, last_entry{});
    REQUIRE(done);
    CHECK(done->line.number == 4);
    CHECK(done->line.generation == 1);
    CHECK(
        *read_file(path) ==
        without(
            without(
                three_entries,
                "    # 3 2026-11-23T01:35:00Z root\n"
                "    { services.distccd.logLevel = lib.mkOverride (-3) \"error\"; }\n"),
            "  ];\n}\n") +
            "    # 4 2026-11-24T10:00:00Z alice undo 3 (generation 1): too: quiet\n  ];\n}\n");
    auto const file = load(path);
    REQUIRE(file);
    CHECK(numbers(*file) == std::vector<std::int64_t>{1, 2, 4});
    auto const& line = file->entries.back();
    CHECK(line.user == "alice");
    CHECK(line.action == "undo 3");
    CHECK(line.generation == 1);
    CHECK(line.message == "too: quiet");
    CHECK(next_number(*file) == 5);
    // An undo of an undo names the way.
    auto const twice = undo(request, numbered_entry{4});
    REQUIRE(!twice);
    CHECK(twice.error().hint.find("--to-generation 1") != std::string::npos);
}

TEST_CASE("a path in the line may have any name in it") {
    test_folder const folder;
    auto const path = folder.path("dynamic.nix");
    append_request wanted;
    wanted.path = path;
    wanted.time = "2026-11-23T01:33:00Z";
    wanted.user = "root";
    option_path const odd{"a: \"b\\", "x\ny\r(generation 9)"};
    wanted.wanted = {odd, syntax::literal(std::int64_t{1})};
    REQUIRE(append(wanted));
    auto request = request_for(path);
    request.message = "why: not";
    REQUIRE(undo(request, path_and_below{odd}));
    auto const file = load(path);
    REQUIRE(file);
    REQUIRE(file->entries.size() == 1);
    CHECK(file->entries[0].number == 2);
    CHECK(file->entries[0].generation == 1);
    CHECK(file->entries[0].message == "why: not");
}

TEST_CASE(
    "a return brings the older bytes back, keeps the present ones, and gives no number twice") {
    test_folder const folder;
    auto const path = folder.path("dynamic.nix");
    REQUIRE(replace_file(path, three_entries));
    REQUIRE(undo(request_for(path), numbered_entry{3})); // 4
    REQUIRE(undo(request_for(path), numbered_entry{1})); // 5
    auto const present = *read_file(path);
    auto const done = return_to_generation(request_for(path), 1);
    REQUIRE(done);
    CHECK(done->line.number == 6);
    CHECK(done->line.generation == 3);
    CHECK(*read_file(folder.path("dynamic.nix.generations/1")) == three_entries);
    CHECK(*read_file(folder.path("dynamic.nix.generations/3")) == present);
    auto const file = load(path);
    REQUIRE(file);
    CHECK(numbers(*file) == std::vector<std::int64_t>{1, 2, 3, 6});
    CHECK(file->entries.back().action == "return to generation 1");
    CHECK(
        without(
            file->text,
            "    # 6 2026-11-24T10:00:00Z alice return to generation 1 (generation 3)\n") ==
        three_entries);

    auto const unknown = return_to_generation(request_for(path), 9);
    REQUIRE(!unknown);
    CHECK(unknown.error().message == "there is no generation 9");
}

TEST_CASE("a return works after the file was moved away, with the owner and mode it had") {
    test_folder const folder;
    auto const path = folder.path("dynamic.nix");
    REQUIRE(replace_file(path, three_entries));
    REQUIRE(::chmod(path.c_str(), 0600) == 0);
    REQUIRE(undo(request_for(path), last_entry{}));
    REQUIRE(::unlink(path.c_str()) == 0);
    auto const done = return_to_generation(request_for(path), 1);
    REQUIRE(done);
    CHECK(done->line.generation == 0);
    CHECK(numbers(*load(path)) == std::vector<std::int64_t>{1, 2, 3, 4});
    struct stat about {};
    REQUIRE(::stat(path.c_str(), &about) == 0);
    CHECK((about.st_mode & 07777) == 0600);
    CHECK(about.st_nlink == 1);
}

TEST_CASE("a dry run changes nothing") {
    test_folder const folder;
    auto const path = folder.path("dynamic.nix");
    REQUIRE(replace_file(path, three_entries));
    auto request = request_for(path);
    request.dry_run = true;
    auto const done = undo(request, every_entry{});
    REQUIRE(done);
    CHECK(done->taken.size() == 4);
    CHECK(*read_file(path) == three_entries);
    CHECK(folder.names() == std::vector<std::string>{"dynamic.nix"});
}

TEST_CASE("whatever is taken back in whatever order, the rest stays as it was") {
    std::mt19937 random(std::random_device{}());
    auto const pick = [&](std::size_t below) { return random() % below; };
    std::vector<std::string> const gaps{" ",         "\n",   "\n  # words\n    ",
                                        " /* { */ ", "\n\n", " # ]\n"};
    for (int round = 0; round < 300; ++round) {
        // A file as a person may lay it out.
        std::string text = "{ lib, ... }: { config = lib.mkMerge [";
        std::size_t const count = 1 + pick(8);
        for (std::size_t number = 1; number <= count; ++number) {
            text += gaps[pick(gaps.size())];
            if (pick(2) == 0)
                text += "# " + std::to_string(number) + " 2026-11-23T01:33:00Z root: m\n";
            text += "{";
            for (std::size_t i = 0, last = 1 + pick(3); i < last; ++i)
                text += gaps[pick(gaps.size())] + std::string(1, static_cast<char>('a' + i)) +
                        (pick(3) == 0 ? ".x" : ".y") + " = lib.mkOverride (-" +
                        std::to_string(number) + ") (''\n  # ]; }\n'');";
            text += gaps[pick(gaps.size())] + "}";
        }
        text += gaps[pick(gaps.size())] + "]; }";
        CAPTURE(text);
        auto const file = parsed(text);
        undo_wish const wishes[] = {
            numbered_entry{static_cast<std::int64_t>(1 + pick(count))}, last_entry{}, every_entry{},
            path_and_below{{std::string(1, static_cast<char>('a' + pick(3)))}},
            path_and_below{
                {std::string(1, static_cast<char>('a' + pick(3))), pick(2) ? "x" : "y"}}};
        auto const back = take_back(file, wishes[pick(std::size(wishes))]);
        if (!back)
            continue;
        auto const left = parsed(back->text);
        std::vector<std::string> expected, found;
        for (auto const& from : file.entries)
            for (auto const& what : from.overrides) {
                auto const taken =
                    std::any_of(back->taken.begin(), back->taken.end(), [&](auto const& one) {
                        return one.entry == from.number && one.what.path == what.path;
                    });
                if (!taken)
                    expected.push_back(
                        file.text.substr(what.where.begin, what.where.end - what.where.begin));
            }
        for (auto const& from : left.entries)
            for (auto const& what : from.overrides)
                found.push_back(
                    left.text.substr(what.where.begin, what.where.end - what.where.begin));
        CHECK(found == expected);
        for (auto const& from : left.entries)
            for (auto const& same : file.entries)
                if (same.number == from.number)
                    CHECK(same.time == from.time);
    }
}
