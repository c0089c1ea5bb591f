#include "dynix/evaluation/questions.hpp"

#include "dynix/process/fake_runner.hpp"
#include "dynix/test.hpp"

#include <algorithm>

using namespace dynix;
using namespace dynix::evaluation;

namespace {

questioner const by{
    {plan::source_kind::file, {}, {}, "/etc/nixos/system.nix", {}, {}},
    {"/etc/nixos/system.nix", "/nixpkgs"},
    "x=/x"};

process::outcome said(int code, std::string out, std::string err = {}) {
    process::outcome it;
    it.exit_code = code;
    it.out = std::move(out);
    it.err = std::move(err);
    return it;
}

constexpr auto complete = "trace: dynix-subject [\"system\",\"toplevel\"]\n";
constexpr auto aborted = "error: evaluation aborted with the following error message: "
                         "'dynix-canary services.bar.threads'\n";

} // namespace

TEST_CASE("Nix may read the known roots only") {
    auto const command = question_command(by, "proveWhole", {{"a.b"}, {"a.service"}});
    CHECK(command.environment.at("NIX_PATH") == "x=/x");
    auto const& args = command.args;
    auto const has = [&](std::vector<std::string> const& words) {
        return std::search(args.begin(), args.end(), words.begin(), words.end()) != args.end();
    };
    CHECK(has({"--option", "restrict-eval", "true"}));
    CHECK(has({"--option", "allowed-uris", ""}));
    CHECK(!command.environment.contains("XDG_CACHE_HOME"));
    CHECK(has({"-I", "dynix-root-0=/etc/nixos/system.nix", "-I", "dynix-root-1=/nixpkgs"}));
    CHECK(has({"--argstr", "question", R"({"options":["a.b"],"readable":["a.service"]})"}));
    CHECK(has({"--argstr", "about", "proveWhole"}));
}

TEST_CASE("of a flake Nix reads what the lock names, and no earlier answer is one") {
    questioner const of_flake{
        {plan::source_kind::flake, {}, {}, {}, "git+file:/x?dir=y", {"nixosConfigurations", "m"}},
        {},
        ""};
    auto const command = question_command(of_flake, "proveWhole", {{"a.\"${b}\""}, {}});
    CHECK(command.program == "nix");
    auto const& args = command.args;
    CHECK(std::ranges::find(args, "--impure") == args.end());
    CHECK(std::ranges::find(args, "--no-update-lock-file") != args.end());
    CHECK(std::ranges::find(args, "git+file:/x?dir=y#nixosConfigurations") != args.end());
    auto const cache = std::ranges::find(args, "eval-cache");
    REQUIRE(cache != args.end());
    CHECK(*std::next(cache) == "false");
    auto const& body = args.back();
    CHECK(body.find("attribute = \"[\\\"m\\\"]\";") != std::string::npos);
    CHECK(body.find("about = \"proveWhole\";") != std::string::npos);
    // Nothing of a name is a part of the expression.
    CHECK(body.find("\\${b}") != std::string::npos);
    CHECK(body.find("\\\\\\\"") != std::string::npos);
}

TEST_CASE("the lines of a screening tell which part looks at which option") {
    process::fake_runner nix;
    nix.answers.push_back(said(
        0, R"(["services.bar.threads"])",
        "trace: dynix-subject [\"etc\",\"*\"]\n"
        "trace: dynix-subject [\"etc\",\"foo.conf\"]\n"
        "trace: dynix-canary services.bar.threads\n"
        "trace: something else\n"
        "trace: dynix-canary services.bar.\"a.b\"\n"
        "trace: dynix-subject [\"unit\",\"foo.service\"]\n"
        "trace: dynix-canary services.bar.threads\n"
        "trace: dynix-subject [\"user\",\"foo\"]\n"));
    auto const found = ask_screen(by, nix);
    REQUIRE(found);
    std::map<std::string, std::set<part>> const wanted = {
        {"services.bar.threads", {{"etc", "foo.conf"}, {"unit", "foo.service"}}},
        {"services.bar.\"a.b\"", {{"etc", "foo.conf"}}}};
    CHECK(found->reaches == wanted);
    CHECK(found->options == std::vector<std::string>{"services.bar.threads"});
}

TEST_CASE("an evaluation that a canary ends is an answer, and any other that fails an error") {
    process::fake_runner nix;
    nix.answers.push_back(said(1, "{\"toplevel\":", aborted));
    auto const whole = ask_whole(by, {}, nix);
    REQUIRE(whole);
    CHECK(whole->met == "services.bar.threads");
    nix.answers.push_back(said(1, "", "trace: x\nerror: access to path '/srv' is forbidden\n"));
    auto const failed = ask_readers(by, {}, nix);
    REQUIRE(!failed);
    auto const text = render(failed.error());
    CHECK(text.find("access to path '/srv' is forbidden") != std::string::npos);
    CHECK(text.find("trace: x") == std::string::npos);
    // Killed while it said so.
    auto killed = said(0, "", aborted);
    killed.signal = 9;
    nix.answers.push_back(killed);
    CHECK(!ask_readers(by, {}, nix));
}

TEST_CASE("what is fetched by its hash is known, and of all else Nix has no cache") {
    process::fake_runner nix;
    nix.answers.push_back(
        said(1, "", "error: access to URI 'https://example.org/a' is forbidden\n"));
    nix.answers.push_back(said(0, R"({"made":"m"})", complete));
    auto const found = ask_readers(by, {}, nix);
    REQUIRE(found);
    CHECK(found->made == "m");
    REQUIRE(nix.calls.size() == 2);
    auto const& args = nix.calls[1].args;
    CHECK(args[args.size() - 2] == "allowed-uris");
    CHECK(args.back() == "https:// http://");
    for (auto const* place : {"XDG_CACHE_HOME", "NIX_CACHE_HOME"})
        CHECK(nix.calls[1].environment.at(place) == "/dev/null");
}

TEST_CASE("where Nix may not look, the way out is one that there is") {
    std::pair<char const*, char const*> const cases[] = {
        {"access to absolute path '/srv/a.nix' is forbidden",
         "can be named in 'dynamicism.source.roots'"},
        {"access to URI 'ssh://example.org/a' is forbidden", "keep a copy"},
        {"creating directory '/dev/null': No such file or directory", "keep a copy"},
        {"access to absolute path '/srv/a.nix' is forbidden\ntest -e b 2>/dev/null",
         "can be named in 'dynamicism.source.roots'"}};
    for (auto const& [what, way_out] : cases) {
        process::fake_runner nix;
        nix.answers.push_back(said(1, "", "error: " + std::string(what) + "\n"));
        auto const found = ask_readers(by, {}, nix);
        REQUIRE(!found);
        CHECK(found.error().hint.find(way_out) != std::string::npos);
    }
}

TEST_CASE("what the checks look at is told before the planned units look at the same") {
    process::fake_runner nix;
    nix.answers.push_back(said(
        0, R"({"assertions":9,"made":"m","toplevel":"/nix/store/x","warnings":[]})",
        std::string("trace: dynix-canary services.bar.early\n"
                    "trace: dynix-subject [\"assertion\",\"*\"]\n"
                    "trace: dynix-canary services.bar.threads\n"
                    "trace: dynix-subject [\"warning\",\"*\"]\n"
                    "trace: dynix-canary services.bar.limit\n") +
            complete + "trace: dynix-canary services.bar.pool\n"));
    auto const whole = ask_whole(by, {}, nix);
    REQUIRE(whole);
    CHECK(
        whole->checked ==
        std::set<std::string>{"services.bar.early", "services.bar.threads", "services.bar.limit"});
}

TEST_CASE("what is made of a file is told before the complete system, which looks at it") {
    process::fake_runner nix;
    auto const looks = std::string("trace: dynix-canary /etc/systemd/system\n");
    nix.answers.push_back(said(0, R"({"made":"m"})", complete + looks));
    auto const none = ask_readers(by, {}, nix);
    REQUIRE(none);
    CHECK(!none->met);
    CHECK(none->made == "m");
    nix.answers.push_back(
        said(0, R"({"made":"m"})", "trace: dynix-subject [\"system\",\"*\"]\n" + looks + complete));
    auto const one = ask_readers(by, {}, nix);
    REQUIRE(one);
    CHECK(one->met == "/etc/systemd/system");
}

TEST_CASE("where no line arrives, that no line names an option proves nothing") {
    process::fake_runner nix;
    nix.answers.push_back(
        said(0, R"({"assertions":9,"made":"m","toplevel":"/nix/store/x","warnings":[]})"));
    CHECK(!ask_whole(by, {}, nix));
    nix.answers.push_back(said(0, R"({"made":"m"})", "trace: dynix-subject [\"system\",\"*\"]\n"));
    CHECK(!ask_readers(by, {}, nix));
}

TEST_CASE("an answer is complete or none") {
    process::fake_runner nix;
    nix.answers.push_back(said(
        0, R"({"assertions":9,"made":"m","toplevel":"/nix/store/x","warnings":["old"]})",
        complete));
    auto const whole = ask_whole(by, {}, nix);
    REQUIRE(whole);
    CHECK(!whole->met);
    CHECK(whole->toplevel == "/nix/store/x");
    CHECK(whole->warnings == std::vector<std::string>{"old"});
    CHECK(whole->assertions == 9);
    for (auto const* text :
         {"", "{", "{}", "[]", R"({"assertions":9,"toplevel":"/nix/store/x","warnings":[]})"}) {
        CAPTURE(text);
        nix.answers.push_back(said(0, text, complete));
        CHECK(!ask_whole(by, {}, nix));
    }
    for (auto const* text : {"", "{}", "true"}) {
        CAPTURE(text);
        nix.answers.push_back(said(0, text, complete));
        CHECK(!ask_readers(by, {}, nix));
    }
    nix.answers.push_back(said(0, R"({"made":"m"})", complete));
    CHECK(ask_readers(by, {}, nix)->made == "m");
    for (auto const* text : {"", "{}", "[1]"}) {
        CAPTURE(text);
        nix.answers.push_back(said(0, text));
        CHECK(!ask_screen(by, nix));
    }
}
