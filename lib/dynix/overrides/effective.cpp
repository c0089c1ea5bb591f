#include "dynix/overrides/effective.hpp"

#include "dynix/base/nearest.hpp"
#include "dynix/syntax/attribute_path.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace dynix::overrides {
namespace {

// Orders paths so that everything below a path follows it at once.
struct by_path {
    bool operator()(option_path const* a, option_path const* b) const { return *a < *b; }
};

} // namespace

std::string setting_line(std::string_view option, std::string_view value) {
    return fmt::format("{} = {}", option, value);
}

std::string in_column(std::string line, std::size_t width) {
    auto const last = line.size() - (line.rfind('\n') + 1);
    return last < width ? line.append(width - last, ' ') : line;
}

std::string override_line(option_override const& what) {
    return setting_line(syntax::print_attribute_path(what.path), what.value);
}

bool is_at_or_below(option_path const& path, option_path const& parent) {
    return path.size() >= parent.size() && std::equal(parent.begin(), parent.end(), path.begin());
}

std::vector<effective_override> effective_overrides(dynamic_file const& file) {
    return effective_overrides(file, {}); // everything is below the empty path
}

std::vector<effective_override>
effective_overrides(dynamic_file const& file, option_path const& near) {
    std::map<option_path const*, effective_override, by_path> winners;
    for (auto const& from : file.entries) {
        for (auto const& what : from.overrides) {
            // What is neither above nor below cannot hide what is, nor be hidden by it.
            if (!is_at_or_below(what.path, near) && !is_at_or_below(near, what.path))
                continue;
            // No winner stands below another, so only the one just before `path` can be above it.
            auto const next = winners.upper_bound(&what.path);
            if (next != winners.begin()) {
                auto const& before = *std::prev(next)->first;
                if (before.size() < what.path.size() && is_at_or_below(what.path, before))
                    continue;
            }
            auto last = winners.lower_bound(&what.path);
            while (last != winners.end() && is_at_or_below(*last->first, what.path))
                last = winners.erase(last);
            winners.emplace(&what.path, effective_override{&what, &from});
        }
    }
    std::vector<effective_override> out;
    out.reserve(winners.size());
    for (auto const& [path, winner] : winners)
        out.push_back(winner);
    return out;
}

effective_override const*
covering(std::vector<effective_override> const& effective, option_path const& path) {
    auto const after = std::upper_bound(
        effective.begin(), effective.end(), path,
        [](option_path const& a, effective_override const& b) { return a < b.what->path; });
    if (after == effective.begin())
        return nullptr;
    auto const& candidate = *std::prev(after);
    return is_at_or_below(path, candidate.what->path) ? &candidate : nullptr;
}

std::vector<effective_override>
effective_at(std::vector<effective_override> const& effective, option_path const& path) {
    if (auto const* above = covering(effective, path))
        return {*above};
    std::vector<effective_override> out;
    for (auto const& one : effective)
        if (is_at_or_below(one.what->path, path))
            out.push_back(one);
    return out;
}

error no_override_at(std::vector<effective_override> const& effective, option_path const& path) {
    std::vector<std::string> known;
    known.reserve(effective.size());
    for (auto const& one : effective)
        known.push_back(syntax::print_attribute_path(one.what->path));
    auto const wanted = syntax::print_attribute_path(path);
    return make_error(
        fmt::format("there is no override at '{}'", wanted), did_you_mean(nearest(wanted, known)));
}

std::vector<effect_change> effect_changes(
    std::vector<effective_override> const& before, std::vector<effective_override> const& after) {
    std::vector<effect_change> out;
    auto old = before.begin();
    auto now = after.begin();
    while (old != before.end() || now != after.end()) {
        if (now == after.end() || (old != before.end() && old->what->path < now->what->path)) {
            out.push_back({&*old++, nullptr});
        } else if (old == before.end() || now->what->path < old->what->path) {
            out.push_back({nullptr, &*now++});
        } else {
            if (old->what->value != now->what->value)
                out.push_back({&*old, &*now});
            ++old;
            ++now;
        }
    }
    return out;
}

} // namespace dynix::overrides
