#include "dynix/session/known_option.hpp"

#include "dynix/options/names_after.hpp"
#include "dynix/syntax/attribute_path.hpp"

#include <utility>

namespace dynix::session {
namespace {

using options::node;
using options::node_kind;
using options::option_path;
using overrides::effective_override;

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

std::vector<option_path> old_names(options::schema const& in, option_path const& path) {
    std::vector<option_path> out;
    option_path here;
    add_old_names(out, in.roots(), here, path);
    return out;
}

// All options at or below names under `above` that begin so.
std::vector<known_option> look_at_beginning(
    options::schema const& in, option_path above, std::string_view beginning,
    std::vector<effective_override> const& effective) {
    std::vector<known_option> out;
    if (!above.empty()) {
        auto const at = options::resolve(in, above);
        if (!at)
            return out;
        above = at->path;
    }
    for (auto& one : look_below(in, above, effective))
        if (one.path[above.size()].starts_with(beginning))
            out.push_back(std::move(one));
    return out;
}

} // namespace

known_option look_up(options::place const& at, std::vector<effective_override> const& effective) {
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

std::vector<known_option> look_below(
    options::schema const& in, option_path const& path,
    std::vector<effective_override> const& effective) {
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

result<found_option> find_option(
    options::schema const* in, option_path const& path,
    std::vector<effective_override> const& effective) {
    found_option out;
    out.option.path = path;
    out.option.overrides = overrides::effective_at(effective, path);
    bool const is_overridden = !out.option.overrides.empty();
    if (in == nullptr)
        return is_overridden ? result<found_option>(std::move(out))
                             : overrides::no_override_at(effective, path);
    auto const at = options::resolve(*in, path);
    if (at) {
        out.option = look_up(*at, effective);
        out.notes = at->notes;
        return out;
    }
    if (!is_overridden)
        return at.error();
    out.notes.push_back(at.error().message);
    return out;
}

result<option_listing> list_options(
    std::string const& schema_file, option_path path,
    std::vector<effective_override> const& effective) {
    auto schema = options::schema::load(schema_file, path);
    if (!schema)
        return schema.error();
    option_listing out;
    auto const at =
        path.empty() ? result<options::place>(options::place()) : options::resolve(*schema, path);
    if (at) {
        out.notes = at->notes;
        if (at->takes != nullptr) {
            out.at.push_back(look_up(*at, effective));
            out.at.front().old_names = old_names(*schema, at->path);
        }
        out.below = look_below(*schema, at->path, effective);
        out.schemas.push_back(std::move(*schema));
        return out;
    }
    // Of options beside a path the schema tells only the names: it is read again.
    auto const beginning = std::move(path.back());
    path.pop_back();
    if (auto around = options::schema::load(schema_file, path)) {
        out.below = look_at_beginning(*around, path, beginning, effective);
        out.schemas.push_back(std::move(*around));
    }
    if (out.below.empty())
        return at.error();
    return out;
}

result<option_path> typed_prefix(std::string_view text, std::string_view name) {
    if (text.ends_with('.'))
        text.remove_suffix(1);
    return syntax::parse_attribute_path(text, name);
}

} // namespace dynix::session
