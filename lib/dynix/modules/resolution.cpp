#include "dynix/modules/resolution.hpp"

#include "dynix/base/nearest.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <functional>
#include <iterator>
#include <set>
#include <utility>

namespace dynix::modules {
namespace {

bool has(std::vector<std::string> const& all, std::string_view name) {
    return std::ranges::find(all, name) != all.end();
}

std::string quoted(std::vector<std::string> const& names) {
    return fmt::format("'{}'", fmt::join(names, "', '"));
}

class resolver {
  public:
    resolver(module_record const& now, bool force) : now_(now), force_(force) {}

    result<resolution> run(verb what, std::vector<std::string> const& names) {
        on_.insert(now_.enabled.begin(), now_.enabled.end());
        out_.forced = force_;
        result<void> good;
        if (what == verb::enable)
            good = enable(names);
        else if (what == verb::disable)
            good = disable(names);
        else if (what == verb::reset)
            good = disable({now_.enabled.rbegin(), now_.enabled.rend()});
        if (!good)
            return good.error();
        for (auto const& one : now_.modules)
            if (on_.contains(one.name))
                out_.wanted.push_back(one.name);
        return std::move(out_);
    }

  private:
    result<void> enable(std::vector<std::string> const& names) {
        for (auto const& name : names) {
            if (now_.is_enabled(name) && !has(out_.unchanged, name))
                out_.unchanged.push_back(name);
            turn_on(name, "", names);
        }
        return check_conflicts();
    }

    // What it requires first. A record of a system has no circle (faults.nix); one that had would
    // end here too.
    void
    turn_on(std::string const& name, std::string const& by, std::vector<std::string> const& asked) {
        auto const* module = now_.find(name);
        if (module == nullptr || !on_.insert(name).second)
            return;
        for (auto const& needed : module->requires_modules)
            turn_on(needed, name, asked);
        out_.turned_on.push_back(name);
        if (!has(asked, name))
            out_.pulled.push_back({name, by});
    }

    result<void> check_conflicts() const {
        for (auto const& one : now_.modules)
            for (auto const& other : one.conflicts)
                if (on_.contains(one.name) && on_.contains(other))
                    return conflict(one.name, other);
        return {};
    }

    error conflict(std::string const& one, std::string const& other) const {
        auto const is_on = [&](std::string const& name) { return now_.is_enabled(name); };
        auto const because = [&](std::string const& name) {
            auto const by = std::ranges::find(out_.pulled, name, &pulled_module::name);
            return by == out_.pulled.end() ? "" : fmt::format(", which '{}' requires,", by->by);
        };
        auto const& fresh = is_on(one) ? other : one;
        auto const& old = is_on(one) ? one : other;
        if (!is_on(old))
            return make_error(
                fmt::format("'{}'{} and '{}'{} conflict", one, because(one), other, because(other)),
                "enable one of them only");
        return make_error(
            fmt::format("'{}'{} conflicts with '{}', which is enabled", fresh, because(fresh), old),
            fmt::format("'runtime-module disable {}' first", old));
    }

    result<void> disable(std::vector<std::string> const& names) {
        std::vector<pulled_module> dependents;
        for (auto const& name : names) {
            if (!now_.is_enabled(name) && !has(out_.unchanged, name))
                out_.unchanged.push_back(name);
            turn_off(name, names, dependents);
        }
        if (dependents.empty() || force_) {
            out_.pulled = std::move(dependents);
            return {};
        }
        std::vector<std::string> all;
        all.reserve(dependents.size());
        for (auto const& one : dependents)
            all.push_back(one.name);
        auto const& first = dependents.front();
        return make_error(
            fmt::format(
                "'{}' is required by '{}'{}", first.by, first.name,
                all.size() == 1 ? std::string(", which is enabled")
                                : fmt::format("; enabled with it: {}", quoted(all))),
            fmt::format(
                "disable {} too, or let '--force' do it", all.size() == 1 ? "it" : "all of them"));
    }

    // Those that need it first.
    void turn_off(
        std::string const& name, std::vector<std::string> const& asked,
        std::vector<pulled_module>& dependents) {
        if (on_.erase(name) == 0)
            return;
        for (auto const& one : now_.modules)
            if (on_.contains(one.name) && has(one.requires_modules, name)) {
                if (!has(asked, one.name))
                    dependents.push_back({one.name, name});
                turn_off(one.name, asked, dependents);
            }
        out_.turned_off.push_back(name);
    }

    module_record const& now_;
    bool force_;
    std::set<std::string, std::less<>> on_;
    resolution out_;
};

} // namespace

std::optional<error> unknown_names(module_record const& of, std::vector<std::string> const& names) {
    std::vector<std::string> unknown;
    for (auto const& name : names)
        if (of.find(name) == nullptr && !has(unknown, name))
            unknown.push_back(name);
    if (unknown.empty())
        return std::nullopt;
    auto hint = did_you_mean(nearest(unknown.front(), of.names()));
    if (hint.empty())
        hint = of.modules.empty() ? "no module is declared in 'services.runtimeModules.modules'"
                                  : "'runtime-module list' shows the modules";
    return make_error(
        unknown.size() == 1 ? fmt::format("there is no runtime module {}", quoted(unknown))
                            : fmt::format("there are no runtime modules {}", quoted(unknown)),
        std::move(hint));
}

result<resolution>
resolve(module_record const& now, verb what, std::vector<std::string> const& names, bool force) {
    return resolver(now, force).run(what, names);
}

} // namespace dynix::modules
