#include "dynix/options/names_after.hpp"

#include "dynix/test.hpp"

#include <fmt/format.h>

using namespace dynix;
using namespace dynix::options;

namespace {

constexpr auto text = R"({"version": 1, "options": {
  "boot": {"below": {"kernel": null}},
  "services": {"below": {
    "old": {"alias": ["services", "web"]},
    "web": {"below": {
      "port": null,
      "level": {"type": {"kind": "null-or", "text": "null or …", "of": [
          {"kind": "enumeration", "text": "one of …", "values": ["a", "b"]}]}, "value": "a"},
      "computed": {"type": {"kind": "boolean", "text": "boolean"}, "readOnly": true},
      "hosts": {"type": {"kind": "attributes", "text": "hosts", "of": [
          {"kind": "submodule", "text": "submodule", "options": {
            "root": {"type": {"kind": "string", "text": "string"}},
            "tls": {"below": {"on": {"type": {"kind": "boolean", "text": "boolean"}}}}}}]},
        "value": {"a.b": {"root": "/"}}},
      "settings": {"type": {"kind": "submodule", "text": "submodule",
          "of": [{"kind": "attributes", "text": "free", "of": [{"kind": "integer", "text": "integer"}]}],
          "options": {"workers": {"type": {"kind": "integer", "text": "integer"}}}},
        "value": {"workers": 4, "extra": 1}},
      "part": {"type": {"kind": "attributes", "text": "free", "of": [{"kind": "anything", "text": "anything"}]},
        "value": {"x": 1, "y": {"z": 1}}, "limitedTo": [["y", "z"], ["w"]]}}}}}}})";

// "name" for what ends, "name." for what goes on, "name(.)" for both.
std::vector<std::string> after(option_path const& above) {
    auto const in = schema::read(text, "test");
    REQUIRE(in);
    std::vector<std::string> out;
    for (auto const& one : names_after(*in, above))
        out.push_back(one.name + (one.ends && one.goes_on ? "(.)" : one.goes_on ? "." : ""));
    return out;
}

using words = std::vector<std::string>;

} // namespace

TEST_CASE("only what leads to an option that may change follows") {
    CHECK(after({}) == words{"services."});
    CHECK(after({"services"}) == words{"web."});
    CHECK(after({"boot"}).empty());
    CHECK(after({"nowhere"}).empty());
    CHECK(after({"services", "web"}) == words{"hosts(.)", "level", "part.", "settings(.)"});
    CHECK(after({"services", "old"}) == after({"services", "web"}));
    CHECK(after({"services", "web", "level"}).empty());
}

TEST_CASE("free names are those of the static value, and any of them has the members") {
    CHECK(after({"services", "web", "hosts"}) == words{"a.b(.)"});
    CHECK(after({"services", "web", "hosts", "new"}) == words{"root", "tls."});
    CHECK(after({"services", "web", "hosts", "new", "tls"}) == words{"on"});
    CHECK(after({"services", "web", "settings"}) == words{"extra", "workers"});
}

TEST_CASE("below an option of which a part may change, only the way there follows") {
    CHECK(after({"services", "web", "part"}) == words{"w", "y."});
    CHECK(after({"services", "web", "part", "y"}) == words{"z"});
    CHECK(after({"services", "web", "part", "x"}).empty());
}

TEST_CASE("few values are all values") {
    auto const in = schema::read(text, "test");
    REQUIRE(in);
    option_path const level{"services", "web", "level"};
    auto const* found = in->find(level);
    REQUIRE(found != nullptr);
    auto const values = few_values(*found->what->takes);
    REQUIRE(values.size() == 3);
    CHECK(values[0] == syntax::literal(std::string("a")));
    CHECK(values[2] == syntax::literal());
    CHECK(few_values(type()).empty());
}
