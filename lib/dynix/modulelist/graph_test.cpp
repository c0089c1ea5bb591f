// The graph of a list, as text.
#include "dynix/modulelist/graph.hpp"

#include "dynix/test.hpp"

#include <doctest/doctest.h>

using namespace dynix::modulelist;

TEST_CASE("an arrow from who reads to who declares or defines, with the options on it") {
    needed_modules what;
    what.modules = {
        {"a.nix", {{"", {"x", {}, false}, true, false}}},
        {"b\"b.nix",
         {{"a.nix", {"s", "k", false}, false, true},
          {"a.nix", {"y", {}, false}, true, false},
          {"b\"b.nix", {"own", {}, false}, true, true},
          {"gone.nix", {"z", {}, false}, true, false}}},
        {"gone.nix", {}}};
    CHECK(
        dot_graph(what, {"a.nix", "b\"b.nix"}) ==
        "digraph modules {\n"
        "  rankdir=LR;\n"
        "  node [shape=box, fontname=\"sans-serif\"];\n"
        "  edge [fontname=\"sans-serif\", fontsize=9];\n"
        "  \"a.nix\";\n"
        "  \"b\\\"b.nix\";\n"
        "  \"a.nix\" -> \"b\\\"b.nix\" [label=\"s.k\\ny\"];\n"
        "  \"the result\" -> \"a.nix\" [label=\"x\"];\n"
        "}\n");
}

TEST_CASE("many options on one arrow are counted") {
    needed_modules what;
    what.modules = {{"a.nix", {}}};
    for (auto const* option : {"p", "q", "r", "s", "t"})
        what.modules[0].reasons.push_back({"", {option, {}, false}, true, false});
    CHECK(
        dot_graph(what, {"a.nix"}).find("[label=\"p\\nq\\nr\\nand 2 more\"]") != std::string::npos);
}

TEST_CASE("as a picture, the readers are left of what they read") {
    needed_modules what;
    what.modules = {
        {"a.nix",
         {{"", {"x", {}, false}, true, false}, {"b&b.nix", {"z", {}, false}, true, false}}},
        {"b&b.nix", {{"a.nix", {"y", {}, false}, true, false}}},
        {"c.nix", {}}};
    auto const drawn = svg_graph(what, {"a.nix", "b&b.nix", "c.nix"});
    auto const left_of = [&](std::string const& name) {
        auto const text = drawn.find(">" + name + "</text>");
        REQUIRE(text != std::string::npos);
        return std::stoi(drawn.substr(drawn.rfind("<text x=\"", text) + 9));
    };
    CHECK(left_of("the result") < left_of("a.nix"));
    CHECK(left_of("a.nix") < left_of("b&amp;b.nix"));
    CHECK(left_of("b&amp;b.nix") < left_of("c.nix"));
    CHECK(drawn.find("<title>a.nix reads of b&amp;b.nix:\ny</title>") != std::string::npos);
    CHECK(drawn.find("<title>b&amp;b.nix reads of a.nix:\nz</title>") != std::string::npos);
    CHECK(drawn.ends_with("</svg>\n"));
}
