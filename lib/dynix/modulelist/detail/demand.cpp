#include "dynix/modulelist/detail/demand.hpp"

#include "dynix/modulelist/detail/ask.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <iterator>
#include <set>

namespace dynix::modulelist::detail {
namespace {

// What is read is seen to its end after three or four; a list that is not must prove itself too.
constexpr unsigned most_rounds = 4;

// Who reads what in the short evaluation, and who defines it in the whole one.
evidence joined(evidence const& whole, evidence&& seen) {
    auto out = whole;
    out.uses = std::move(seen.uses);
    out.imported_by.merge(seen.imported_by);
    for (auto& [option, facts] : seen.options) {
        auto const [known, is_new] = out.options.try_emplace(option, facts);
        if (!is_new)
            known->second.keys.merge(facts.keys);
    }
    // Of a set of submodules of which none is read, the names are: those of units.
    for (auto& [option, facts] : out.options)
        if (facts.keyed && facts.keys.empty())
            facts.defined_by.clear();
    // Of another set, such as the environment of all units, nobody can be seen to read an element
    // whose module is not loaded: the same reader did with the whole list.
    for (auto& [reader, uses] : out.uses) {
        std::set<std::string> sets;
        for (auto const& use : uses)
            if (!use.key && !use.declaration && !out.options[use.option].keyed)
                sets.insert(use.option);
        if (auto const then = whole.uses.find(reader); then != whole.uses.end())
            std::ranges::copy_if(
                then->second, std::back_inserter(uses),
                [&](option_use const& use) { return use.key && sets.contains(use.option); });
    }
    return out;
}

// Who declares and defines what the result reads, and who defines the unit in a set of them:
// without systemd.services.nginx there is no nginx.service to be evaluated.
std::set<std::string> first_modules(needed_modules const& what, std::string_view unit) {
    std::set<std::string> out;
    for (auto const& one : what.modules)
        if (std::ranges::any_of(one.reasons, [&](reason const& why) {
                return why.reader.empty() ||
                       (why.defines && why.use.key && unit.starts_with(*why.use.key + "."));
            }))
            out.insert(one.name);
    return out;
}

} // namespace

result<demand> by_demand(
    request const& of, evidence const& whole, needed_modules const& of_whole,
    process::runner& with) {
    auto loaded = first_modules(of_whole, of.unit);
    demand out;
    while (out.evaluations < most_rounds) {
        boost::json::array list;
        for (auto const& name : whole.list)
            if (loaded.contains(name))
                list.emplace_back(name);
        evidence seen;
        auto const ended = run_question(
            of, "watchList", {{"list", std::move(list)}}, with,
            [&](std::string_view line) { add_line(seen, line); });
        if (!ended)
            return ended.error();
        if (auto const answered = answer(*ended); !answered)
            return answered.error();
        ++out.evaluations;
        out.needed = modules_needed(joined(whole, std::move(seen)));
        auto const before = loaded.size();
        for (auto const& one : out.needed.modules)
            loaded.insert(one.name);
        if (loaded.size() == before)
            break;
    }
    return out;
}

} // namespace dynix::modulelist::detail
