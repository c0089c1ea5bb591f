// Which modules follow from who reads and who defines what.
#include "dynix/modulelist/needed.hpp"

#include "dynix/test.hpp"

#include <doctest/doctest.h>

using namespace dynix::modulelist;

namespace {

evidence of_lines(std::vector<std::string> list, std::vector<std::string_view> const& lines) {
    evidence out;
    out.list = std::move(list);
    for (auto const line : lines)
        REQUIRE(add_line(out, "trace: dynix " + std::string(line)));
    return out;
}

std::vector<std::string> names(needed_modules const& what) {
    std::vector<std::string> out;
    for (auto const& one : what.modules)
        out.push_back(one.name);
    return out;
}

} // namespace

TEST_CASE("who declares and who defines what is read is needed, in the order of the list") {
    auto const found = modules_needed(of_lines(
        {"d.nix", "c.nix", "b.nix", "a.nix"},
        {R"({"reader":"","option":["x"]})",
         R"({"option":["x"],"declaredBy":["a.nix"],"definedBy":["b.nix"]})",
         R"({"reader":"b.nix","option":["y"]})",
         R"({"option":["y"],"declaredBy":["c.nix"],"definedBy":[]})",
         R"({"reader":"d.nix","option":["y"]})"}));
    CHECK(names(found) == std::vector<std::string>{"c.nix", "b.nix", "a.nix"});
    REQUIRE(found.modules[0].reasons.size() == 1);
    CHECK(found.modules[0].reasons[0].reader == "b.nix");
    CHECK(found.modules[0].reasons[0].use.option == "y");
    CHECK(found.modules[0].reasons[0].declares);
    CHECK_FALSE(found.modules[0].reasons[0].defines);
    // Each before what only it brought in.
    CHECK(found.candidates == std::vector<std::string>{"a.nix", "b.nix", "c.nix"});
}

TEST_CASE("of a set, only who defines an element that is read is needed") {
    auto const found = modules_needed(of_lines(
        {"a.nix", "b.nix", "c.nix"},
        {R"({"reader":"","option":["s"]})",
         R"({"option":["s"],"declaredBy":["a.nix"],"definedBy":["b.nix","c.nix"]})",
         R"({"reader":"","option":["s"],"key":"k.l"})",
         R"({"option":["s"],"key":"k.l","definedBy":["c.nix"]})"}));
    CHECK(names(found) == std::vector<std::string>{"a.nix", "c.nix"});
    CHECK(found.modules[1].reasons[0].use.key == "k.l");
}

TEST_CASE("what the user's own modules read is needed, whether the result reads it or not") {
    auto const found = modules_needed(of_lines(
        {"a.nix", "b.nix"}, {R"({"reader":"/etc/nixos/configuration.nix","option":["x"]})",
                             R"({"option":["x"],"declaredBy":["a.nix"],"definedBy":[]})"}));
    CHECK(names(found) == std::vector<std::string>{"a.nix"});
}

TEST_CASE("a file that a module imports is loaded by that module") {
    auto const found = modules_needed(of_lines(
        {"desktops.nix", "b.nix"},
        {R"({"imports":"xfce.nix","by":"desktops.nix"})", R"({"reader":"","option":["x"]})",
         R"({"option":["x"],"declaredBy":["xfce.nix"],"definedBy":[]})",
         R"({"reader":"xfce.nix","option":["y"]})",
         R"({"option":["y"],"declaredBy":["b.nix"],"definedBy":[]})"}));
    CHECK(names(found) == std::vector<std::string>{"desktops.nix", "b.nix"});
}

TEST_CASE("the declaration of an option needs no definition of it") {
    auto const found = modules_needed(of_lines(
        {"a.nix", "b.nix"}, {R"({"reader":"","declaration":["x"],"declaredBy":["a.nix"]})"}));
    CHECK(names(found) == std::vector<std::string>{"a.nix"});
}

TEST_CASE("the modules that give all modules their arguments are never tried to do without") {
    auto const found = modules_needed(of_lines(
        {"a.nix", "b.nix"},
        {R"({"reader":"","option":["_module","args"]})",
         R"({"option":["_module","args"],"declaredBy":["lib/modules.nix"],"definedBy":["a.nix"]})",
         R"({"reader":"a.nix","option":["x"]})",
         R"({"option":["x"],"declaredBy":["b.nix"],"definedBy":[]})"}));
    CHECK(names(found) == std::vector<std::string>{"a.nix", "b.nix"});
    CHECK(found.candidates == std::vector<std::string>{"b.nix"});
}

TEST_CASE("a line of somebody else is none of ours, and a broken one of ours is noticed") {
    evidence out;
    CHECK(add_line(out, "trace: warning: dynix"));
    CHECK(add_line(out, "error: attribute 'x' missing"));
    CHECK(out.uses.empty());
    CHECK_FALSE(add_line(out, "trace: dynix {\"reader\":"));
}
