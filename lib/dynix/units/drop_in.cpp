#include "dynix/units/drop_in.hpp"

#include "dynix/units/directives.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>
#include <set>
#include <utility>

namespace dynix::units {
namespace {

constexpr std::string_view header =
    "# Written by dynix: how this unit differs from the static configuration, until the next\n"
    "# switch or reboot. 'dynix reset' takes it away.\n";

// What is compared and replayed as one: a key, or all keys of a group.
struct subject {
    std::string section;
    std::string name;      // the key, or the group
    directive const* what; // of a group with a list, that of the list
    std::string key;       // the first that is so

    bool has(assignment const& one) const {
        return one.section == section && subject_name(one) == name;
    }

    std::vector<assignment> in(unit_file const& unit) const {
        std::vector<assignment> found;
        for (auto const& one : unit.assignments)
            if (has(one))
                found.push_back(one);
        return found;
    }
};

// Every subject of either text, in the order in which the new text and then the old one have them.
std::vector<subject> subjects(unit_file const& before, unit_file const& after) {
    std::vector<subject> all;
    for (auto const* unit : {&after, &before})
        for (auto const& one : unit->assignments) {
            auto const* what = find_directive(one.section, one.key);
            auto const known = std::find_if(
                all.begin(), all.end(), [&](subject const& other) { return other.has(one); });
            if (known == all.end())
                all.push_back({one.section, subject_name(one), what, one.key});
            else if (
                known->what && what && known->what->kind == directive_kind::scalar &&
                what->kind == directive_kind::list) {
                known->what = what;
                known->key = one.key;
            }
        }
    return all;
}

// Of a value with a quoted word, the whole: there are spaces in that.
std::set<std::string> words(std::vector<assignment> const& all) {
    std::set<std::string> found;
    for (auto const& one : all) {
        auto rest = std::string_view(one.value);
        if (rest.find_first_of("\"'") != rest.npos) {
            found.emplace(rest);
            continue;
        }
        while (!rest.empty()) {
            auto const end = std::min(rest.find_first_of(" \t"), rest.size());
            if (end > 0)
                found.emplace(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
    return found;
}

std::vector<std::string> values(std::vector<assignment> const& all) {
    std::vector<std::string> found;
    found.reserve(all.size());
    for (auto const& one : all)
        found.push_back(one.value);
    return found;
}

bool has_key(std::vector<assignment> const& all, std::string const& key) {
    return std::any_of(
        all.begin(), all.end(), [&](assignment const& one) { return one.key == key; });
}

class builder {
  public:
    builder(unit_file const& before, unit_file const& after) : before_(before), after_(after) {}

    drop_in build() {
        for (auto const& one : subjects(before_, after_))
            compare(one);
        if (lines_.empty() || !made_.refusals.empty())
            return std::move(made_);
        made_.text = header;
        std::vector<std::string> sections;
        for (auto const& line : lines_)
            if (std::find(sections.begin(), sections.end(), line.section) == sections.end())
                sections.push_back(line.section);
        for (auto const& section : sections) {
            made_.text += fmt::format("\n[{}]\n", section);
            for (auto const& line : lines_)
                if (line.section == section)
                    made_.text += fmt::format("{}={}\n", line.key, line.value);
        }
        return std::move(made_);
    }

  private:
    void compare(subject const& one) {
        auto const before = one.in(before_);
        auto const after = one.in(after_);
        if (before == after || (one.what && one.what->kind == directive_kind::ignored))
            return;
        if (!one.what)
            return refuse(
                one, one.key, "dynix does not know what a drop-in can do to this directive");
        switch (one.what->kind) {
        case directive_kind::fixed:
            return refuse(one, one.key, std::string(one.what->reason));
        case directive_kind::list:
            return replay_list(one, before, after);
        case directive_kind::scalar:
            return replay_scalar(one, before, after);
        case directive_kind::additive:
            return add(one, one.key, before, after);
        case directive_kind::ignored:
            return;
        }
    }

    // From the cleared list on, the same assignments give the same result as in a full unit.
    void replay_list(
        subject const& one, std::vector<assignment> const& before,
        std::vector<assignment> const& after) {
        if (after.empty() || after.front().value != one.what->unset)
            lines_.push_back({one.section, one.key, one.what->unset});
        // That the list takes it back is not written down.
        auto const gone = std::find_if(before.begin(), before.end(), [&](assignment const& old) {
            auto const* known = find_directive(old.section, old.key);
            return known && known->kind == directive_kind::scalar && !has_key(after, old.key);
        });
        if (gone != before.end())
            lines_.push_back(
                {one.section, gone->key, find_directive(gone->section, gone->key)->unset});
        lines_.insert(lines_.end(), after.begin(), after.end());
        made_.changes.push_back({one.section, one.name, values(before), values(after)});
    }

    void replay_scalar(
        subject const& one, std::vector<assignment> const& before,
        std::vector<assignment> const& after) {
        if (one.what->group.empty() && !after.empty() && !before.empty() &&
            after.back().value == before.back().value)
            return;
        for (auto const& old : before) {
            if (has_key(after, old.key))
                continue;
            auto const* what = find_directive(old.section, old.key);
            if (!what->unset)
                return refuse(
                    one, old.key, "it is removed, and a drop-in cannot bring its default back");
            lines_.push_back({one.section, old.key, what->unset});
            break;
        }
        if (one.what->group.empty() && !after.empty())
            lines_.push_back(after.back());
        else
            lines_.insert(lines_.end(), after.begin(), after.end());
        made_.changes.push_back({one.section, one.name, values(before), values(after)});
    }

    void
    add(subject const& one, std::string const& key, std::vector<assignment> const& before,
        std::vector<assignment> const& after) {
        auto const old = words(before);
        auto const wanted = words(after);
        std::vector<std::string> added;
        std::vector<std::string> removed;
        std::set_difference(
            wanted.begin(), wanted.end(), old.begin(), old.end(), std::back_inserter(added));
        std::set_difference(
            old.begin(), old.end(), wanted.begin(), wanted.end(), std::back_inserter(removed));
        if (!removed.empty())
            return refuse(
                one, key,
                fmt::format(
                    "a drop-in can only add to it, not remove '{}'", fmt::join(removed, " ")));
        if (added.empty())
            return;
        lines_.push_back({one.section, key, fmt::format("{}", fmt::join(added, " "))});
        made_.changes.push_back({one.section, one.name, values(before), values(after)});
    }

    void refuse(subject const& one, std::string const& key, std::string reason) {
        made_.refusals.push_back({one.section, key, std::move(reason)});
    }

    unit_file const& before_;
    unit_file const& after_;
    std::vector<assignment> lines_;
    drop_in made_;
};

} // namespace

std::string subject_name(assignment const& one) {
    auto const* what = find_directive(one.section, one.key);
    return what && !what->group.empty() ? std::string(what->group) : one.key;
}

drop_in make_drop_in(unit_file const& before, unit_file const& after) {
    return builder(before, after).build();
}

error refused(std::string_view unit, std::vector<refusal> const& refusals) {
    auto what = make_error(
        fmt::format("the change of '{}' cannot be applied to the running system", unit),
        "put it into the static configuration and switch: 'nixos-rebuild switch'");
    for (auto const& one : refusals)
        what.notes.push_back({fmt::format("[{}] {}: {}", one.section, one.key, one.reason), {}});
    return what;
}

} // namespace dynix::units
