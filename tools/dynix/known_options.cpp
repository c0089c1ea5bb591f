#include "known_options.hpp"

#include "dynix/options/names_after.hpp"
#include "dynix/syntax/attribute_path.hpp"

#include <utility>

namespace dynix::tool {
namespace {

using options::node;
using options::node_kind;
using options::option_path;

void add_old_names(
    std::vector<option_path>& to, std::vector<node> const& nodes, option_path& here,
    option_path const& target) {
    for (auto const& one : nodes) {
        here.push_back(one.name);
        if (one.kind == node_kind::alias && one.target == target)
            to.push_back(here);
        add_old_names(to, one.below, here, target);
        here.pop_back();
    }
}

} // namespace

known_option
look_up(options::place const& at, std::vector<overrides::effective_override> const& effective) {
    known_option out;
    out.path = at.path;
    out.declared = at.declared;
    out.takes = at.takes;
    if (at.declared != nullptr)
        out.value =
            options::static_value(*at.declared, std::span(at.path).subspan(at.option_length));
    out.overrides = overrides::effective_at(effective, at.path);
    return out;
}

std::vector<option_path> old_names(options::schema const& in, option_path const& path) {
    std::vector<option_path> out;
    option_path here;
    add_old_names(out, in.roots(), here, path);
    return out;
}

std::vector<known_option> look_below(
    options::schema const& in, option_path const& path,
    std::vector<overrides::effective_override> const& effective) {
    std::vector<known_option> out;
    for (auto const& next : options::names_after(in, path)) {
        auto to = path;
        to.push_back(next.name);
        if (next.ends) {
            if (auto const at = options::resolve(in, to))
                out.push_back(look_up(*at, effective));
        } else {
            for (auto& below : look_below(in, to, effective))
                out.push_back(std::move(below));
        }
    }
    return out;
}

result<option_path> typed_prefix(std::string_view text, std::string_view name) {
    if (text.ends_with('.'))
        text.remove_suffix(1);
    return syntax::parse_attribute_path(text, name);
}

} // namespace dynix::tool
