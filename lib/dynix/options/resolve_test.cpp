#include "dynix/options/resolve.hpp"

#include "dynix/options/test_system.hpp"

using namespace dynix;
using namespace dynix::options;

namespace {

// The path to write and what it takes, or the error and its hint.
std::string lead(std::string const& path) {
    auto const known = test_system(path);
    auto const at = resolve(known, path_of(path));
    if (!at)
        return at.error().message + " | " + at.error().hint;
    auto out = syntax::print_attribute_path(at->path) + ": " +
               (at->takes != nullptr ? describe(*at->takes) : "a group");
    for (auto const& note : at->notes)
        out += " | " + note;
    return out;
}

} // namespace

TEST_CASE("a path leads through attribute names, submodules and freeform trees") {
    CHECK(
        lead("services.cache.server.level") ==
        R"(services.cache.server.level: one of "error", "info", "debug")");
    CHECK(lead("services.web") == "services.web: a group");
    CHECK(lead("services.web.hosts.\"a.b\"") == "services.web.hosts.\"a.b\": submodule");
    CHECK(lead("services.web.hosts.x.root") == "services.web.hosts.x.root: null or absolute path");
    CHECK(lead("services.web.hosts.x.log") == "services.web.hosts.x.log: a group");
    CHECK(lead("services.web.hosts.x.log.level") == "services.web.hosts.x.log.level: string");
    CHECK(
        lead("services.cache.server.settings.a.b.c") ==
        "services.cache.server.settings.a.b.c: JSON value");
    CHECK(
        lead("services.web.settings.log.level") ==
        R"(services.web.settings.log.level: one of "low", "high")");
    CHECK(
        lead("services.web.settings.log.more.deep") ==
        "services.web.settings.log.more.deep: JSON value");
}

TEST_CASE("an old name is followed, of an option and of a group") {
    CHECK(
        lead("services.cache.settings.bind") ==
        "services.cache.server.settings.bind: JSON value | 'services.cache.settings' is an old "
        "name of 'services.cache.server.settings'");
    CHECK(
        lead("services.store.level") ==
        R"(services.cache.server.level: one of "error", "info", "debug" | 'services.store' is an )"
        "old name of 'services.cache.server'");
    CHECK(
        lead("services.store") ==
        "services.cache.server: a group | 'services.store' is an old name of "
        "'services.cache.server'");
}

TEST_CASE("old names in a ring lead nowhere") {
    auto const ring = schema::read(
        R"({"version": 1, "options": {"a": {"alias": ["b"]}, "b": {"alias": ["a"]}}})", "S");
    REQUIRE(ring);
    auto const at = resolve(*ring, {"a", "x"});
    REQUIRE(!at);
    CHECK(at.error().message == "the old name 'a.x' leads to itself");
}

TEST_CASE("what nobody can override is refused, with the reason and the way out") {
    CHECK(
        lead("services.web.wieght") ==
        "there is no option 'services.web.wieght' | did you mean 'services.web.weight'?");
    CHECK(lead("weight") == "there is no option 'weight' | did you mean 'services.web.weight'?");
    CHECK(lead("zzz") == "there is no option 'zzz' | 'dynix options' lists those that can change");
    CHECK(lead("services.web.enable")
              .starts_with("'services.web.enable' exists, but no service declares it dynamic | "));
    CHECK(lead("services.web.enable.x")
              .starts_with("'services.web.enable' exists, but no service declares it dynamic | "));
    CHECK(lead("services.cache.server.secret")
              .starts_with("'services.cache.server.secret' is read-only"));
    CHECK(lead("services.cache.server.wiring")
              .starts_with("'services.cache.server.wiring' is internal"));
    CHECK(lead("services.web.hosts.x.id").starts_with("'services.web.hosts.x.id' is read-only"));
    CHECK(
        lead("services.web.hosts.x.rot") ==
        "there is no option 'services.web.hosts.x.rot' | did you mean 'root'?");
    CHECK(lead("services.web.settings.other")
              .starts_with("'services.web.settings.other' exists, but no service declares it"));
    CHECK(lead("warnings.x").starts_with("'warnings' exists, but no service"));
}

TEST_CASE("where dots may be part of a name, the hint is to quote it") {
    auto const quoted = [](std::string const& path) {
        auto const hint = lead(path);
        constexpr std::string_view begin = " | a name with dots is quoted: ";
        auto const at = hint.find(begin);
        return at == hint.npos ? hint : hint.substr(at + begin.size());
    };
    CHECK(
        lead("services.web.hosts.example.org.root") ==
        "there is no option 'services.web.hosts.example.org' | a name with dots is quoted: "
        "'services.web.hosts.\"example.org\".root'");
    CHECK(
        quoted("services.web.hosts.www.example.org.log.level") ==
        "'services.web.hosts.\"www.example.org\".log.level'");
    CHECK(quoted("services.web.hosts.example.org") == "'services.web.hosts.\"example.org\"'");
    CHECK(quoted("services.web.hosts.x.zzz.zzz") == "'services.web.hosts.\"x.zzz.zzz\"'");
    // A name that looks like an option is one, and no path that leads nowhere is a hint.
    CHECK(quoted("services.web.hosts.x.rot").ends_with("did you mean 'root'?"));
    CHECK(
        quoted("services.web.hosts.x.log.zzz") ==
        "there is no option 'services.web.hosts.x.log.zzz' | ");
}

TEST_CASE("below what is taken as a whole nothing can be overridden alone") {
    CHECK(
        lead("services.web.aliases.\"0\"") ==
        "'services.web.aliases' takes a list, and a list is overridden as a whole | append all "
        "its items: 'services.web.aliases' '[ ... ]'");
    CHECK(lead("services.web.extra.x")
              .starts_with("'services.web.extra' is taken as a whole, so "
                           "'x' in it cannot be overridden alone"));
    CHECK(lead("services.web.weight.x")
              .starts_with("there is nothing below 'services.web.weight': it takes floating"));
    CHECK(lead("services.web.hook.x").starts_with("there is nothing below 'services.web.hook'"));
}

TEST_CASE("a static value that is no attribute set conflicts with an override below it") {
    CHECK(
        lead("services.web.limit.x") ==
        "services.web.limit.x: signed integer | the static value of 'services.web.limit' is null; "
        "if "
        "the configuration sets that itself, an override below it conflicts with it; --replace on "
        "'services.web.limit' replaces it");
    CHECK(
        lead("services.cache.server.settings.bind.x").find("is the string \"[::]:5000\"") !=
        std::string::npos);
}

TEST_CASE("a schema read for another path is not taken for one that knows nothing") {
    auto const other = test_system("services.cache");
    auto const at = resolve(other, path_of("services.web.weight"));
    REQUIRE(!at);
    CHECK(at.error().message == "the details of 'services.web.weight' were not read");
}
