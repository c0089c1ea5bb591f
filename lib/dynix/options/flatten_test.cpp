#include "dynix/options/flatten.hpp"

#include "dynix/options/test_system.hpp"

using namespace dynix;
using namespace dynix::options;

namespace {

// "a.b = 1; a.c = 2;" and the notes, or the error.
std::string made(std::string const& path, std::string const& value, bool whole = false) {
    auto const known = test_system(path);
    auto const at = resolve(known, path_of(path));
    REQUIRE(at);
    auto const out = flatten(known, *at, value_of(value), whole);
    if (!out)
        return out.error().message + " | " + out.error().hint;
    std::string text;
    for (auto const& leaf : out->leaves)
        text += syntax::print_attribute_path(leaf.path) + " = " + *syntax::print(leaf.value) + ";";
    for (auto const& note : out->notes)
        text += " | " + note;
    return text;
}

} // namespace

TEST_CASE("a submodule, a freeform tree and free names are taken apart, a list is a leaf") {
    CHECK(
        made(
            "services.web.hosts",
            "{ a = { root = \"/a\"; log.level = \"x\"; }; b.root = null; }") ==
        "services.web.hosts.a.root = \"/a\";services.web.hosts.a.log.level = \"x\";"
        "services.web.hosts.b.root = null;");
    CHECK(
        made("services.cache.server.settings", "{ a.b = [ { c = 1; } ]; d = [ ]; }") ==
        "services.cache.server.settings.a.b = [ { c = 1; } ];"
        "services.cache.server.settings.d = [ ];");
    // What is below it would be lost.
    CHECK(made("services.cache.server.settings", "{ a = 1; d = { }; }")
              .starts_with("'{ }' names nothing below 'services.cache.server.settings.d'"));
    CHECK(
        made("services.web.hosts.a.listen", "[ { port = 1; } ]") ==
        "services.web.hosts.a.listen = [ { port = 1; } ];");
}

TEST_CASE("an attribute set that Nix does not merge name by name is a leaf") {
    CHECK(
        made("services.web.extra", "{ a = { b = 1; }; }") ==
        "services.web.extra = { a = { b = 1; }; };");
}

TEST_CASE("what is inside a group may be named at once, old names too, but not twice") {
    CHECK(
        made("services.cache", "{ server.level = \"info\"; settings.x = 1; }") ==
        "services.cache.server.level = \"info\";services.cache.server.settings.x = 1; | "
        "'services.cache.settings' is an old name of 'services.cache.server.settings'");
    CHECK(
        made("services.cache", "{ server.settings.x = 2; settings.x = 1; }") ==
        "'services.cache.server.settings.x' is named twice, the second time as "
        "'services.cache.server.settings.x' | ");
    CHECK(made("services.web", "{ enable = true; weight = 1.0; }")
              .starts_with("'services.web.enable' exists, but no service declares it dynamic"));
    CHECK(made("services.web", "1")
              .starts_with("'services.web' is no option but has options "
                           "below it, found the integer 1"));
    CHECK(made("services.web", "{ }").starts_with("'{ }' names nothing below 'services.web'"));
}

TEST_CASE("whole, a set is one override, and must have what is required") {
    CHECK(
        made("services.web.hosts", "{ a.root = null; }", true) ==
        "services.web.hosts = { a = { root = null; }; };");
    CHECK(made("services.web.hosts.a", "{ }", true) == "services.web.hosts.a = { };");
    CHECK(made("services.web.hosts.a", "{ }")
              .starts_with("'{ }' names nothing below 'services.web.hosts.a'"));
    CHECK(
        made("services.web", "{ weight = 1.0; }", true).starts_with("services.web.weight = 1.0;"));
}

TEST_CASE("of an option that is dynamic in part only that part is flattened") {
    CHECK(
        made("services.web.settings", "{ port = 1; log.level = \"low\"; log.x = 2; }") ==
        "services.web.settings.port = 1;services.web.settings.log.level = \"low\";"
        "services.web.settings.log.x = 2;");
    CHECK(made("services.web.settings", "{ port = 1; other = 2; }")
              .starts_with("'services.web.settings.other' exists, but no service declares"));
    CHECK(
        made("services.web.settings", "\"x\"") ==
        "only a part of 'services.web.settings' is declared dynamic | what may change is "
        "'services.web.settings.port', 'services.web.settings.log'");
}

TEST_CASE("a value below the level of the set is judged there") {
    CHECK(made("services.web.hosts", "{ a.listen = 1; }")
              .starts_with("'services.web.hosts.a.listen': expected list of (submodule)"));
}
