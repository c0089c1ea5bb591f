#include "dynix/plan/system_record.hpp"

#include "dynix/test.hpp"

#include <doctest/doctest.h>

using namespace dynix;
using namespace dynix::plan;

namespace {

std::string record_with(std::string const& source) {
    return R"({"version": 1, "dynamicFile": "/etc/nixos/dynamic.nix", "source": )" + source +
           R"(, "units": {"a.service": "/nix/store/x/a.service"}})";
}

} // namespace

TEST_CASE("the three ways a system is evaluated") {
    auto const classic = read_system_record(
        record_with(R"({"kind": "configuration", "nixpkgs": "/p", "configuration": "/c.nix"})"),
        "system.json");
    REQUIRE(classic);
    CHECK(classic->dynamic_file == "/etc/nixos/dynamic.nix");
    CHECK(classic->source.kind == source_kind::configuration);
    CHECK(classic->source.nixpkgs == "/p");
    CHECK(classic->source.configuration == "/c.nix");
    CHECK(classic->units.at("a.service") == "/nix/store/x/a.service");

    auto const file = read_system_record(
        record_with(R"({"kind": "file", "file": "/s.nix", "attribute": []})"), "system.json");
    REQUIRE(file);
    CHECK(file->source.kind == source_kind::file);
    CHECK(file->source.attribute.empty());

    auto const flake = read_system_record(
        record_with(
            R"({"kind": "flake", "flake": "/etc/nixos", "attribute": ["nixosConfigurations", "a.b"]})"),
        "system.json");
    REQUIRE(flake);
    CHECK(flake->source.kind == source_kind::flake);
    CHECK(flake->source.attribute == std::vector<std::string>{"nixosConfigurations", "a.b"});
}

TEST_CASE("the units of the services are optional, since older records have none") {
    auto const source = R"({"kind": "flake", "flake": "/f", "attribute": []})";
    auto const with = [&](std::string const& services) {
        auto text = record_with(source);
        text.insert(text.size() - 1, R"(, "services": )" + services);
        return read_system_record(text, "system.json");
    };
    CHECK(read_system_record(record_with(source), "system.json")->services.empty());
    auto const read = with(R"({"web": ["a.service", "a.socket"]})");
    REQUIRE(read);
    CHECK(read->services.at("web") == std::vector<std::string>{"a.service", "a.socket"});
    for (auto const* wrong : {"[]", R"({"web": "a.service"})", R"({"web": [1]})"})
        CHECK_FALSE(with(wrong));
}

TEST_CASE("the runtime modules of a system, all of them or an error") {
    auto const read =
        read_enabled_modules(R"({"version": 1, "enabled": ["a", "b"], "more": 1})", "modules.json");
    REQUIRE(read);
    CHECK(*read == std::vector<std::string>{"a", "b"});
    for (auto const* wrong :
         {"", "{", R"({"version": 2, "enabled": []})", R"({"version": 1})",
          R"({"version": 1, "enabled": [1]})"})
        CHECK_FALSE(read_enabled_modules(wrong, "modules.json"));
}

TEST_CASE("a record that cannot be relied on is refused with the reason") {
    struct {
        std::string text;
        char const* part;
    } const refused[] = {
        {"", "not valid JSON"},
        {"[]", "expected a JSON object"},
        {R"({"version": 2})", "version 2, expected 1"},
        {R"({"version": 1, "dynamicFile": "d.nix"})", "expected an absolute path"},
        {record_with(R"({"kind": "channel"})"), "expected 'configuration', 'file' or 'flake'"},
        {record_with(R"({"kind": "configuration", "nixpkgs": "nixpkgs", "configuration": "/c"})"),
         "expected an absolute path"},
        {record_with(R"({"kind": "file", "file": "/f", "attribute": "a.b"})"), "'attribute'"},
        {record_with(R"({"kind": "file", "file": "/f", "attribute": [1]})"),
         "source: attribute[0] is not a string"},
    };
    for (auto const& [text, part] : refused) {
        auto const& this_text = text; // clang 14 captures no structured binding
        CAPTURE(this_text);
        auto const read = read_system_record(text, "system.json");
        REQUIRE(!read);
        CHECK(render(read.error()).find(part) != std::string::npos);
    }
}
