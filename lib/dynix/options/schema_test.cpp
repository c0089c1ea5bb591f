#include "dynix/options/test_system.hpp"

#include <fmt/format.h>

using namespace dynix;
using namespace dynix::options;

namespace {

std::string message_of(std::string const& text) {
    auto const read = schema::read(text, "S");
    return read ? "read" : read.error().message;
}

std::string with_options(std::string const& options) {
    return R"({"options": )" + options + R"(, "version": 1})";
}

} // namespace

TEST_CASE("a schema has every name, and the details of the options that are asked for") {
    auto const all = test_system();
    REQUIRE(all.find(path_of("services.web.hosts")) != nullptr);
    CHECK(all.find(path_of("services.web.hosts"))->what != nullptr);
    CHECK(all.find(path_of("services.web"))->kind == node_kind::group);
    CHECK(all.find(path_of("services.web.enable"))->kind == node_kind::fixed);
    CHECK(all.find(path_of("services.\"odd.name\".value"))->kind == node_kind::dynamic);
    CHECK(all.find(path_of("services.web.none")) == nullptr);
    CHECK(all.find(path_of("services.web.hosts.x")) == nullptr);

    auto const some = test_system("services.web.hosts.x.root");
    CHECK(some.find(path_of("services.web.hosts"))->what != nullptr);
    CHECK(some.find(path_of("services.web.weight"))->kind == node_kind::dynamic);
    CHECK(some.find(path_of("services.web.weight"))->what == nullptr);
    auto const group = test_system("services.web");
    CHECK(group.find(path_of("services.web.weight"))->what != nullptr);
    CHECK(group.find(path_of("services.cache.server.level"))->what == nullptr);
}

TEST_CASE("the details of an option are what its module says") {
    auto const all = test_system();
    auto const* settings = all.find(path_of("services.cache.server.settings"))->what;
    CHECK(settings->service == "cache");
    CHECK(settings->description == "What goes into the configuration file.");
    CHECK(settings->takes->text == "JSON value");
    REQUIRE(settings->value);
    CHECK(*settings->value == value_of("{ bind = \"[::]:5000\"; tls = { key = null; }; }"));
    CHECK(!all.find(path_of("services.cache.server.broken"))->what->value);
    CHECK(all.find(path_of("services.cache.server.secret"))->what->read_only);
    CHECK(all.find(path_of("services.cache.server.wiring"))->what->internal);
    CHECK(all.find(path_of("services.cache.server.undefined"))->what->required);
    auto const* limited = all.find(path_of("services.web.settings"))->what;
    CHECK(limited->limited_to == std::vector<option_path>{{"port"}, {"log"}});
}

TEST_CASE("an old name leads to the details of its target") {
    auto const some = test_system("services.cache.settings.bind");
    CHECK(some.find(path_of("services.cache.settings"))->kind == node_kind::alias);
    CHECK(some.find(path_of("services.cache.server.settings"))->what != nullptr);
}

TEST_CASE("a text that is no schema is an error that says why") {
    CHECK(message_of("").starts_with("S: not valid JSON at byte 0: "));
    CHECK(message_of("{").starts_with("S: not valid JSON at byte 1: "));
    CHECK(message_of("[]") == "S: this is no schema: it has no version");
    CHECK(message_of("3") == "S: this is no schema: it has no version");
    CHECK(message_of("{}") == "S: this is no schema: it has no version");
    CHECK(message_of(R"({"version": "1"})") == "S: this is no schema: it has no version");
    CHECK(message_of(R"({"version": 1})") == "S: member 'options' is missing");
    CHECK(message_of(R"({"version": 1, "options": []})") == "S: member 'options' is missing");
    CHECK(message_of(R"({"version": 1, "options": {}} x)").starts_with("S: not valid JSON"));
    CHECK(
        message_of(R"({"options": {"a": 7}, "version": 2})") ==
        "S has version 2, and this dynix reads version 1");
    CHECK(message_of(with_options("{}")) == "read");
    CHECK(message_of(with_options(R"({"a": null, "b": {"below": {}}})")) == "read");
    CHECK(message_of(with_options(R"({"a": 7})")) == "S: 'a' is neither null nor an object");
    CHECK(message_of(with_options(R"({"a": [{}]})")) == "S: 'a' is neither null nor an object");
    CHECK(
        message_of(with_options(R"({"a": {"below": []}})")) ==
        "S: the names below 'a' are not an object");
    CHECK(
        message_of(with_options(R"({"a": {"alias": []}})")) ==
        "S: option 'a' is an alias of nothing");
    CHECK(
        message_of(with_options(R"({"a": {"type": 4}})")) ==
        "S: option 'a': a type is not an object");
    CHECK(
        message_of(with_options(R"({"a": {"type": {"kind": "list", "text": "l"}}})")) ==
        "S: option 'a': type 'l' has 0 parts");
    CHECK(
        message_of(with_options(R"({"a": {"type": {"kind": "again", "text": "x"}}})")) ==
        "S: option 'a': no type 'x' stands around its own name");
    CHECK(
        message_of(with_options(R"({"a": {"type": {"kind": "submodule", "options": 4}}})")) ==
        "S: option 'a': the options of a submodule are not an object");
}

TEST_CASE("a schema of another shape inside is read as far as it goes") {
    auto const read = schema::read(
        with_options(
            R"({"b": {"type": {"kind": "of the future", "text": "new"}, "value": 3, "more": [{}]},
                "a": {"type": {"kind": "boolean"}, "description": 5, "readOnly": "yes"}, "c": {}})"),
        "S");
    REQUIRE(read);
    CHECK(read->roots().front().name == "a");
    CHECK(read->find(path_of("b"))->what->takes->kind->holds == structure::unknown);
    CHECK(read->find(path_of("a"))->what->description.empty());
    CHECK(!read->find(path_of("a"))->what->read_only);
    CHECK(read->find(path_of("c"))->kind == node_kind::group);
}

TEST_CASE("escapes in names and values are undone, whether kept or not") {
    auto const text = with_options(
        R"({"a\u0041\"": {"type": {"kind": "string"}, "value": "\u00e9\n"}, "x": {"description":
        "\"\\", "type": {"kind": "boolean", "text": "\u0041"}}})");
    auto const read = schema::read(text, "S", option_path{"aA\""});
    REQUIRE(read);
    REQUIRE(read->find(option_path{"aA\""}) != nullptr);
    CHECK(*read->find(option_path{"aA\""})->what->value == syntax::literal(std::string("é\n")));
    CHECK(read->find(option_path{"x"})->what == nullptr);
}

TEST_CASE("every cut of a schema is refused, and nothing hostile breaks the reader") {
    std::string const text =
        with_options(R"({"a": {"type": {"kind": "list", "of": [{"kind": "string"}]}}, "b": null})");
    REQUIRE(message_of(text) == "read");
    for (std::size_t size = 0; size < text.size(); ++size)
        CHECK(message_of(text.substr(0, size)).find("not valid JSON") != std::string::npos);
    for (auto const* open : {"[", "{\"a\":", "{\"below\":", "{\"type\":{\"of\":["})
        for (auto const depth : {10U, 1'000U, 100'000U}) {
            std::string deep = R"({"version": 1, "options": {"a": )";
            for (auto left = depth; left != 0; --left)
                deep += open;
            CHECK(message_of(deep).find("not valid JSON") != std::string::npos);
        }
    // As deep as the reader goes, and whole.
    std::string nested = R"({"kind": "string"})";
    for (int i = 0; i < 110; ++i)
        nested = fmt::format(R"({{"kind": "list", "text": "l", "of": [{}]}})", nested);
    CHECK(message_of(with_options(fmt::format(R"({{"a": {{"type": {}}}}})", nested))) == "read");
}

TEST_CASE("no file is an error with a way out") {
    auto const none = schema::load("/nonexistent/options.json");
    REQUIRE(!none);
    CHECK(
        none.error().message ==
        "there is no schema of the options: '/nonexistent/options.json' does not exist");
    CHECK(!none.error().hint.empty());
}
