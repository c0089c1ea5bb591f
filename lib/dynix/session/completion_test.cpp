#include "dynix/session/completion.hpp"

#include "dynix/session/test_system.hpp"

using namespace dynix;
using namespace dynix::session;

namespace {

using words = std::vector<std::string>;

words words_of(std::vector<candidate> const& all) {
    words out;
    for (auto const& one : all)
        out.push_back(one.word);
    return out;
}

words paths(std::string const& typed, std::string const& entries = {}) {
    test_files const host(entries);
    return words_of(path_candidates(host.schema, host.file, typed));
}

words values(std::string const& path) {
    test_files const host;
    return words_of(value_candidates(host.schema, path));
}

} // namespace

TEST_CASE("a path goes on to its next name, through groups that are the only one") {
    // 'boot' has nothing that may change.
    CHECK(paths("") == words{"services.mail.", "services.web."});
    CHECK(paths("serv") == words{"services.mail.", "services.web."});
    CHECK(paths("services.m") == words{"services.mail.enable"});
    CHECK(
        paths("services.web.") == words{
                                      "services.web.hosts.", "services.web.hosts",
                                      "services.web.jobs", "services.web.level"});
    CHECK(paths("services.web.l") == words{"services.web.level"});
    CHECK(paths("services.web.port").empty());
    CHECK(paths("services.old.l") == words{"services.old.level"});
    CHECK(paths("nowhere.").empty());
    CHECK(paths("a..").empty());
}

TEST_CASE(
    "free names are those of the static value and of the overrides, quoted where they must be") {
    auto const own = "{ services.web.hosts.mine.root = lib.mkOverride (-1) \"/m\"; }";
    CHECK(
        paths("services.web.hosts.") ==
        words{"services.web.hosts.\"a.b\".", "services.web.hosts.\"a.b\""});
    CHECK(
        paths("services.web.hosts.", own) ==
        words{
            "services.web.hosts.\"a.b\".", "services.web.hosts.\"a.b\"", "services.web.hosts.mine.",
            "services.web.hosts.mine"});
    CHECK(
        paths("services.web.hosts.m", own) ==
        words{"services.web.hosts.mine.", "services.web.hosts.mine"});
    // A name that was begun with a quote goes on with one.
    CHECK(
        paths("services.web.hosts.\"m", own) ==
        words{"services.web.hosts.\"mine\".", "services.web.hosts.\"mine\""});
    CHECK(paths("services.web.hosts.\"a.b\".r") == words{"services.web.hosts.\"a.b\".root"});
}

TEST_CASE("a candidate says what it takes") {
    test_files const host;
    auto const found = path_candidates(host.schema, host.file, "services.web.j");
    REQUIRE(found.size() == 1);
    CHECK(found.front().about == "signed integer");
    auto const hosts = path_candidates(host.schema, host.file, "services.web.h");
    REQUIRE(hosts.size() == 2);
    CHECK(hosts.front().about == "what is below it");
}

TEST_CASE("the values of an option are offered as append reads them") {
    CHECK(values("services.web.level") == words{"so so", "low", "null"});
    CHECK(values("services.mail.enable") == words{"true", "false"});
    CHECK(values("services.web.jobs") == words{"2"}); // the static one: there are too many
    CHECK(values("services.web.port").empty());
    CHECK(values("services.web").empty());
    test_files const host;
    auto const found = value_candidates(host.schema, "services.web.level");
    REQUIRE(found.size() == 3);
    CHECK(found[0].about.empty());
    CHECK(found[1].about == "static value");
}

TEST_CASE("overrides are named by their path, entries by their number, the latest first") {
    test_files const host("{ services.web.jobs = lib.mkOverride (-1) 4; }"
                          "{ services.web.jobs = lib.mkOverride (-2) 8; }"
                          "{ services.web.level = lib.mkOverride (-3) null; }");
    auto const paths = override_candidates(host.file);
    CHECK(words_of(paths) == words{"services.web.jobs", "services.web.level"});
    CHECK(paths.front().about == "8");
    auto const entries = entry_candidates(host.file);
    CHECK(words_of(entries) == words{"3", "2", "1"});
    CHECK(entries.back().about == "services.web.jobs = 4");
}

TEST_CASE("what cannot be read gives no candidates") {
    test_files const host;
    auto const none = host.folder.path("none.json");
    CHECK(path_candidates(none, host.file, "services.").empty());
    CHECK(value_candidates(none, "services.web.level").empty());
    std::ofstream(host.file) << "{ not entries }";
    CHECK(override_candidates(host.file).empty());
    CHECK(entry_candidates(host.file).empty());
    // Paths need only the schema.
    CHECK(path_candidates(host.schema, host.file, "services.web.hosts.").size() == 2);
}
