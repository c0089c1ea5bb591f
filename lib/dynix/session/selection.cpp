#include "dynix/session/selection.hpp"

#include "dynix/overrides/choose.hpp"
#include "dynix/overrides/effective.hpp"
#include "dynix/session/override_ids.hpp"
#include "dynix/syntax/attribute_path.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace dynix::session {
namespace {

pending_change
to_pending(overrides::effect_change const& one, overrides::dynamic_file const& file) {
    auto const& named = one.after != nullptr ? *one.after : *one.before;
    pending_change out;
    out.option = syntax::print_attribute_path(named.what->path);
    auto const* from = named.from;
    if (one.after != nullptr)
        out.value = named.what->value;
    else
        from = overrides::undo_of(file, named.from->number, named.what->path);
    if (from != nullptr) {
        out.entry = from->number;
        out.user = from->user;
        out.time = from->time;
    }
    return out;
}

std::vector<pending_change> changes(
    overrides::dynamic_file const& before, overrides::dynamic_file const& after,
    overrides::dynamic_file const& file) {
    auto const old = overrides::effective_overrides(before);
    auto const now = overrides::effective_overrides(after);
    std::vector<pending_change> out;
    for (auto const& one : overrides::effect_changes(old, now))
        out.push_back(to_pending(one, file));
    return out;
}

// The options and values in effect; nullopt: it is not made of entries. Where there is no dynamic
// file, a plan has no text.
std::optional<std::vector<std::pair<std::string, std::string>>>
settings_of(std::string const& text) {
    std::vector<std::pair<std::string, std::string>> out;
    if (text.empty())
        return out;
    auto const file = overrides::read_dynamic_file(text, "text");
    if (!file)
        return std::nullopt;
    for (auto const& one : overrides::effective_overrides(*file))
        out.emplace_back(syntax::print_attribute_path(one.what->path), one.what->value);
    return out;
}

std::int64_t last_entry(overrides::dynamic_file const& file, std::string_view user) {
    auto const found =
        std::find_if(file.entries.rbegin(), file.entries.rend(), [&](auto const& one) {
            return one.user == user;
        });
    return found == file.entries.rend() ? 0 : found->number;
}

} // namespace

std::string describe(pending_change const& what) {
    auto out = what.entry == 0 ? std::string("by hand") : fmt::format("entry {}", what.entry);
    if (!what.user.empty())
        out += fmt::format(" by {}, {}", what.user, what.time);
    return what.value ? out + ": " + overrides::setting_line(what.option, *what.value)
                      : fmt::format("{}: {} taken out", out, what.option);
}

result<selection> select(
    overrides::dynamic_file const& file, activation::state const* applied,
    std::vector<std::string> const& words, std::string const& user) {
    std::vector<overrides::wish> wishes;
    for (auto const& word : words) {
        auto one = overrides::read_wish(word);
        if (!one)
            return one.error();
        wishes.push_back(std::move(*one));
    }
    selection out;
    out.text = file.text;
    out.user = user;
    out.last_entry = last_entry(file, user);
    auto const before = applied_file(applied);
    if (!before) {
        if (!wishes.empty())
            return before.error();
        return out;
    }
    if (wishes.empty()) {
        out.to_apply = changes(*before, file, file);
        return out;
    }
    auto chosen = overrides::choose(file, *before, wishes);
    if (!chosen)
        return chosen.error();
    out.on_top_of = activation::fingerprint_of(applied);
    out.to_apply = changes(*before, chosen->file, file);
    out.pending = changes(chosen->file, file, file);
    out.notes = std::move(chosen->notes);
    if (!chosen->is_all)
        out.chosen = std::move(chosen->file);
    return out;
}

result<void> check_same(selection const& what, plan::activation_plan const& plan) {
    // What was chosen stands in a file of its own.
    if (!what.text || what.chosen)
        return {};
    bool const is_same = plan.fingerprint.empty()
                             ? settings_of(plan.configuration) == settings_of(*what.text)
                             : plan.fingerprint == plan::fingerprint_of(*what.text);
    if (is_same)
        return {};
    return make_error(
        fmt::format("'{}' was changed while Nix read it", plan.dynamic_file),
        "run the command again: it begins with what the file has then");
}

std::vector<pending_change> brought_along(selection const& what) {
    std::vector<pending_change> out;
    for (auto const& one : what.to_apply)
        if (one.entry == 0 || one.entry != what.last_entry)
            out.push_back(one);
    std::stable_partition(
        out.begin(), out.end(), [&](pending_change const& one) { return one.user != what.user; });
    return out;
}

} // namespace dynix::session
