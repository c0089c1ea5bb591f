#include "dynix/modulelist/graph.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>
#include <utility>

namespace dynix::modulelist {
namespace {

constexpr std::size_t most_on_an_arrow = 3;

std::string dot_string(std::string_view text) {
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

// Who reads, and who declares or defines: the options.
using arrow_map = std::map<std::pair<std::string, std::string>, std::set<std::string>>;

arrow_map arrows_of(needed_modules const& what, std::vector<std::string> const& shown) {
    std::set<std::string> const wanted(shown.begin(), shown.end());
    std::set<std::string> needed;
    for (auto const& one : what.modules)
        needed.insert(one.name);
    arrow_map arrows;
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
    return arrows;
}

// In pixels, for a font of 11.
constexpr int letter_width = 7;
constexpr int box_height = 22;
constexpr int row_height = 34;
constexpr int column_gap = 90;
constexpr int margin = 20;

struct place {
    int left = 0;
    int top = 0;
    int width = 0;
};

// Each module in the column behind the first that reads of it; last those that none reads of.
std::vector<std::vector<std::string>>
columns_of(arrow_map const& arrows, std::vector<std::string> const& shown) {
    std::set<std::string> open(shown.begin(), shown.end());
    std::set<std::string> column;
    for (auto const& [between, options] : arrows)
        if (!open.contains(between.first))
            column.insert(between.first);
    std::vector<std::vector<std::string>> out;
    while (!column.empty()) {
        out.emplace_back(column.begin(), column.end());
        std::set<std::string> next;
        for (auto const& [between, options] : arrows)
            if (column.contains(between.first) && open.contains(between.second))
                next.insert(between.second);
        for (auto const& name : next)
            open.erase(name);
        column = std::move(next);
    }
    if (!open.empty())
        out.emplace_back(open.begin(), open.end());
    return out;
}

// From the reader's right side to the left side of what it reads; within a column and back, below
// the boxes.
std::string curve(place const& from, place const& to) {
    if (from.left < to.left)
        return fmt::format(
            "M{0} {1} C{2} {1} {3} {4} {5} {4}", from.left + from.width, from.top + box_height / 2,
            from.left + from.width + column_gap / 2, to.left - column_gap / 2,
            to.top + box_height / 2, to.left);
    auto const x1 = from.left + from.width / 2;
    auto const x2 = to.left + to.width / 2;
    auto const below = row_height;
    return fmt::format(
        "M{0} {1} C{0} {2} {3} {4} {3} {5}", x1, from.top + box_height,
        from.top + box_height + below, x2, to.top + box_height + below, to.top + box_height);
}

std::string escaped(std::string_view text) {
    std::string out;
    for (char const one : text)
        if (one == '<')
            out += "&lt;";
        else if (one == '&')
            out += "&amp;";
        else
            out += one;
    return out;
}

} // namespace

std::string dot_graph(needed_modules const& what, std::vector<std::string> const& shown) {
    std::string out =
        "digraph modules {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n"
        "  edge [fontname=\"sans-serif\", fontsize=9];\n";
    for (auto const& name : shown)
        out += fmt::format("  {};\n", dot_string(name));
    for (auto const& [between, options] : arrows_of(what, shown))
        out += fmt::format(
            "  {} -> {} [label={}];\n", dot_string(between.first), dot_string(between.second),
            dot_string(label(options)));
    return out + "}\n";
}

std::string svg_graph(needed_modules const& what, std::vector<std::string> const& shown) {
    auto const arrows = arrows_of(what, shown);
    std::map<std::string, place> places;
    int left = margin;
    int height = 0;
    for (auto const& column : columns_of(arrows, shown)) {
        std::size_t longest = 0;
        for (auto const& name : column)
            longest = std::max(longest, name.size());
        int const width = static_cast<int>(longest) * letter_width + 16;
        int top = margin;
        for (auto const& name : column) {
            places[name] = {left, top, width};
            top += row_height;
        }
        left += width + column_gap;
        height = std::max(height, top);
    }
    auto out = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" "
        "font-family=\"monospace\" font-size=\"11\">\n"
        "<style>path {{ fill: none; stroke: steelblue; stroke-opacity: 0.5; }} "
        "path:hover {{ stroke: firebrick; stroke-opacity: 1; stroke-width: 2; }} "
        "rect {{ fill: white; stroke: black; }}</style>\n",
        left, height + margin);
    for (auto const& [between, options] : arrows)
        out += fmt::format(
            "<path d=\"{}\"><title>{} reads of {}:\n{}</title></path>\n",
            curve(places[between.first], places[between.second]), escaped(between.first),
            escaped(between.second), escaped(fmt::format("{}", fmt::join(options, "\n"))));
    for (auto const& [name, at] : places)
        out += fmt::format(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"3\"/>"
            "<text x=\"{}\" y=\"{}\">{}</text>\n",
            at.left, at.top, at.width, box_height, at.left + 8, at.top + 15, escaped(name));
    return out + "</svg>\n";
}

} // namespace dynix::modulelist
