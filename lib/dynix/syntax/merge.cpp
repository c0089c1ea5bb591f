#include "dynix/syntax/merge.hpp"

#include "dynix/syntax/attribute_path.hpp"

#include <algorithm>
#include <utility>

namespace dynix::syntax {

namespace {

bool is_set_in_parentheses(node value) {
    auto const kind = value.unwrapped().kind();
    return kind == node_kind::attribute_set || kind == node_kind::recursive_set;
}

} // namespace

std::uint32_t merger::new_set(bool recursive, std::uint32_t parent, std::string_view name) {
    sets_.push_back({recursive, {}, {}, {}, parent, name});
    return static_cast<std::uint32_t>(sets_.size() - 1);
}

void merger::clear() {
    sets_.clear();
    index_.clear();
    clashes_.clear();
    taken_apart_.clear();
}

std::uint32_t merger::merge(std::span<std::uint32_t const> bindings, bool recursive) {
    auto const made = new_set(recursive, no_set, {});
    frames_.push_back({made, bindings});
    run();
    return made;
}

void merger::run() {
    while (!frames_.empty()) {
        auto& top = frames_.back();
        if (top.next == top.bindings.size()) {
            frames_.pop_back();
            continue;
        }
        auto const target = top.target;
        auto const step = std::exchange(top.step, 0);
        auto const* const item = &top.bindings[top.next++];
        // Either may push frames, which are then done before the next binding.
        if (at(*item).kind() == node_kind::binding)
            add_binding(target, item, step);
        else
            add_inherit(target, at(*item));
    }
}

std::uint32_t* merger::find(std::uint32_t set, std::string_view name) {
    auto const found = index_.find({set, name});
    return found == index_.end() ? nullptr : &found->second;
}

std::uint32_t merger::as_set(std::uint32_t owner, std::uint32_t attribute) {
    auto& known = sets_[owner].attributes[attribute];
    if (known.set != no_set)
        return known.set;
    if (!known.value || !is_set_in_parentheses(known.value))
        return no_set;
    auto const value = known.value.unwrapped();
    auto const made = new_set(value.kind() == node_kind::recursive_set, owner, known.name);
    auto& moved = sets_[owner].attributes[attribute]; // new_set may have moved it
    moved.set = made;
    moved.value = {};
    frames_.push_back({made, take_apart(value)});
    return made;
}

std::span<std::uint32_t const> merger::take_apart(node set) {
    taken_apart_.push_back(set.id());
    return content_.children_of(set.id());
}

void merger::add_binding(
    std::uint32_t target, std::uint32_t const* binding, std::size_t first_step) {
    auto const [path, value] = as_binding(at(*binding));
    for (auto step = first_step; step < path.size(); ++step) {
        auto const last = step + 1 == path.size();
        auto const name = names_.text_of(path[step]);
        if (!name) {
            auto const nested = last ? no_set : new_set(false, target, "${...}");
            sets_[target].dynamics.push_back({path[step], last ? value : node(), nested});
            target = nested;
            continue;
        }
        if (auto const* const known = find(target, *name)) {
            // What is to be added waits below what the known set must first be taken apart into.
            auto const waiting = frames_.size();
            if (!last)
                frames_.push_back({no_set, {binding, 1}, 0, step + 1});
            else if (is_set_in_parentheses(value))
                frames_.push_back({no_set, take_apart(value.unwrapped())});
            auto const nested = frames_.size() == waiting ? no_set : as_set(target, *known);
            if (nested == no_set) {
                frames_.resize(waiting);
                report(target, *find(target, *name), path[step]);
                return;
            }
            frames_[waiting].target = nested;
            return;
        }
        auto const nested = last ? no_set : new_set(false, target, *name);
        auto& attributes = sets_[target].attributes;
        index_[{target, *name}] = static_cast<std::uint32_t>(attributes.size());
        attributes.push_back(
            {*name, path[step], last ? value : node(), nested, no_source,
             merged_attribute::origin::plain});
        target = nested;
    }
}

void merger::add_inherit(std::uint32_t target, node inherit) {
    auto const [source, names] = as_inherit(inherit);
    auto from = merged_attribute::origin::inherited;
    auto source_index = no_source;
    if (source) {
        from = merged_attribute::origin::inherited_from;
        source_index = static_cast<std::uint32_t>(sets_[target].sources.size());
        sets_[target].sources.push_back(source);
    }
    for (auto const step : names) {
        auto const name = names_.text_of(step);
        if (!name)
            continue; // refused elsewhere
        if (auto const* const known = find(target, *name)) {
            report(target, *known, step);
            continue;
        }
        auto& attributes = sets_[target].attributes;
        index_[{target, *name}] = static_cast<std::uint32_t>(attributes.size());
        attributes.push_back({*name, step, {}, no_set, source_index, from});
    }
}

void merger::report(std::uint32_t set, std::uint32_t attribute, node second) {
    auto const& known = sets_[set].attributes[attribute];
    std::vector<std::string> path{std::string(known.name)};
    for (auto outer = set; sets_[outer].parent != no_set; outer = sets_[outer].parent)
        path.emplace_back(sets_[outer].name);
    std::reverse(path.begin(), path.end());
    clashes_.push_back({known.defined_at, second, print_attribute_path(path)});
}

} // namespace dynix::syntax
