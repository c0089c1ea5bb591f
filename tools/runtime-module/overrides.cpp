#include "overrides.hpp"

#include "dynix/activation/record/confirmation.hpp"
#include "dynix/base/file.hpp"
#include "dynix/overrides/effective.hpp"
#include "dynix/overrides/store.hpp"
#include "dynix/session/lasting_entries.hpp"
#include "dynix/session/plans.hpp"
#include "dynix/session/staying.hpp"
#include "dynix/syntax/attribute_path.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>

namespace dynix::tool {
namespace {

std::string text_of(activation::applied_override const& one) {
    return overrides::setting_line(one.option, one.value);
}

// What is applied; nullopt also for a state that cannot be read, and then why.
std::optional<activation::state> applied_now(modules::surroundings const& host, std::string& why) {
    auto const path = host.where.state();
    auto read = parse_if_any(host.files.read(path), [&](auto const& text) {
        return activation::parse_state(text, path);
    });
    // dynix says what is wrong with it, and takes its drop-ins back.
    if (!read)
        why = one_line(read.error());
    return read ? std::move(*read) : std::nullopt;
}

std::size_t units_in(plan::activation_plan const& plan) {
    std::size_t all = 0;
    for (auto const& service : plan.services)
        all += service.units.size();
    return all;
}

// How many of them are applied, by the state.
std::size_t applied_of(lost_overrides const& lost, modules::surroundings const& host) {
    std::string ignored;
    auto const applied = applied_now(host, ignored);
    if (!applied)
        return 0;
    return static_cast<std::size_t>(std::ranges::count_if(applied->overrides, [&](auto const& one) {
        return std::ranges::any_of(
            lost.overrides, [&](auto const& other) { return text_of(other) == text_of(one); });
    }));
}

// Whether it is in an entry of the dynamic file still whose time is not over.
bool is_wanted(
    activation::applied_override const& one, overrides::dynamic_file const& file,
    overrides::moment const& now) {
    // That of a plan from elsewhere is in no entry.
    return one.entry == 0 || std::ranges::any_of(file.entries, [&](overrides::entry const& from) {
               return from.number == one.entry && !from.ends.is_over(now) &&
                      std::ranges::any_of(from.overrides, [&](auto const& has) {
                          auto const path = syntax::print_attribute_path(has.path);
                          return one.option == path || one.option.starts_with(path + '.');
                      });
           });
}

// Whether somebody has taken one of them out of the dynamic file, or applied another value.
bool changed_meanwhile(lost_overrides const& lost, modules::surroundings const& host) {
    auto const file = overrides::load(lost.dynamic_file);
    if (!file)
        return true;
    auto const now = session::moment_of(host.time);
    std::string ignored;
    auto const applied = applied_now(host, ignored);
    return std::ranges::any_of(lost.overrides, [&](auto const& one) {
        return !is_wanted(one, *file, now) ||
               (applied && std::ranges::any_of(applied->overrides, [&](auto const& other) {
                    return other.option == one.option && other.value != one.value;
                }));
    });
}

// What brings them back. Entries that nobody has confirmed leave the dynamic file, unless it cannot
// be understood which ones these are.
std::string_view way_back(lost_overrides const& lost) {
    return lost.may_wait ? "'dynix apply' applies again, where it can, what the dynamic file still "
                           "has of them"
                         : "'dynix apply' applies them again where it can";
}

} // namespace

std::vector<std::string> texts_of(lost_overrides const& lost) {
    std::vector<std::string> out;
    for (auto const& one : lost.overrides)
        out.push_back(text_of(one));
    return out;
}

lost_overrides overrides_lost_in(std::string const& system, modules::surroundings const& host) {
    lost_overrides out;
    auto const applied = applied_now(host, out.unknown);
    if (!applied)
        return out;
    auto what = session::overrides_that_stay(*applied, system, host.files);
    if (!what) {
        out.unknown = one_line(what.error());
        return out;
    }
    out.units = std::move(what->changed);
    // What nobody has confirmed is not applied again.
    out.may_wait = activation::may_wait(host.files, host.where);
    out.unconfirmed = out.may_wait && !what->taken_back.empty() && !out.units.empty();
    // What waits to be confirmed is one thing: it does not stay with half of its units.
    if (out.unconfirmed)
        what->taken_back = applied->overrides;
    out.others_stay = !out.unconfirmed && !what->stays.overrides.empty();
    // What a switch has taken back before is still in the plan, so it would be applied, too. What
    // stands beside a plan elsewhere may be anybody's.
    if (auto const plan = session::read_plan_if_any(applied->plan);
        plan && units_in(*plan) == applied->units.size() &&
        applied->plan.starts_with("/nix/store/") && !out.may_wait)
        out.script = folder_of(applied->plan) + "/bin/activate";
    out.dynamic_file = applied->dynamic_file;
    out.overrides = std::move(what->taken_back);
    return out;
}

std::string sentence(lost_overrides const& lost) {
    if (lost.overrides.empty())
        return {};
    return fmt::format(
        "takes back the overrides of dynix, since {}: {}; {}{}",
        lost.units.empty()
            ? std::string("an activation of dynix was interrupted")
            : fmt::format(
                  "{} change{}{}", fmt::join(lost.units, ", "), lost.units.size() == 1 ? "s" : "",
                  lost.unconfirmed ? " and an apply waits to be confirmed" : ""),
        fmt::join(texts_of(lost), ", "), lost.others_stay ? "all others stay; " : "",
        way_back(lost));
}

std::optional<error> apply_again(lost_overrides const& lost, modules::surroundings const& host) {
    if (applied_of(lost, host) == lost.overrides.size())
        return std::nullopt;
    auto failed = make_error(
        fmt::format(
            "overrides of dynix are not applied any more: {}", fmt::join(texts_of(lost), ", ")),
        std::string(way_back(lost)));
    if (lost.script.empty())
        return failed;
    if (changed_meanwhile(lost, host)) {
        failed.notes.push_back({"somebody has changed them meanwhile", {}});
        return failed;
    }
    process::command again;
    again.program = lost.script;
    auto const ended = host.programs.run(again);
    if (!ended)
        failed.notes.push_back({one_line(ended.error()), {}});
    else if (!ended->success())
        failed.notes.push_back(
            {fmt::format("'{}' failed: {}\n{}", lost.script, process::describe(*ended), ended->err),
             {}});
    else
        return std::nullopt;
    return failed;
}

} // namespace dynix::tool
