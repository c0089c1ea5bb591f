#include "dynix/options/resolve.hpp"

#include "dynix/base/nearest.hpp"
#include "dynix/options/check.hpp"
#include "dynix/syntax/attribute_path.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>
#include <utility>

namespace dynix::options {
namespace {

// Old names may point to old names; a ring of them is no way.
constexpr int most_renames = 16;

std::string shown(std::span<std::string const> path) {
    return fmt::format("'{}'", syntax::print_attribute_path(path));
}

bool starts_with(std::span<std::string const> path, std::span<std::string const> start) {
    return path.size() >= start.size() && std::equal(start.begin(), start.end(), path.begin());
}

error no_such_option(schema const& in, option_path const& path) {
    auto const hint = did_you_mean(nearest_options(in, path));
    return make_error(
        fmt::format("there is no option {}", shown(path)),
        hint.empty() ? "'dynix options' lists those that can change" : hint);
}

error not_dynamic(std::span<std::string const> option) {
    return make_error(
        fmt::format("{} exists, but no service declares it dynamic", shown(option)),
        fmt::format("set it in the static configuration; or, if all it changes are the units of a "
                    "service, add it to 'dynamicism.for.<service>.options' and switch"));
}

// The way from an option into its value.
class descent {
  public:
    explicit descent(place& at) : at_(at) {}

    result<void> walk() {
        if (auto open = enter(*at_.declared, at_.option_length); !open)
            return open;
        for (auto i = at_.option_length; i < at_.path.size(); ++i)
            if (auto done = step(i); !done) {
                failed_at_ = i;
                return done;
            }
        return {};
    }

    // Behind a walk that failed: where the names that were refused may go on with one before them,
    // because its dots are part of it ("example.org"); nullopt: no name was free to choose.
    std::optional<std::size_t> name_before() const { return attribute_; }

    // Whether they may all be part of it, and nothing of them looks like what could stand there.
    bool may_end_with_it() const {
        return attribute_ && failed_at_ == *attribute_ + 1 && !is_near_;
    }

  private:
    std::span<std::string const> first(std::size_t length) const {
        return std::span(at_.path).first(length);
    }

    result<void> enter(option const& what, std::size_t length) {
        if (what.read_only)
            return make_error(
                fmt::format("{} is read-only: the module computes it", shown(first(length))),
                "override an option that it is computed from");
        if (what.internal)
            return make_error(
                fmt::format("{} is internal: other modules set it", shown(first(length))),
                "override the option of the service that leads to it");
        at_.takes = what.takes;
        at_.group = nullptr;
        return {};
    }

    result<void> step(std::size_t i) {
        auto const& name = at_.path[i];
        if (at_.takes == nullptr)
            return to_member(at_.group->below, freeform_, i);
        auto const& takes = of_a_set(*at_.takes);
        switch (takes.kind->holds) {
        case structure::attributes:
            attribute_ = i;
            at_.takes = takes.of[0];
            return {};
        case structure::submodule:
            freeform_ = takes.of.empty() ? nullptr : takes.of[0];
            submodule_length_ = i;
            return to_member(takes.members, freeform_, i);
        case structure::anything:
        case structure::unknown:
            at_.takes = &takes;
            return {};
        case structure::list:
            return make_error(
                fmt::format(
                    "{} takes a list, and a list is overridden as a whole", shown(first(i))),
                fmt::format("append all its items: {} '[ ... ]'", shown(first(i))));
        case structure::whole:
            return make_error(
                fmt::format(
                    "{} is taken as a whole, so '{}' in it cannot be overridden alone",
                    shown(first(i)), name),
                fmt::format("append the whole of {}", shown(first(i))));
        default:
            return make_error(
                fmt::format(
                    "there is nothing below {}: it takes {}", shown(first(i)), describe(takes)),
                fmt::format("append {} itself", shown(first(i))));
        }
    }

    result<void> to_member(std::vector<node> const& members, type const* freeform, std::size_t i) {
        auto const& name = at_.path[i];
        if (auto const* member = find(members, name)) {
            if (member->what != nullptr)
                return enter(*member->what, i + 1);
            at_.takes = nullptr;
            at_.group = member;
            return {};
        }
        if (freeform != nullptr) {
            // The freeform type takes all that is no option, from the submodule on.
            at_.group = nullptr;
            at_.takes = freeform;
            for (auto k = submodule_length_; k <= i; ++k)
                if (auto done = step(k); !done)
                    return done;
            return {};
        }
        std::vector<std::string> known;
        known.reserve(members.size());
        for (auto const& member : members)
            known.push_back(member.name);
        auto const near = nearest(name, known);
        is_near_ = !near.empty();
        return make_error(
            fmt::format("there is no option {}", shown(first(i + 1))), did_you_mean(near));
    }

    place& at_;
    type const* freeform_ = nullptr;         // of the submodule that the path last went into
    std::size_t submodule_length_ = 0;       // how many names lead to that submodule
    std::optional<std::size_t> attribute_{}; // the last name that could be any
    std::size_t failed_at_ = 0;
    bool is_near_ = false; // to an option
};

// What the static value says about an override below it.
void note_static_value(place& at) {
    if (!at.declared->value)
        return;
    auto const* value = &*at.declared->value;
    for (auto i = at.option_length; i < at.path.size(); ++i) {
        auto const* members = value->as<syntax::literal::attribute_set>();
        if (members == nullptr) {
            auto const above = shown(std::span(at.path).first(i));
            at.notes.push_back(fmt::format(
                "the static value of {} is {}; if the configuration sets that itself, an override "
                "below it conflicts with it; --replace on {} replaces it",
                above, describe(*value), above));
            return;
        }
        auto const found = std::find_if(members->begin(), members->end(), [&](auto const& one) {
            return one.name == at.path[i];
        });
        if (found == members->end())
            return;
        value = &found->value;
    }
}

// Whether the path below an option is one that may change.
result<void> keep_to_limits(place& at) {
    auto const& limits = at.declared->limited_to;
    if (limits.empty())
        return {};
    auto const rest = std::span(at.path).subspan(at.option_length);
    if (std::any_of(
            limits.begin(), limits.end(), [&](auto const& one) { return starts_with(rest, one); }))
        return {};
    at.above_limit = std::any_of(
        limits.begin(), limits.end(), [&](auto const& one) { return starts_with(one, rest); });
    return at.above_limit ? result<void>() : not_dynamic(at.path);
}

// The way into the value. Where it ends at a name, the one before it may have been meant with dots,
// which have to be quoted.
result<void> descend(place& at) {
    descent way(at);
    auto walked = way.walk();
    auto const before = way.name_before();
    if (walked || !before)
        return walked;
    auto const path = at.path;
    auto const names = std::span(path);
    auto const last = names.size() - (way.may_end_with_it() ? 0 : 1);
    for (auto end = *before + 2; end <= last; ++end) {
        auto other = at;
        auto const first = names.first(*before);
        auto const rest = names.subspan(end);
        other.path.assign(first.begin(), first.end());
        other.path.push_back(
            fmt::format("{}", fmt::join(names.subspan(*before, end - *before), ".")));
        other.path.insert(other.path.end(), rest.begin(), rest.end());
        if (!keep_to_limits(other) || !descent(other).walk())
            continue;
        auto failed = walked.error();
        failed.hint = fmt::format("a name with dots is quoted: {}", shown(other.path));
        return failed;
    }
    return walked;
}

// Walks the tree up to an option, an old name or the end of the path.
result<place> walk_tree(schema const& from, option_path const& path) {
    place at;
    at.path = path;
    auto const* nodes = &from.roots();
    for (std::size_t i = 0; i < path.size(); ++i) {
        auto const* found = find(*nodes, path[i]);
        if (found == nullptr)
            return no_such_option(from, path);
        switch (found->kind) {
        case node_kind::fixed:
            return not_dynamic(std::span(path).first(i + 1));
        case node_kind::dynamic:
            at.declared = found->what;
            at.option_length = i + 1;
            at.group = found;
            return at;
        case node_kind::alias:
            at.option_length = i + 1;
            at.group = found;
            return at;
        case node_kind::group:
            break;
        }
        at.group = found;
        nodes = &found->below;
    }
    return at;
}

} // namespace

type const& of_a_set(type const& takes) {
    return takes.kind->of_a_set(takes);
}

result<std::vector<set_priority>> sets_around(place const& at) {
    if (at.declared == nullptr || !at.declared->defined)
        return std::vector<set_priority>();
    return sets_around(*at.declared->defined, at.option_length, at.path);
}

result<place> resolve(schema const& from, option_path const& path) {
    auto wanted = path;
    std::vector<std::string> notes;
    for (int renames = 0; renames < most_renames; ++renames) {
        auto at = walk_tree(from, wanted);
        if (!at)
            return at;
        if (at->option_length == 0) {
            if (!any_dynamic(at->group->below))
                return make_error(
                    fmt::format("no service declares an option below {} dynamic", shown(wanted)),
                    "'dynix options' lists those that can change");
        } else if (at->group->kind == node_kind::alias) {
            auto const& target = at->group->target;
            auto const rest = std::span(wanted).subspan(at->option_length);
            notes.push_back(fmt::format(
                "{} is an old name of {}", shown(std::span(wanted).first(at->option_length)),
                shown(target)));
            auto next = target;
            next.insert(next.end(), rest.begin(), rest.end());
            wanted = std::move(next);
            continue;
        } else {
            if (at->declared == nullptr)
                return make_error(fmt::format("the details of {} were not read", shown(wanted)));
            if (auto inside = keep_to_limits(*at); !inside)
                return inside.error();
            if (auto walked = descend(*at); !walked)
                return walked.error();
            note_static_value(*at);
        }
        at->notes.insert(at->notes.begin(), notes.begin(), notes.end());
        return at;
    }
    return make_error(fmt::format("the old name {} leads to itself", shown(path)));
}

} // namespace dynix::options
