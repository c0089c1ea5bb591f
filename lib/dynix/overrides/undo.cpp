#include "dynix/overrides/undo.hpp"

#include "dynix/base/file.hpp"
#include "dynix/overrides/change.hpp"
#include "dynix/overrides/effective.hpp"
#include "dynix/overrides/generations.hpp"
#include "dynix/overrides/plain_text.hpp"
#include "dynix/overrides/store.hpp"
#include "dynix/syntax/attribute_path.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace dynix::overrides {
namespace {

using selector = std::function<bool(entry const&, option_override const&)>;

std::int64_t last_number(dynamic_file const& file) {
    auto const last = std::find_if(file.entries.rbegin(), file.entries.rend(), [](auto const& one) {
        return !one.overrides.empty();
    });
    return last == file.entries.rend() ? 0 : last->number;
}

// Of the entry that is wished away.
std::int64_t number_of(dynamic_file const& file, undo_wish const& wanted) {
    if (auto const* named = std::get_if<numbered_entry>(&wanted))
        return named->number;
    if (auto const* part = std::get_if<part_of_entry>(&wanted))
        return part->number;
    return last_number(file);
}

selector select_by(dynamic_file const& file, undo_wish const& wanted) {
    if (auto const* below = std::get_if<path_and_below>(&wanted))
        return [path = below->path](entry const&, option_override const& what) {
            return is_at_or_below(what.path, path);
        };
    if (std::holds_alternative<every_entry>(wanted))
        return [](entry const&, option_override const&) { return true; };
    if (auto const* part = std::get_if<part_of_entry>(&wanted))
        return [part = *part](entry const& from, option_override const& what) {
            return from.number == part.number && part.is_meant(what);
        };
    return [number = number_of(file, wanted)](entry const& from, option_override const&) {
        return from.number == number;
    };
}

// The binding of an override that is taken out of `from`, or that of the outermost set around it of
// which nothing is left.
byte_range
binding_to_cut(entry const& from, option_override const& what, selector const& selected) {
    for (std::size_t i = 0; i < what.bindings.size(); ++i) {
        bool const all = std::all_of(
            from.overrides.begin(), from.overrides.end(), [&](option_override const& other) {
                return other.bindings.size() <= i || other.bindings[i] != what.bindings[i] ||
                       selected(from, other);
            });
        if (all)
            return what.bindings[i];
    }
    return what.where;
}

std::string action_of(dynamic_file const& file, undo_wish const& wanted) {
    if (auto const* below = std::get_if<path_and_below>(&wanted))
        return "undo " + syntax::print_attribute_path(below->path);
    if (std::holds_alternative<every_entry>(wanted))
        return "undo all";
    return fmt::format("undo {}", number_of(file, wanted));
}

error nothing_to_take_back(dynamic_file const& file, undo_wish const& wanted) {
    if (auto const* below = std::get_if<path_and_below>(&wanted)) {
        auto const effective = effective_overrides(file);
        if (auto const* above = covering(effective, below->path))
            return make_error(
                fmt::format(
                    "'{}' is only a part of what entry {} set '{}' to",
                    syntax::print_attribute_path(below->path), above->from->number,
                    syntax::print_attribute_path(above->what->path)),
                fmt::format("'dynix undo {}' takes the whole of it back", above->from->number));
        return no_override_at(effective, below->path);
    }
    if (std::holds_alternative<every_entry>(wanted) || std::holds_alternative<last_entry>(wanted))
        return make_error("there is no entry to take back");
    auto const number = number_of(file, wanted);
    for (auto const& one : file.entries)
        if (one.number == number && !one.overrides.empty())
            return make_error(fmt::format("entry {} has another value by now", number));
        else if (one.number == number)
            return make_error(
                fmt::format("{} is no override: it says '{}'", one.number, one.action),
                one.generation == 0
                    ? std::string("it has no generation to return to")
                    : fmt::format(
                          "'dynix undo --to-generation {}' returns to the file as it was before "
                          "that",
                          one.generation));
    return make_error(
        fmt::format("there is no entry {}", number), "'dynix log' shows those that there are");
}

// `cut`, and all of its first and last line when nothing else is on them.
byte_range with_empty_lines(std::string_view text, byte_range cut) {
    constexpr std::string_view blank = " \t\r";
    auto const before =
        cut.begin == 0 ? std::string_view::npos : text.find_last_not_of(blank, cut.begin - 1);
    auto const after = std::min(text.find_first_not_of(blank, cut.end), text.size());
    bool const alone = (before == std::string_view::npos || text[before] == '\n') &&
                       (after == text.size() || text[after] == '\n');
    if (!alone)
        return cut;
    return {
        static_cast<std::uint32_t>(before + 1), // npos + 1 is 0
        static_cast<std::uint32_t>(std::min(after + 1, text.size()))};
}

// Keeps the file of before as a generation and puts the one of after, with the line, in its place.
// Where there was none, the new one gets the owner and mode of the file at `model`.
result<undo_outcome>
carry_out(write_request const& request, undo_outcome outcome, std::string const& model) {
    if (request.dry_run)
        return outcome;
    auto const kept = keep_generation(request.path, outcome.before.text);
    if (!kept)
        return kept.error();
    if (*kept == 0) {
        auto const resolved = resolve_links(request.path);
        if (!resolved)
            return resolved.error();
        if (auto linked = link_file(model, *resolved); !linked)
            return linked.error();
    }
    outcome.line.generation = *kept;
    auto const text = splice_entry(outcome.after, outcome.line);
    if (auto written = replace_file(request.path, text); !written) {
        forget_generation(request.path, *kept);
        return written.error();
    }
    prune_generations(request.path);
    return outcome;
}

// The line that stands for an undo, with the number behind all that either file gave away.
result<entry> undo_line(
    write_request const& request, std::string action, dynamic_file const& before,
    dynamic_file const& after) {
    auto line = make_entry(before, {}, request.time, request.user, request.message);
    if (!line)
        return line.error();
    line->number = std::max(line->number, next_number(after));
    if (auto text = check_string("PATH", action); !text) {
        auto unnamed = text.error();
        unnamed.hint = "name the entry by its number: 'dynix log' shows them";
        return unnamed;
    }
    line->action = std::move(action);
    return line;
}

result<undo_outcome> undo_locked(write_request const& request, undo_wish const& wanted) {
    auto before = load(request.path);
    if (!before)
        return before.error();
    auto back = take_back(*before, wanted);
    if (!back)
        return back.error();
    // Reading what is left proves that the cuts fell between entries.
    auto after = read_dynamic_file(std::move(back->text), request.path);
    if (!after)
        return after.error();
    auto line = undo_line(request, std::move(back->action), *before, *after);
    if (!line)
        return line.error();
    return carry_out(
        request, {std::move(*line), std::move(back->taken), std::move(*before), std::move(*after)},
        request.path);
}

result<generation> find_generation(std::string const& path, std::int64_t number) {
    auto const known = generations_of(path);
    if (!known)
        return known.error();
    for (auto const& one : *known)
        if (one.number == number)
            return one;
    return make_error(
        fmt::format("there is no generation {}", number),
        known->empty() ? "an undo makes the first one"
                       : fmt::format(
                             "there are {} to {}: see 'dynix generations'", known->front().number,
                             known->back().number));
}

result<undo_outcome> return_locked(write_request const& request, std::int64_t number) {
    auto const wanted = find_generation(request.path, number);
    if (!wanted)
        return wanted.error();
    auto after = load(wanted->path);
    if (!after)
        return after.error();
    auto before = load_to_write(request.path);
    if (!before)
        return before.error();
    auto line = undo_line(request, fmt::format("return to generation {}", number), *before, *after);
    if (!line)
        return line.error();
    return carry_out(
        request, {std::move(*line), {}, std::move(*before), std::move(*after)}, wanted->path);
}

template <class Work>
result<undo_outcome> with_lock(write_request const& request, Work const& work) {
    if (request.dry_run)
        return work();
    auto const lock = lock_dynamic_file(request.path, request.patience, request.on_wait);
    if (!lock)
        return lock.error();
    return work();
}

} // namespace

result<taken_back> take_back(dynamic_file const& file, undo_wish const& wanted) {
    auto const selected = select_by(file, wanted);
    taken_back out;
    std::vector<byte_range> cuts;
    for (auto const& from : file.entries) {
        std::vector<byte_range> here;
        std::size_t selected_here = 0;
        for (auto const& what : from.overrides) {
            if (!selected(from, what))
                continue;
            auto const cut = binding_to_cut(from, what, selected);
            if (here.empty() || here.back() != cut)
                here.push_back(cut);
            out.taken.push_back({from.number, what});
            ++selected_here;
        }
        if (here.empty())
            continue;
        if (selected_here == from.overrides.size())
            here = {from.where};
        cuts.insert(cuts.end(), here.begin(), here.end());
    }
    if (cuts.empty())
        return nothing_to_take_back(file, wanted);
    auto const text = std::string_view(file.text);
    std::size_t kept = 0;
    for (auto const& cut : cuts) {
        auto const whole = with_empty_lines(text, cut);
        out.text += text.substr(kept, whole.begin - kept);
        kept = whole.end;
    }
    out.text += text.substr(kept);
    out.action = action_of(file, wanted);
    return out;
}

result<dynamic_file> without(dynamic_file file, std::vector<undo_wish> const& wishes) {
    for (auto const& wanted : wishes) {
        auto rest = take_back(file, wanted);
        if (!rest)
            return rest.error();
        auto read = read_dynamic_file(std::move(rest->text), file.name);
        if (!read)
            return read.error();
        file = std::move(*read);
    }
    return file;
}

result<undo_outcome> undo(write_request const& request, undo_wish const& wanted) {
    return with_lock(request, [&] { return undo_locked(request, wanted); });
}

result<undo_outcome> return_to_generation(write_request const& request, std::int64_t number) {
    return with_lock(request, [&] { return return_locked(request, number); });
}

} // namespace dynix::overrides
