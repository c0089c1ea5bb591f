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
