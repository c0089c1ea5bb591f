#include "dynix/session/known_option.hpp"

#include "dynix/session/test_system.hpp"
#include "dynix/syntax/attribute_path.hpp"

using namespace dynix;
using namespace dynix::session;

namespace {

using words = std::vector<std::string>;
using overrides::effective_overrides;

options::option_path path_of(std::string const& text) {
    return *syntax::parse_attribute_path(text, "PATH");
}

words paths(std::vector<known_option> const& all) {
    words out;
    for (auto const& one : all)
        out.push_back(syntax::print_attribute_path(one.path));
    return out;
}

// The paths of what is listed below; "!" and the message of an error.
words below(std::string const& path) {
    test_files const host;
    auto const listed =
        list_options(host.schema, path.empty() ? options::option_path() : path_of(path), {});
    return listed ? paths(listed->below) : words{"!" + listed.error().message};
}

} // namespace

TEST_CASE("all options that may change are listed, the others not") {
    words const all = {
        "services.mail.enable", "services.web.hosts", "services.web.jobs", "services.web.level"};
    CHECK(below("") == all);
    CHECK(below("services") == all);
    CHECK(below("services.mail") == words{"services.mail.enable"});
    CHECK(below("services.web.hosts") == words{"services.web.hosts.\"a.b\""});
}

TEST_CASE("a path that leads nowhere may be the beginning of names") {
    CHECK(below("serv").size() == 4);
    CHECK(below("services.w").size() == 3);
    CHECK(below("services.web.l") == words{"services.web.level"});
    CHECK(below("services.old.l") == words{"services.web.level"});
    auto const nowhere = below("services.web.evel");
    REQUIRE(nowhere.size() == 1);
    CHECK(nowhere.front().starts_with("!there is no option 'services.web.evel'"));
}

TEST_CASE("where the path is an option, it is told apart from what is inside it") {
    test_files const host;
    auto const file = file_with("{ services.web.hosts.c.root = lib.mkOverride (-1) \"/c\"; }");
    auto const listed =
        list_options(host.schema, path_of("services.old.hosts"), effective_overrides(file));
    REQUIRE(listed);
    REQUIRE(listed->at.size() == 1);
    CHECK(paths(listed->at) == words{"services.web.hosts"});
    CHECK(listed->at.front().overrides.size() == 1);
    REQUIRE(listed->notes.size() == 1);
    auto const group = list_options(host.schema, path_of("services.web"), {});
    REQUIRE(group);
    CHECK(group->at.empty());
}

TEST_CASE("an option knows its static value, its overrides and its old names") {
    test_files const host;
    auto const file = file_with("{ services.web.level = lib.mkOverride (-1) \"so so\"; }");
    auto const listed =
        list_options(host.schema, path_of("services.web.level"), effective_overrides(file));
    REQUIRE(listed);
    REQUIRE(listed->at.size() == 1);
    auto const& level = listed->at.front();
    REQUIRE(level.value != nullptr);
    CHECK(*level.value == syntax::literal(std::string("low")));
    REQUIRE(level.overrides.size() == 1);
    CHECK(level.overrides.front().what->value == "\"so so\"");
    REQUIRE(level.declared != nullptr);
    CHECK(level.declared->service == "web");
    CHECK(level.old_names == std::vector<options::option_path>{path_of("services.web.verbosity")});
}

TEST_CASE("without a schema, the dynamic file is all that is known") {
    auto const file = file_with("{ services.web.jobs = lib.mkOverride (-1) 4; }");
    auto const effective = effective_overrides(file);
    auto const found = find_option(nullptr, path_of("services.web.jobs"), effective);
    REQUIRE(found);
    CHECK(found->option.takes == nullptr);
    CHECK(found->option.overrides.size() == 1);
    CHECK(found->notes.empty());
    auto const none = find_option(nullptr, path_of("services.web.level"), effective);
    REQUIRE_FALSE(none);
    CHECK(none.error().message.starts_with("there is no override at 'services.web.level'"));
}

TEST_CASE("an override of what the schema does not know is found, with a note") {
    auto const in = options::schema::read(small_schema, "options.json");
    REQUIRE(in);
    auto const file = file_with("{ services.web.port = lib.mkOverride (-1) 80; }");
    auto const effective = effective_overrides(file);
    auto const found = find_option(&*in, path_of("services.web.port"), effective);
    REQUIRE(found);
    CHECK(found->option.overrides.size() == 1);
    CHECK(found->notes.size() == 1);
    CHECK_FALSE(find_option(&*in, path_of("services.web.port"), {}));
    auto const old = find_option(&*in, path_of("services.old.jobs"), effective);
    REQUIRE(old);
    CHECK(old->option.path == path_of("services.web.jobs"));
    CHECK(old->notes.size() == 1);
}

TEST_CASE("the dot that completion leaves at the end does not count") {
    CHECK(*typed_prefix("services.web.", "PREFIX") == path_of("services.web"));
    CHECK(*typed_prefix("services.web", "PREFIX") == path_of("services.web"));
    CHECK_FALSE(typed_prefix("services..web", "PREFIX"));
}
