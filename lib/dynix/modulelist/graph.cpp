#include "dynix/modulelist/graph.hpp"

#include <fmt/format.h>
#include <map>
#include <set>
#include <utility>

namespace dynix::modulelist {
namespace {

constexpr std::size_t most_on_an_arrow = 3;

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (char const one : text) {
        if (one == '"' || one == '\\')
            out += '\\';
        if (one == '\n')
            out += "\\n";
        else
            out += one;
    }
    return out + '"';
}

std::string label(std::set<std::string> const& options) {
    std::string out;
    std::size_t shown = 0;
    for (auto const& option : options) {
        if (shown++ == most_on_an_arrow) {
            out += fmt::format("\nand {} more", options.size() - most_on_an_arrow);
            break;
        }
        out += (out.empty() ? "" : "\n") + option;
    }
    return out;
}

std::string node_name(std::string const& reader) {
    return reader.empty() ? "the result" : reader;
}

} // namespace

std::string dot_graph(needed_modules const& what, std::vector<std::string> const& shown) {
    std::set<std::string> const wanted(shown.begin(), shown.end());
    std::set<std::string> needed;
    for (auto const& one : what.modules)
        needed.insert(one.name);
    std::map<std::pair<std::string, std::string>, std::set<std::string>> arrows;
    for (auto const& one : what.modules) {
        if (!wanted.contains(one.name))
            continue;
        for (auto const& why : one.reasons) {
            bool const hidden = needed.contains(why.reader) && !wanted.contains(why.reader);
            if (hidden || why.reader == one.name)
                continue;
            arrows[{node_name(why.reader), one.name}].insert(
                why.use.key ? why.use.option + "." + *why.use.key : why.use.option);
        }
    }
    std::string out =
        "digraph modules {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n"
        "  edge [fontname=\"sans-serif\", fontsize=9];\n";
    for (auto const& name : shown)
        out += fmt::format("  {};\n", quoted(name));
    for (auto const& [between, options] : arrows)
        out += fmt::format(
            "  {} -> {} [label={}];\n", quoted(between.first), quoted(between.second),
            quoted(label(options)));
    return out + "}\n";
}

} // namespace dynix::modulelist
