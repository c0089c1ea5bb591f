// A list is worked out, verified and shrunk, with what Nix says given.
#include "dynix/modulelist/list_file.hpp"
#include "dynix/modulelist/work_out.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/test_folder.hpp"
#include "dynix/process/fake_runner.hpp"
#include "dynix/test.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <filesystem>
#include <fmt/format.h>

using namespace dynix;
using namespace dynix::modulelist;

namespace {

process::outcome answers(std::string out, std::string err = {}) {
    process::outcome ended;
    ended.out = std::move(out);
    ended.err = std::move(err);
    return ended;
}

process::outcome fails(std::string err) {
    process::outcome ended;
    ended.exit_code = 1;
    ended.err = std::move(err);
    return ended;
}

// Of a.nix to d.nix the result needs the first three.
process::outcome watched() {
    return answers(
        R"({"list":["a.nix","b.nix","c.nix","d.nix"],"result":"R","itself":"R"})",
        "trace: dynix {\"reader\":\"\",\"option\":[\"x\"]}\n"
        "trace: dynix "
        "{\"option\":[\"x\"],\"declaredBy\":[\"a.nix\"],\"definedBy\":[\"b.nix\",\"c.nix\"]}\n");
}

request asked(unsigned tries) {
    request out;
    out.source.kind = plan::source_kind::file;
    out.source.file = "/system.nix";
    out.folder = "/minimal";
    out.tries = tries;
    return out;
}

bool has(process::command const& call, std::string_view text) {
    return call.args.back().find(text) != std::string::npos;
}

bool is_given(process::command const& call, std::string_view argument) {
    return std::find(call.args.begin(), call.args.end(), argument) != call.args.end();
}

using names = std::vector<std::string>;

// A folder with the configuration's own file, which Nix names when it evaluates it.
struct configuration_folder : test_folder {
    configuration_folder() { REQUIRE(replace_file(path("a.nix"), "{ }")); }

    std::string key(std::string const& more = "") const {
        return fmt::format(R"({{"key":"K","folder":"{}"{}}})", folder(), more);
    }
    std::string evaluated() const { return fmt::format("evaluating file '{}'\n", path("a.nix")); }
    std::string folder() const { return folder_of(path("a.nix")); }
};

} // namespace

TEST_CASE("a list that has the result of the whole one is taken") {
    process::fake_runner with;
    with.answers = {watched(), answers("\"R\"")};
    auto const found = work_out(asked(0), with);
    REQUIRE(found);
    CHECK(found->modules == names{"a.nix", "b.nix", "c.nix"});
    CHECK(found->evaluations == 2);
    REQUIRE(with.calls.size() == 2);
    CHECK(has(with.calls[1], R"("list":["a.nix","b.nix","c.nix"])"));
}

TEST_CASE("a list with another result is refused, and one that lacks something too") {
    process::fake_runner with;
    with.answers = {watched(), answers("\"S\"")};
    CHECK_FALSE(work_out(asked(0), with));
    with.answers = {watched(), fails("trace: x\nerror: attribute 'y' missing\n\n  at here\n")};
    auto const found = work_out(asked(0), with);
    REQUIRE_FALSE(found);
    REQUIRE(found.error().notes.size() == 1);
    CHECK(
        found.error().notes[0].message ==
        "what Nix said:\nerror: attribute 'y' missing\n\n  at here");
}

TEST_CASE("a system that its modules alone do not give is refused") {
    process::fake_runner with;
    with.answers = {answers(R"({"list":["a.nix"],"result":"R","itself":"S"})")};
    auto const found = work_out(asked(0), with);
    REQUIRE_FALSE(found);
    CHECK(found.error().message.find("extendModules") != std::string::npos);
    CHECK(with.calls.size() == 1);
}

TEST_CASE("what can be left out is, and the rest is verified without shared packages") {
    process::fake_runner with;
    with.answers = {
        watched(), answers("\"R\""), fails("error: x\n"),
        answers(
            R"(["a.nix","c.nix"])", "trace: dynix {\"trying\":[\"b.nix\"]}\n"
                                    "trace: dynix {\"left\":[\"a.nix\",\"c.nix\"]}\n"
                                    "trace: dynix {\"trying\":[\"c.nix\"]}\n"),
        answers("\"R\"")};
    auto const found = work_out(asked(10), with);
    REQUIRE(found);
    CHECK(found->modules == names{"a.nix", "c.nix"});
    CHECK(found->evaluations == 5);
}

TEST_CASE("modules that only those read which are of no interest are found by loading few") {
    process::fake_runner with;
    // b.nix is read by the result, c.nix by b.nix, and d.nix only where c.nix is not alone. Of one
    // set b.nix reads what e.nix defines, of another the names.
    with.answers = {
        answers(
            R"({"list":["a.nix","b.nix","c.nix","d.nix","e.nix"],"result":"R","itself":"R"})",
            "trace: dynix {\"reader\":\"b.nix\",\"option\":[\"s\"]}\n"
            "trace: dynix "
            "{\"option\":[\"s\"],\"declaredBy\":[\"b.nix\"],\"definedBy\":[\"e.nix\"]}\n"
            "trace: dynix {\"reader\":\"b.nix\",\"option\":[\"s\"],\"key\":\"k\"}\n"
            "trace: dynix {\"option\":[\"s\"],\"key\":\"k\",\"definedBy\":[\"e.nix\"]}\n"
            "trace: dynix {\"option\":[\"t\"],\"declaredBy\":[\"b.nix\"],"
            "\"definedBy\":[\"a.nix\"],\"keyed\":true}\n"
            "trace: dynix {\"reader\":\"\",\"option\":[\"x\"]}\n"
            "trace: dynix {\"option\":[\"x\"],\"declaredBy\":[\"b.nix\"],\"definedBy\":[]}\n"
            "trace: dynix {\"reader\":\"b.nix\",\"option\":[\"y\"]}\n"
            "trace: dynix {\"option\":[\"y\"],\"declaredBy\":[\"c.nix\"],\"definedBy\":[]}\n"
            "trace: dynix {\"reader\":\"c.nix\",\"option\":[\"z\"]}\n"
            "trace: dynix "
            "{\"option\":[\"z\"],\"declaredBy\":[\"d.nix\"],\"definedBy\":[\"a.nix\"]}\n"),
        answers("\"R\""),
        answers(
            "\"R\"", "trace: dynix {\"reader\":\"\",\"option\":[\"x\"]}\n"
                     "trace: dynix {\"reader\":\"b.nix\",\"option\":[\"s\"]}\n"
                     "trace: dynix {\"reader\":\"b.nix\",\"option\":[\"t\"]}\n"
                     "trace: dynix {\"reader\":\"b.nix\",\"option\":[\"y\"]}\n"
                     "trace: dynix {\"option\":[\"y\"],\"declaredBy\":[\"/undeclared.nix\"],"
                     "\"definedBy\":[]}\n"),
        answers(
            "\"R\"", "trace: dynix {\"reader\":\"\",\"option\":[\"x\"]}\n"
                     "trace: dynix {\"reader\":\"b.nix\",\"option\":[\"s\"]}\n"
                     "trace: dynix {\"reader\":\"b.nix\",\"option\":[\"y\"]}\n"),
        answers("\"R\""),
        answers("[]"),
        answers("\"R\"")};
    auto const found = work_out(asked(1), with);
    REQUIRE(found);
    CHECK(found->modules == names{"b.nix", "c.nix", "e.nix"});
    REQUIRE(with.calls.size() == 7);
    CHECK(has(with.calls[2], R"("list":["b.nix"])"));
    CHECK(has(with.calls[3], R"("list":["b.nix","c.nix","e.nix"])"));
    CHECK(found->evaluations == 6);
}

TEST_CASE("an attempt that ends Nix itself has failed, and the next run goes on behind it") {
    process::fake_runner with;
    with.answers = {
        watched(),
        answers("\"R\""),
        fails("error: x\n"),
        process::outcome(fails(
            "trace: dynix {\"trying\":[\"a.nix\"]}\ntrace: dynix {\"left\":[\"b.nix\",\"c.nix\"]}\n"
            "trace: dynix {\"trying\":[\"b.nix\"]}\nerror: attribute missing\n")),
        answers(R"(["b.nix","c.nix"])"),
        answers("\"R\"")};
    auto const found = work_out(asked(10), with);
    REQUIRE(found);
    CHECK(found->modules == names{"b.nix", "c.nix"});
    REQUIRE(with.calls.size() == 6);
    CHECK(has(with.calls[4], R"("list":["b.nix","c.nix"])"));
    CHECK(has(with.calls[4], R"("failed":[["b.nix"]])"));
    CHECK(has(with.calls[4], R"("most":8)"));
}

TEST_CASE("a shrunk list with another result is dropped") {
    process::fake_runner with;
    with.answers = {
        watched(), answers("\"R\""), fails("error: x\n"),
        answers(
            R"(["a.nix"])",
            "trace: dynix {\"trying\":[\"b.nix\"]}\ntrace: dynix {\"left\":[\"a.nix\"]}\n"),
        answers("\"S\"")};
    auto const found = work_out(asked(10), with);
    REQUIRE(found);
    CHECK(found->modules == names{"a.nix", "b.nix", "c.nix"});
}

TEST_CASE("a list has a key where what counts in the folder and the store are all that is read") {
    configuration_folder const at;
    auto const of = [&](process::outcome alone) {
        process::fake_runner with;
        auto const readable =
            fmt::format(R"(,"because":"","readable":["{}","{}"])", at.path("a.nix"), at.path("b"));
        with.answers = {
            answers(at.key(readable)), std::move(alone), answers(R"({"key":"K","itself":"R"})")};
        auto found = key_of(asked(0), "R", with).value();
        CHECK(with.calls.size() == (found.text.empty() ? 2 : 3));
        CHECK(is_given(with.calls[1], "restrict-eval"));
        CHECK(is_given(with.calls[1], "dynix-root-0=" + at.path("a.nix")));
        CHECK(is_given(with.calls[1], "dynix-root-1=" + at.path("b")));
        CHECK_FALSE(is_given(with.calls[1], "dynix-root-2=" + at.folder()));
        CHECK(is_given(with.calls[1], "-v"));
        CHECK(has(with.calls[1], R"("ask":"itself")"));
        return found;
    };
    CHECK(of(answers("\"R\"", at.evaluated())).text == "K");
    CHECK(of(answers("\"S\"", at.evaluated())).text.empty());
    auto const refused = [&](std::string const& file) {
        auto const found =
            of(fails("error: access to path '" + file + "' is forbidden in restricted mode\n"));
        CHECK(found.text.empty());
        return found.because;
    };
    CHECK(
        refused("/srv/common.nix") ==
        "the configuration reads '/srv/common.nix', which is neither in its folder nor in the "
        "store");
    std::filesystem::create_symlink("/srv/common.nix", at.path("common.nix"));
    CHECK(refused(at.path("common.nix")) == refused("/srv/common.nix"));
    auto const link = at.path("result/a.nix");
    CHECK(
        refused(link) ==
        fmt::format(
            "the configuration reads '{}', where module lists, dynamic.nix, .git and the links of "
            "nix-build do not count: it can name the files that it needs",
            link));
}

TEST_CASE("what Nix evaluates is known where it is more talkative only, or there is no key") {
    configuration_folder const at;
    process::fake_runner with;
    auto const again = answers(R"({"key":"K","itself":"R"})");
    with.answers = {answers(at.key()), answers("\"R\""), answers("\"R\"", at.evaluated()), again};
    CHECK(key_of(asked(0), "R", with).value().text == "K");
    REQUIRE(with.calls.size() == 4);
    CHECK(is_given(with.calls[1], "-v"));
    CHECK(is_given(with.calls[2], "-vvv"));
    CHECK(is_given(with.calls[3], "-vvv"));

    for (std::string const said : {"", "evaluating file '/nix/store/none-source/flake.nix'\n"}) {
        with.answers = {answers(at.key()), answers("\"R\"", said), answers("\"R\"", said)};
        auto const found = key_of(asked(0), "R", with).value();
        CHECK(found.text.empty());
        CHECK(found.because.starts_with("Nix does not say which files"));
    }
}

TEST_CASE("a list of a flake has a key where a pure evaluation in another commit is all") {
    configuration_folder const at;
    process::fake_runner with;
    auto const key = answers(
        fmt::format(R"({{"key":"K","folder":"/nix/store/a-source","counted":"{}"}})", at.folder()));
    with.answers = {key, answers("\"R\"", at.evaluated()), key};
    auto of = asked(0);
    of.source = {
        .kind = plan::source_kind::flake,
        .flake = "git+file:///c?ref=main&dir=hosts",
        .attribute = {"a", "b"}};
    CHECK(key_of(of, "R", with).value().text == "K");
    REQUIRE(with.calls.size() == 3);
    CHECK(with.calls[1].program == "nix");
    CHECK(is_given(with.calls[1], "-vv"));
    CHECK(is_given(
        with.calls[1],
        fmt::format("path:{}?rev={:d>40}&revCount=987654321&dir=hosts#a", at.folder(), "")));
    with.answers = {
        key, fails("error: access to absolute path '/etc/a.nix' is forbidden in pure eval mode "
                   "(use '--impure' to override)\n")};
    CHECK(
        key_of(of, "R", with).value().because ==
        "the configuration reads '/etc/a.nix', which is neither in its folder nor in the store");
    with.answers = {key, answers("\"S\"", at.evaluated())};
    CHECK(key_of(of, "R", with)
              .value()
              .because.starts_with("in a pure evaluation, in another commit"));
}

TEST_CASE("a configuration that changes while it is looked at has no key") {
    for (std::string const again :
         {R"({"key":"L","itself":"R"})", R"({"key":"K","itself":"S"})", R"({"key":"K"})"}) {
        CAPTURE(again);
        configuration_folder const at;
        process::fake_runner with;
        with.answers = {answers(at.key()), answers("\"R\"", at.evaluated()), answers(again)};
        auto const found = key_of(asked(0), "R", with).value();
        CHECK(found.text.empty());
        CHECK(found.because == "the configuration has changed meanwhile");
    }
}

TEST_CASE("a nixpkgs that takes its configuration from the environment is seen") {
    configuration_folder const at;
    process::fake_runner with;
    with.answers = {
        answers(at.key(R"(,"own":"/o")")), answers("\"R\"", at.evaluated()),
        answers(R"({"key":"K","itself":"R"})", "evaluating file '/o/asked-config.nix'\n")};
    auto const found = key_of(asked(0), "R", with).value();
    CHECK(found.because.starts_with("a nixpkgs is imported without `config', which"));
    CHECK(with.calls.back().environment.at("NIXPKGS_CONFIG") == "/o/asked-config.nix");
}

TEST_CASE("what a list is good for once it is written") {
    auto of = asked(0);
    of.source.kind = plan::source_kind::flake;
    auto const found = [&](std::string const& answer) {
        process::fake_runner with;
        with.answers = {answers(answer)};
        return use_of_list(of, "R", with).value();
    };
    CHECK(found(R"({"unused":null,"itself":"R"})").unused.empty());
    CHECK(found(R"({"unused":"x","itself":"R"})").unused == "x");
    CHECK_FALSE(found(R"({"unused":null,"itself":"R"})").changes_system);
    CHECK(found(R"({"unused":null,"itself":"S"})").changes_system);
}

TEST_CASE("a system that is made of what has to be built is evaluated with a store to write to") {
    for (std::string const said :
         {"error: path '/nix/store/a-b.drv' is not valid\n",
          "error: path '/nix/store/a-b.drv' does not exist in the Lix database\n",
          "error: cannot substitute path '/nix/store/a-b' - no write access to the Nix store\n"}) {
        process::fake_runner with;
        with.answers = {fails(said), answers("\"R\"")};
        CHECK(evaluate_list(asked(0), {"a.nix"}, with).value() == "R");
        REQUIRE(with.calls.size() == 2);
        CHECK_FALSE(is_given(with.calls[0], "--read-write-mode"));
        CHECK(is_given(with.calls[1], "--read-write-mode"));
    }
}

TEST_CASE("a list without a key is not looked at further") {
    process::fake_runner with;
    with.answers = {answers(R"({"key":null,"because":"nixpkgs may change"})")};
    auto const found = key_of(asked(0), "R", with).value();
    CHECK(found.text.empty());
    CHECK(found.because == "nixpkgs may change");
}

TEST_CASE("the modules that declare what is at, above or below a path") {
    auto const of = [](names const& path) {
        process::fake_runner with;
        with.answers = {answers(R"({"a":{"b":["x.nix"],"c":["y.nix","x.nix"]}})")};
        return declaring_modules(asked(0), path, with).value();
    };
    CHECK(of({"a", "b"}) == names{"x.nix"});
    CHECK(of({"a"}) == names{"x.nix", "y.nix"});
    CHECK(of({"a", "b", "settings"}) == names{"x.nix"});
    CHECK(of({"a", "d"}).empty());
}

TEST_CASE("a list as a file") {
    CHECK(
        print_list_file(
            {{"k$", "", {{"config", {"nix", "system"}}, {"system", {"build"}}}},
             "/nix/store/r.drv",
             {"a.nix"}}) ==
        "# The modules of nixpkgs that this configuration needs, written by 'dynix modules "
        "needed'. It holds for\n"
        "# the configuration and the nixpkgs of its key; with any other, the whole module list is "
        "used.\n"
        "{\n  version = 1;\n  key = \"k\\$\";\n  result = \"/nix/store/r.drv\";\n  names = {\n"
        "    config = [\n      \"nix\"\n      \"system\"\n    ];\n"
        "    system = [\n      \"build\"\n    ];\n  };\n  modules = [\n    \"a.nix\"\n  ];\n}\n");
    CHECK(print_list_file({{"", "'it' asks", {}}, "r", {}})
              .ends_with("{\n  version = 1;\n  key = \"\";\n  because = \"'it' asks\";\n  result = "
                         "\"r\";\n  names = {\n  };\n  modules = [\n  ];\n}\n"));
}
