#include "dynix/overrides/export.hpp"

#include "dynix/syntax/attribute_path.hpp"
#include "dynix/syntax/literal.hpp"
#include "dynix/syntax/parse.hpp"
#include "dynix/syntax/print.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <span>

namespace dynix::overrides {
namespace {

using overrides_in_order = std::span<effective_override const>;

// How many names the paths of `group` have in common. They are in order, so the first and the last
// tell.
std::size_t common_names(overrides_in_order group) {
    auto const& first = group.front().what->path;
    auto const& last = group.back().what->path;
    auto const differ = std::mismatch(first.begin(), first.end(), last.begin(), last.end());
    return static_cast<std::size_t>(differ.first - first.begin());
}

// A set that is being written: what is left of it, and how many names of the paths are already
// said.
struct open_set {
    overrides_in_order rest;
    std::size_t said;
};

// The bindings of the module. No path is at or below another one, so each group of paths that go on
// with the same name is one value or one set. The layout is left to syntax::print.
std::string bindings(overrides_in_order all) {
    std::string out;
    std::vector<open_set> open{{all, 0}};
    while (!open.empty()) {
        auto& [rest, said] = open.back();
        if (rest.empty()) {
            open.pop_back();
            out += open.empty() ? "" : "};\n";
            continue;
        }
        auto const& first = rest.front();
        auto const& name = first.what->path[said];
        auto const end = std::find_if(rest.begin(), rest.end(), [&, at = said](auto const& one) {
            return one.what->path[at] != name;
        });
        auto const group = rest.first(static_cast<std::size_t>(end - rest.begin()));
        rest = rest.subspan(group.size());
        auto const common = common_names(group);
        out +=
            syntax::print_attribute_path(std::span(first.what->path).subspan(said, common - said));
        if (group.size() == 1) {
            // The value may end in a comment.
            out += " = " + first.what->value + "\n;\n";
        } else {
            out += " = {\n";
            open.push_back({group, common});
        }
    }
    return out;
}

} // namespace

result<std::string>
export_module(dynamic_file const& file, std::vector<effective_override> const& chosen) {
    std::string text;
    bool const plain = std::all_of(chosen.begin(), chosen.end(), [](auto const& one) {
        return syntax::parse_literal(one.what->value, "entry").has_value();
    });
    if (!plain)
        text = fmt::format("{{ {}, ... }}:\n", fmt::join(file.arguments, ", "));
    text += "{\n" + bindings(chosen) + "}\n";
    auto const tree = syntax::parse(std::move(text), file.name);
    if (!tree)
        return tree.error();
    return syntax::print(*tree) + '\n';
}

} // namespace dynix::overrides
