#include "dynix/session/selection.hpp"

#include "dynix/overrides/choose.hpp"
#include "dynix/overrides/effective.hpp"
#include "dynix/plan/plan.hpp"
#include "dynix/syntax/attribute_path.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace dynix::session {
namespace {

// The dynamic file that is applied.
result<overrides::dynamic_file> applied_file(activation::state const* applied) {
    std::string text(overrides::text_without_entries());
    if (applied == nullptr)
        return overrides::read_dynamic_file(std::move(text), "what is applied");
    bool const changes_units =
        std::any_of(applied->units.begin(), applied->units.end(), [](auto const& unit) {
            return !unit.drop_in.empty();
        });
    if (!applied->configuration.empty())
        text = applied->configuration;
    auto file = overrides::read_dynamic_file(std::move(text), "what is applied");
    if (!file || (applied->configuration.empty() && changes_units))
        return make_error(
            "what is applied is not known entry by entry, so nothing can be chosen beside it",
            "'dynix apply' without arguments applies the whole dynamic file");
    return file;
}

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

std::int64_t last_append(overrides::dynamic_file const& file, std::string_view user) {
    auto const found =
        std::find_if(file.entries.rbegin(), file.entries.rend(), [&](auto const& one) {
            return one.user == user && !one.overrides.empty();
        });
    return found == file.entries.rend() ? 0 : found->number;
}

} // namespace

std::string describe(pending_change const& what) {
    auto out = what.entry == 0 ? std::string("by hand") : fmt::format("entry {}", what.entry);
    if (!what.user.empty())
        out += fmt::format(" by {}, {}", what.user, what.time);
    return what.value ? fmt::format("{}: {} = {}", out, what.option, *what.value)
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
    out.user = user;
    out.last_append = last_append(file, user);
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
    out.on_top_of = plan::fingerprint_of(applied != nullptr ? applied->configuration : "");
    out.to_apply = changes(*before, chosen->file, file);
    out.pending = changes(chosen->file, file, file);
    out.notes = std::move(chosen->notes);
    if (!chosen->is_all)
        out.chosen = std::move(chosen->file);
    return out;
}

std::vector<pending_change> brought_along(selection const& what) {
    std::vector<pending_change> out;
    for (auto const& one : what.to_apply)
        if (one.entry == 0 || one.entry != what.last_append)
            out.push_back(one);
    std::stable_partition(
        out.begin(), out.end(), [&](pending_change const& one) { return one.user != what.user; });
    return out;
}

} // namespace dynix::session
