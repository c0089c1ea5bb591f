#include "dynix/options/names_after.hpp"

#include "dynix/options/resolve.hpp"

#include <algorithm>
#include <set>

namespace dynix::options {
namespace {

bool may_change(option const& what) {
    return !what.read_only && !what.internal;
}

// Whether names stand below a value of this type; what takes anything is said to have them when its
// static value has some.
bool has_names(type const& takes, syntax::literal const* value) {
    auto const& inside = of_a_set(takes);
    switch (inside.kind->holds) {
    case structure::attributes:
    case structure::submodule:
        return true;
    case structure::anything:
    case structure::unknown: {
        auto const* set = value == nullptr ? nullptr : value->as<syntax::literal::attribute_set>();
        return set != nullptr && !set->empty();
    }
    default:
        return false;
    }
}

syntax::literal const* member_of(syntax::literal const* value, std::string_view name) {
    auto const* set = value == nullptr ? nullptr : value->as<syntax::literal::attribute_set>();
    if (set == nullptr)
        return nullptr;
    auto const found =
        std::find_if(set->begin(), set->end(), [&](auto const& one) { return one.name == name; });
    return found == set->end() ? nullptr : &found->value;
}

std::vector<continuation> of_nodes(std::vector<node> const& nodes, syntax::literal const* value) {
    std::vector<continuation> out;
    for (auto const& one : nodes) {
        if (one.kind == node_kind::group) {
            if (any_dynamic(one.below))
                out.push_back({one.name, false, true, nullptr, nullptr});
        } else if (one.kind == node_kind::dynamic && one.what == nullptr) {
            out.push_back({one.name, true, false, nullptr, nullptr});
        } else if (one.kind == node_kind::dynamic && may_change(*one.what)) {
            auto const& what = *one.what;
            auto const* inside = what.value ? &*what.value : member_of(value, one.name);
            out.push_back(
                {one.name, what.limited_to.empty(),
                 !what.limited_to.empty() || has_names(*what.takes, inside), &what, what.takes});
        }
    }
    return out;
}

// The names that a set may have beside those of options: those that the static value has.
void add_free_names(
    std::vector<continuation>& to, type const& takes, syntax::literal const* value) {
    auto const* set = value == nullptr ? nullptr : value->as<syntax::literal::attribute_set>();
    if (set == nullptr)
        return;
    for (auto const& one : *set) {
        auto const known =
            std::any_of(to.begin(), to.end(), [&](auto const& it) { return it.name == one.name; });
        if (!known)
            to.push_back({one.name, true, has_names(takes, &one.value), nullptr, &takes});
    }
}

std::vector<continuation> of_type(type const& takes, syntax::literal const* value) {
    std::vector<continuation> out;
    auto const& inside = of_a_set(takes);
    switch (inside.kind->holds) {
    case structure::attributes:
        add_free_names(out, *inside.of[0], value);
        break;
    case structure::submodule:
        out = of_nodes(inside.members, value);
        if (!inside.of.empty()) {
            auto const& free = of_a_set(*inside.of[0]);
            add_free_names(
                out, free.kind->holds == structure::attributes ? *free.of[0] : free, value);
        }
        break;
    case structure::anything:
    case structure::unknown:
        add_free_names(out, inside, value);
        break;
    default:
        break;
    }
    return out;
}

// The next names on the way to the places below an option that may change.
std::vector<continuation> of_limits(place const& at) {
    auto const length = at.path.size() - at.option_length;
    std::set<std::string> ends, leads;
    for (auto const& limit : at.declared->limited_to)
        if (limit.size() > length &&
            std::equal(
                limit.begin(), limit.begin() + static_cast<std::ptrdiff_t>(length),
                at.path.end() - static_cast<std::ptrdiff_t>(length)))
            (limit.size() == length + 1 ? ends : leads).insert(limit[length]);
    std::vector<continuation> out;
    for (auto const& one : of_type(*at.takes, nullptr))
        if (ends.contains(one.name)) {
            out.push_back(one);
            ends.erase(one.name);
        }
    for (auto const& name : ends)
        out.push_back({name, true, false, nullptr, nullptr});
    for (auto const& name : leads)
        out.push_back({name, false, true, nullptr, nullptr});
    return out;
}

} // namespace

syntax::literal const* static_value(option const& of, std::span<std::string const> inside) {
    auto const* value = of.value ? &*of.value : nullptr;
    for (auto const& name : inside)
        value = member_of(value, name);
    return value;
}

std::vector<continuation> names_after(schema const& in, option_path const& above) {
    std::vector<continuation> out;
    if (above.empty()) {
        out = of_nodes(in.roots(), nullptr);
    } else if (auto const at = resolve(in, above)) {
        auto const* value =
            at->declared == nullptr
                ? nullptr
                : static_value(*at->declared, std::span(at->path).subspan(at->option_length));
        if (at->above_limit && at->takes != nullptr)
            out = of_limits(*at);
        else if (at->takes != nullptr)
            out = of_type(*at->takes, value);
        else
            out = of_nodes(at->group->below, value);
    }
    std::sort(out.begin(), out.end(), [](auto const& a, auto const& b) { return a.name < b.name; });
    return out;
}

std::vector<syntax::literal> few_values(type const& takes) {
    return takes.kind->few_values(takes);
}

} // namespace dynix::options
