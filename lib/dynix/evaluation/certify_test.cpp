#include "dynix/evaluation/certify.hpp"

#include "dynix/base/test_folder.hpp"
#include "dynix/process/fake_runner.hpp"
#include "dynix/test.hpp"

#include <filesystem>
#include <fstream>

using namespace dynix;
using namespace dynix::evaluation;

namespace {

namespace fs = std::filesystem;

constexpr auto runs = "/nix/store/x-nixos-system";

std::string met(std::string const& what) {
    return "error: evaluation aborted with the following error message: 'dynix-canary " + what +
           "'\n";
}

struct machine {
    test_folder folder{};
    process::fake_runner nix{};
    certify_request request{};

    machine() {
        std::ofstream(folder.path("system.nix")) << "{ }";
        request.what.running = runs;
        request.what.record.dynamic_file = folder.path("dynamic.nix");
        request.what.record.source.kind = plan::source_kind::file;
        request.what.record.source.file = folder.path("system.nix");
        request.quiet = std::chrono::milliseconds(0);
    }

    void says(int code, std::string out, std::string err = {}) {
        process::outcome it;
        it.exit_code = code;
        it.out = std::move(out);
        it.err = std::move(err);
        nix.answers.push_back(it);
    }
    void targets() { says(0, R"(["a.one","a.two","a.three"])"); }
    void screened(std::string lines = {}) { says(0, "[]", std::move(lines)); }
    void good_readers() { says(0, "true"); }
    void good_checks() { says(0, "true"); }
    void good_whole(std::string const& toplevel = runs) {
        says(0, R"({"assertions":9,"warnings":[],"toplevel":")" + toplevel + "\"}");
    }
    // The options of the last question.
    std::string last_question() const { return nix.calls.back().args.back(); }
};

} // namespace

TEST_CASE("what no part looks at is proved together") {
    machine on;
    on.targets();
    on.screened();
    on.good_readers();
    on.good_whole();
    on.good_checks();
    auto const made = certify(on.request, on.nix);
    REQUIRE(made);
    CHECK(made->proved == std::vector<std::string>{"a.one", "a.two", "a.three"});
    CHECK(made->reaches.empty());
    CHECK(made->running == runs);
    CHECK(made->assertions == 9);
    CHECK(made->key == *current_key(on.request.what));
}

TEST_CASE("a certificate is found for as long as nothing changes") {
    machine on;
    on.targets();
    on.screened();
    on.good_readers();
    on.good_whole();
    on.good_checks();
    test_folder const cache;
    store const where{cache.path("root")};
    fs::create_directories(where.root + "/var/cache");
    on.request.what.search_path = "x=" + on.folder.path("x");
    CHECK(find_certificate(where, on.request.what)->has_value() == false);
    auto const made = certify(on.request, on.nix);
    REQUIRE(made);
    REQUIRE(save(where, *made));
    // Whoever applies may have another search path: it is evaluated with that of the certificate.
    auto asked = on.request.what;
    asked.search_path.clear();
    REQUIRE(find_certificate(where, asked));
    CHECK(find_certificate(where, asked)->value().search_path == on.request.what.search_path);
    SUBCASE("the dynamic file may") {
        std::ofstream(on.folder.path("dynamic.nix")) << "{ }";
        CHECK(find_certificate(where, asked));
    }
    SUBCASE("the configuration is edited") {
        std::ofstream(on.folder.path("system.nix")) << "{ edited = true; }";
        CHECK(!find_certificate(where, asked));
    }
    SUBCASE("what an entry of the search path names comes") {
        std::ofstream(on.folder.path("x")) << "{ }";
        CHECK(!find_certificate(where, asked));
    }
    SUBCASE("it is that of another Nix") {
        asked.nix = "another";
        CHECK(!find_certificate(where, asked));
    }
    SUBCASE("it is that of another system, under this one's name") {
        asked.running = "/nix/store/y-nixos-system";
        fs::rename(where.file_of(runs), where.file_of(asked.running));
        CHECK(!find_certificate(where, asked));
    }
}

TEST_CASE("what is seen to reach another part is named and left out, layer by layer") {
    machine on;
    on.targets();
    on.screened("trace: dynix-subject [\"unit\",\"b.service\"]\ntrace: dynix-canary a.one\n");
    on.screened("trace: dynix-subject [\"unit\",\"b.service\"]\ntrace: dynix-canary a.two\n");
    on.screened();
    on.good_readers();
    on.good_whole();
    on.good_checks();
    auto const made = certify(on.request, on.nix);
    REQUIRE(made);
    CHECK(made->proved == std::vector<std::string>{"a.three"});
    CHECK(made->reaches.at("a.one") == std::set<part>{{"unit", "b.service"}});
    CHECK(made->reaches.at("a.two") == std::set<part>{{"unit", "b.service"}});
    CHECK(on.last_question() == R"({"options":["a.three"],"readable":[]})");
}

TEST_CASE("assertions and warnings may look: an apply evaluates them") {
    machine on;
    on.targets();
    on.screened("trace: dynix-subject [\"assertion\",\"m.nix\"]\ntrace: dynix-canary a.one\n"
                "trace: dynix-subject [\"warning\",\"*\"]\ntrace: dynix-canary a.two\n");
    on.good_readers();
    on.good_whole();
    on.good_checks();
    auto const made = certify(on.request, on.nix);
    REQUIRE(made);
    CHECK(made->proved.size() == 3);
    CHECK(made->unchecked == std::vector<std::string>{"a.three"});
}

TEST_CASE(
    "what an assertion is met looking at is proved, and with its service evaluated by an apply") {
    machine on;
    on.says(0, R"(["services.a.one","services.a.two","services.b.one"])");
    on.screened();
    on.good_readers();
    on.good_whole();
    on.says(1, "", met("services.a.two"));
    on.good_checks();
    auto const made = certify(on.request, on.nix);
    REQUIRE(made);
    CHECK(made->proved.size() == 3);
    CHECK(made->unchecked == std::vector<std::string>{"services.b.one"});
}

TEST_CASE("checks that look at one service after the other are taken to look at all") {
    machine on;
    on.says(0, R"(["services.a.one","services.b.one","services.c.one","services.d.one"])");
    on.screened();
    on.good_readers();
    on.good_whole();
    on.says(1, "", met("services.a.one"));
    on.says(1, "", met("services.b.one"));
    auto const made = certify(on.request, on.nix);
    REQUIRE(made);
    CHECK(made->proved.size() == 4);
    CHECK(made->unchecked.empty());
    CHECK(on.nix.answers.empty());
}

TEST_CASE("the last word is that of the evaluation that ends") {
    machine on;
    on.targets();
    on.screened();
    on.says(1, "", met("a.two"));
    on.good_readers();
    on.says(1, "{\"toplevel\":", met("a.one"));
    on.good_readers();
    on.good_whole();
    on.good_checks();
    auto const made = certify(on.request, on.nix);
    REQUIRE(made);
    CHECK(made->proved == std::vector<std::string>{"a.three"});
    CHECK(made->reaches.size() == 2);
}

TEST_CASE("a unit that others are made of keeps its text, so that its options are met there") {
    machine on;
    on.targets();
    on.screened();
    on.says(1, "", met("a.service"));
    on.says(1, "", met("a.one"));
    on.good_readers();
    on.good_whole();
    on.good_checks();
    auto const made = certify(on.request, on.nix);
    REQUIRE(made);
    CHECK(made->proved == std::vector<std::string>{"a.two", "a.three"});
    CHECK(on.last_question() == R"({"options":["a.two","a.three"],"readable":["a.service"]})");
}

TEST_CASE("where something is made of what every override changes, nothing is proved") {
    for (auto const* what : {"/etc/systemd/system", "assertions", "warnings"}) {
        CAPTURE(what);
        machine on;
        on.targets();
        on.screened();
        on.says(1, "", met(what));
        auto const made = certify(on.request, on.nix);
        REQUIRE(made);
        CHECK(made->proved.empty());
        CHECK(made->reaches.size() == 3);
    }
}

TEST_CASE("no certificate for a configuration that is not what runs") {
    machine on;
    on.targets();
    on.screened();
    on.good_readers();
    on.good_whole("/nix/store/another");
    auto const made = certify(on.request, on.nix);
    REQUIRE(!made);
    CHECK(made.error().message.find("not the system that runs") != std::string::npos);
}

TEST_CASE("no certificate where an evaluation fails") {
    machine on;
    on.targets();
    on.screened();
    on.good_readers();
    on.says(1, "", "error: access to path '/srv/a.nix' is forbidden in restricted mode\n");
    CHECK(!certify(on.request, on.nix));
}

TEST_CASE("no certificate where a file changes meanwhile") {
    for (auto const* name : {"system.nix", "another.nix"}) {
        CAPTURE(name);
        machine on;
        on.targets();
        on.screened();
        on.good_readers();
        on.good_whole();
        on.good_checks();
        on.request.on_step = [&](std::string_view what) {
            if (what == "whole")
                std::ofstream(on.folder.path(name)) << "{ edited = true; }";
        };
        auto const made = certify(on.request, on.nix);
        REQUIRE(!made);
        CHECK(made.error().message.find("changed while") != std::string::npos);
    }
}

TEST_CASE("of a flake the certificate holds for the state that it was asked in") {
    machine on;
    on.request.what.record.source = {
        plan::source_kind::flake, {}, {}, {}, "github:owner/machine", {"nixosConfigurations", "m"}};
    auto& flake = on.request.what.flake;
    flake.url = "github:owner/machine";
    auto const metadata = [](std::string const& source) {
        return R"({"path":")" + source + R"(","locked":{},"locks":{}})";
    };
    auto const ask = [&] {
        on.targets();
        on.screened();
        on.good_readers();
        on.good_whole();
        on.good_checks();
    };
    process::fake_runner nix;
    process::outcome described;
    described.out = metadata("/nix/store/a-source");
    nix.answers.emplace_back(described);
    flake.lock = look_at_flake(flake.url, nix)->lock;
    ask();
    SUBCASE("which another source ends") {
        on.says(0, metadata("/nix/store/a-source"));
        auto const made = certify(on.request, on.nix);
        REQUIRE(made);
        CHECK(on.nix.calls.at(0).args.at(8) == "github:owner/machine#nixosConfigurations");
        test_folder const cache;
        store const where{cache.path("root")};
        fs::create_directories(where.root + "/var/cache");
        REQUIRE(save(where, *made));
        CHECK(find_certificate(where, on.request.what)->has_value());
        flake.lock = "another";
        CHECK(!find_certificate(where, on.request.what));
    }
    SUBCASE("and so do its slices") {
        on.says(0, metadata("/nix/store/a-source"));
        auto const made = certify(on.request, on.nix);
        REQUIRE(made);
        on.says(0, R"({"path":"/m","services":[]})");
        on.says(0, metadata("/nix/store/a-source"));
        CHECK(make_slices(on.request, *made, on.nix));
        on.says(0, R"({"path":"/m","services":[]})");
        on.says(0, metadata("/nix/store/b-source"));
        auto const edited = make_slices(on.request, *made, on.nix);
        REQUIRE(!edited);
        CHECK(edited.error().message.find("changed while") != std::string::npos);
    }
    SUBCASE("and there is none when it is edited meanwhile") {
        on.says(0, metadata("/nix/store/b-source"));
        auto const made = certify(on.request, on.nix);
        REQUIRE(!made);
        CHECK(made.error().message.find("changed while") != std::string::npos);
    }
    SUBCASE("nor when it is gone") {
        on.says(1, "", "error: there is no flake\n");
        CHECK(!certify(on.request, on.nix));
    }
}

TEST_CASE("what asks for files that are not to be seen is refused before anything is evaluated") {
    machine on;
    std::ofstream(on.folder.path("system.nix")) << "builtins.pathExists \"/etc/x\"";
    CHECK(!certify(on.request, on.nix));
    CHECK(on.nix.calls.empty());
}

TEST_CASE("a system without dynamic options has a certificate of nothing") {
    machine on;
    on.says(0, "[]");
    auto const made = certify(on.request, on.nix);
    REQUIRE(made);
    CHECK(made->proved.empty());
    CHECK(on.nix.calls.size() == 1);
}
