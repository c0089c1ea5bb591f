#include "dynix/evaluation/certify.hpp"

#include "dynix/base/test_folder.hpp"
#include "dynix/evaluation/test_opened_folder.hpp"
#include "dynix/process/fake_runner.hpp"
#include "dynix/test.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace dynix;
using namespace dynix::evaluation;

namespace {

namespace fs = std::filesystem;

constexpr auto runs = "/nix/store/x-nixos-system";

constexpr auto complete = "trace: dynix-subject [\"system\",\"toplevel\"]\n";

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
    void screened(std::string lines = {}, std::string options = R"(["a.one","a.two","a.three"])") {
        says(0, std::move(options), std::move(lines));
    }
    void good_readers(std::string const& lines = {}) {
        says(0, R"({"made":"m"})", lines + complete);
    }
    void good_whole(std::string const& toplevel = runs, std::string const& lines = {}) {
        says(
            0, R"({"assertions":9,"made":"m","warnings":[],"toplevel":")" + toplevel + "\"}",
            lines + complete);
    }
    // The options of the last question.
    std::string last_question() const { return nix.calls.back().args.back(); }
};

} // namespace

TEST_CASE("what no part looks at is proved together") {
    machine host;
    host.screened();
    host.good_readers();
    host.good_whole();
    auto const made = certify(host.request, host.nix);
    REQUIRE(made);
    CHECK(made->proved == std::vector<std::string>{"a.one", "a.two", "a.three"});
    CHECK(made->reaches.empty());
    CHECK(made->running == runs);
    CHECK(made->assertions == 9);
    CHECK(made->key == *current_key(host.request.what));
}

TEST_CASE("a certificate is found for as long as nothing changes") {
    machine host;
    host.screened();
    host.good_readers();
    host.good_whole();
    test_folder const cache;
    store const where{cache.path("root")};
    fs::create_directories(where.root + "/var/cache");
    host.request.what.search_path = "x=" + host.folder.path("x");
    fs::create_directories(host.folder.path("parts"));
    std::ofstream(host.folder.path("parts/a.nix")) << "{ }";
    CHECK(find_certificate(where, host.request.what)->has_value() == false);
    auto const made = certify(host.request, host.nix);
    REQUIRE(made);
    REQUIRE(save(where, *made));
    // Whoever applies may have another search path: it is evaluated with that of the certificate.
    auto asked = host.request.what;
    asked.search_path.clear();
    REQUIRE(find_certificate(where, asked));
    CHECK(find_certificate(where, asked)->value().search_path == host.request.what.search_path);
    SUBCASE("the dynamic file may") {
        std::ofstream(host.folder.path("dynamic.nix")) << "{ }";
        CHECK(find_certificate(where, asked));
    }
    SUBCASE("the names of its files may be others, or gone") {
        for (auto const* names : {"", "x", "system.nix"}) {
            std::ofstream(where.names_of(runs)) << names;
            CHECK(find_certificate(where, asked));
        }
        fs::remove(where.names_of(runs));
        CHECK(find_certificate(where, asked));
        std::ofstream(host.folder.path("system.nix")) << "{ edited = true; }";
        CHECK(!find_certificate(where, asked));
    }
    SUBCASE("no folder is listed to see that, or that a file has been edited") {
        test_opened_folder const parts(host.folder.path("parts"));
        CHECK(find_certificate(where, asked));
        std::ofstream(host.folder.path("parts/a.nix")) << "{ edited = true; }";
        CHECK(!find_certificate(where, asked));
        CHECK(!parts.was_listed());
        fs::remove(where.names_of(runs));
        CHECK(!find_certificate(where, asked));
        CHECK(parts.was_listed());
    }
    SUBCASE("a file comes beside the configuration") {
        std::ofstream(host.folder.path("hardware.nix")) << "{ }";
        CHECK(!find_certificate(where, asked));
    }
    SUBCASE("the configuration is edited") {
        std::ofstream(host.folder.path("system.nix")) << "{ edited = true; }";
        CHECK(!find_certificate(where, asked));
    }
    SUBCASE("what an entry of the search path names comes") {
        std::ofstream(host.folder.path("x")) << "{ }";
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

TEST_CASE("what is seen to reach another part is named and left out") {
    machine host;
    host.screened("trace: dynix-subject [\"unit\",\"b.service\"]\ntrace: dynix-canary a.one\n"
                  "trace: dynix-subject [\"unit\",\"b.service\"]\ntrace: dynix-canary a.two\n");
    host.good_readers();
    host.good_whole();
    auto const made = certify(host.request, host.nix);
    REQUIRE(made);
    CHECK(made->proved == std::vector<std::string>{"a.three"});
    CHECK(made->reaches.at("a.one") == std::set<part>{{"unit", "b.service"}});
    CHECK(made->reaches.at("a.two") == std::set<part>{{"unit", "b.service"}});
    CHECK(host.last_question() == R"({"options":["a.three"],"readable":[]})");
}

TEST_CASE("assertions and warnings may look: an apply evaluates them") {
    machine host;
    host.screened();
    host.good_readers();
    host.good_whole(
        runs, "trace: dynix-subject [\"assertion\",\"*\"]\ntrace: dynix-canary a.one\n"
              "trace: dynix-subject [\"warning\",\"*\"]\ntrace: dynix-canary a.two\n");
    auto const made = certify(host.request, host.nix);
    REQUIRE(made);
    CHECK(made->proved.size() == 3);
    CHECK(made->unchecked == std::vector<std::string>{"a.three"});
}

TEST_CASE("an option that no check looks at is one, whatever they look at of its service") {
    machine host;
    host.screened({}, R"(["services.a.one","services.a.two","services.b.one"])");
    host.good_readers();
    host.good_whole(runs, "trace: dynix-canary services.a.two\n");
    auto const made = certify(host.request, host.nix);
    REQUIRE(made);
    CHECK(made->proved.size() == 3);
    CHECK(made->unchecked == std::vector<std::string>{"services.a.one", "services.b.one"});
}

TEST_CASE("a line may be garbled: then checks look at the option in it, or at any") {
    using texts = std::vector<std::string>;
    std::vector<std::pair<std::string, texts>> const cases{
        {"trace: dynix-canary a.tw", {}},
        {"trace: dynix-canary a.twotrace: dynix-canary a.one", {}},
        {"warning: old trace: dynix-canary a.two", {"a.one", "a.three"}},
        {"trace: dynix-subject [\"assertion\",\"*\"]trace: dynix-canary a.two",
         {"a.one", "a.three"}}};
    for (auto const& one : cases) {
        CAPTURE(one.first);
        machine host;
        host.screened();
        host.good_readers();
        host.good_whole(runs, one.first + "\n");
        auto const made = certify(host.request, host.nix);
        REQUIRE(made);
        CHECK(made->proved.size() == 3);
        CHECK(made->unchecked == one.second);
    }
}

TEST_CASE("checks that look at all services are asked in one evaluation") {
    machine host;
    host.screened({}, R"(["services.a.one","services.b.one","services.c.one"])");
    host.good_readers();
    std::string lines;
    for (auto const* service : {"a", "b", "c"})
        lines += std::string("trace: dynix-canary services.") + service + ".one\n";
    host.good_whole(runs, lines);
    auto const made = certify(host.request, host.nix);
    REQUIRE(made);
    CHECK(made->proved.size() == 3);
    CHECK(made->unchecked.empty());
    CHECK(host.nix.calls.size() == 3);
}

TEST_CASE("an option that reaches another part is not one of those that no check looks at") {
    machine host;
    host.screened();
    host.good_readers();
    host.says(1, "", met("a.two"));
    host.good_readers();
    host.good_whole();
    auto const made = certify(host.request, host.nix);
    REQUIRE(made);
    CHECK(made->proved == std::vector<std::string>{"a.one", "a.three"});
    CHECK(made->unchecked == made->proved);
}

TEST_CASE("where the system is made of what is neutral in it, nothing is proved") {
    machine host;
    host.screened();
    host.says(0, R"({"made":"another"})", complete);
    host.good_whole();
    auto const made = certify(host.request, host.nix);
    REQUIRE(made);
    CHECK(made->proved.empty());
    CHECK(made->unchecked.empty());
    CHECK(made->reaches.at("a.one") == std::set<part>{{"system", "/etc/systemd/system"}});
}

TEST_CASE("the last word is that of the evaluation that ends") {
    machine host;
    host.screened();
    host.says(1, "", met("a.two"));
    host.good_readers();
    host.says(1, "{\"toplevel\":", met("a.one"));
    host.good_readers();
    host.good_whole();
    auto const made = certify(host.request, host.nix);
    REQUIRE(made);
    CHECK(made->proved == std::vector<std::string>{"a.three"});
    CHECK(made->reaches.size() == 2);
}

TEST_CASE("a unit that others are made of keeps its text, so that its options are met there") {
    machine host;
    host.screened();
    host.says(1, "", met("a.service"));
    host.says(1, "", met("a.one"));
    host.good_readers();
    host.good_whole();
    auto const made = certify(host.request, host.nix);
    REQUIRE(made);
    CHECK(made->proved == std::vector<std::string>{"a.two", "a.three"});
    CHECK(host.last_question() == R"({"options":["a.two","a.three"],"readable":["a.service"]})");
}

TEST_CASE("where something is made of what every override changes, nothing is proved") {
    for (auto const* what : {"/etc/systemd/system", "assertions", "warnings"})
        for (bool const ends : {false, true}) {
            CAPTURE(what);
            CAPTURE(ends);
            machine host;
            host.screened();
            if (ends)
                host.says(1, "", met(what));
            else
                host.good_readers(std::string("trace: dynix-canary ") + what + "\n");
            auto const made = certify(host.request, host.nix);
            REQUIRE(made);
            CHECK(made->proved.empty());
            CHECK(made->reaches.size() == 3);
        }
}

TEST_CASE("no certificate for a configuration that is not what runs") {
    machine host;
    host.screened();
    host.good_readers();
    host.good_whole("/nix/store/another");
    auto const made = certify(host.request, host.nix);
    REQUIRE(!made);
    CHECK(made.error().message.find("not the system that runs") != std::string::npos);
}

TEST_CASE("no certificate where an evaluation fails") {
    machine host;
    host.screened();
    host.good_readers();
    host.says(1, "", "error: access to path '/srv/a.nix' is forbidden in restricted mode\n");
    CHECK(!certify(host.request, host.nix));
}

TEST_CASE("no certificate where a file changes meanwhile") {
    for (auto const* name : {"system.nix", "another.nix"}) {
        CAPTURE(name);
        machine host;
        host.screened();
        host.good_readers();
        host.good_whole();
        host.request.on_step = [&](std::string_view what) {
            if (what == "whole")
                std::ofstream(host.folder.path(name)) << "{ edited = true; }";
        };
        auto const made = certify(host.request, host.nix);
        REQUIRE(!made);
        CHECK(made.error().message.find("changed while") != std::string::npos);
    }
}

TEST_CASE("of a flake the certificate holds for the state that it was asked in") {
    machine host;
    host.request.what.record.source = {
        plan::source_kind::flake, {}, {}, {}, "github:owner/machine", {"nixosConfigurations", "m"}};
    auto& flake = host.request.what.flake;
    flake.url = "github:owner/machine";
    auto const metadata = [](std::string const& source) {
        return R"({"path":")" + source + R"(","locked":{},"locks":{}})";
    };
    auto const ask = [&] {
        host.screened();
        host.good_readers();
        host.good_whole();
    };
    process::fake_runner nix;
    process::outcome described;
    described.out = metadata("/nix/store/a-source");
    nix.answers.emplace_back(described);
    flake.lock = look_at_flake(flake.url, nix)->lock;
    ask();
    SUBCASE("which another source ends") {
        host.says(0, metadata("/nix/store/a-source"));
        auto const made = certify(host.request, host.nix);
        REQUIRE(made);
        auto const& args = host.nix.calls.at(0).args;
        CHECK(std::ranges::find(args, "github:owner/machine#nixosConfigurations") != args.end());
        test_folder const cache;
        store const where{cache.path("root")};
        fs::create_directories(where.root + "/var/cache");
        REQUIRE(save(where, *made));
        CHECK(find_certificate(where, host.request.what)->has_value());
        flake.lock = "another";
        CHECK(!find_certificate(where, host.request.what));
    }
    SUBCASE("and so do its slices") {
        host.says(0, metadata("/nix/store/a-source"));
        auto const made = certify(host.request, host.nix);
        REQUIRE(made);
        host.says(0, R"({"path":"/m","services":[]})");
        host.says(0, metadata("/nix/store/a-source"));
        CHECK(make_slices(host.request, *made, host.nix));
        host.says(0, R"({"path":"/m","services":[]})");
        host.says(0, metadata("/nix/store/b-source"));
        auto const edited = make_slices(host.request, *made, host.nix);
        REQUIRE(!edited);
        CHECK(edited.error().message.find("changed while") != std::string::npos);
    }
    SUBCASE("and there is none when it is edited meanwhile") {
        host.says(0, metadata("/nix/store/b-source"));
        auto const made = certify(host.request, host.nix);
        REQUIRE(!made);
        CHECK(made.error().message.find("changed while") != std::string::npos);
    }
    SUBCASE("nor when it is gone") {
        host.says(1, "", "error: there is no flake\n");
        CHECK(!certify(host.request, host.nix));
    }
}

TEST_CASE("what asks for files that are not to be seen is refused before anything is evaluated") {
    machine host;
    std::ofstream(host.folder.path("system.nix")) << "builtins.pathExists \"/etc/x\"";
    CHECK(!certify(host.request, host.nix));
    CHECK(host.nix.calls.empty());
}

TEST_CASE("a system without dynamic options has a certificate of nothing") {
    machine host;
    host.says(0, "[]");
    auto const made = certify(host.request, host.nix);
    REQUIRE(made);
    CHECK(made->proved.empty());
    CHECK(host.nix.calls.size() == 1);
}
