#include "dynix/session/override_ids.hpp"

#include "dynix/base/json.hpp"
#include "dynix/overrides/effective.hpp"
#include "dynix/overrides/undo.hpp"
#include "dynix/plan/plan.hpp"
#include "dynix/syntax/attribute_path.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <utility>

namespace dynix::session {
namespace {

using syntax::print_attribute_path;

// The paths at which the text has something in effect and the record has nothing.
std::vector<overrides::undo_wish>
taken_back(overrides::dynamic_file const& file, activation::state const& applied) {
    std::vector<overrides::undo_wish> out;
    for (auto const& one : overrides::effective_overrides(file)) {
        auto const option = print_attribute_path(one.what->path);
        auto const& known = applied.overrides;
        if (std::none_of(
                known.begin(), known.end(), [&](auto const& it) { return it.option == option; }))
            out.emplace_back(overrides::path_and_below{one.what->path});
    }
    return out;
}

} // namespace

activation::override_id
id_of(overrides::entry const& from, overrides::option_override const& what) {
    boost::json::array all{from.number, print_attribute_path(what.path), what.value};
    for (auto const& set : what.around)
        all.push_back(boost::json::array{set.length, set.priority});
    return {from.number, plan::fingerprint_of(json::print(all))};
}

override_ids ids_of(overrides::dynamic_file const& file) {
    override_ids out;
    for (auto const& from : file.entries)
        for (auto const& what : from.overrides)
            out.push_back(id_of(from, what));
    return out;
}

bool has(override_ids const& all, activation::override_id const& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

result<overrides::dynamic_file> applied_file(activation::state const* applied) {
    constexpr auto name = "what is applied";
    std::string text(overrides::text_without_entries());
    if (applied == nullptr)
        return overrides::read_dynamic_file(std::move(text), name);
    bool const changes_units =
        std::any_of(applied->units.begin(), applied->units.end(), [](auto const& unit) {
            return !unit.drop_in.empty();
        });
    if (!applied->configuration.empty())
        text = applied->configuration;
    auto file = overrides::read_dynamic_file(std::move(text), name);
    if (!file || (applied->configuration.empty() && changes_units))
        return make_error(
            "what is applied is not known entry by entry, so no part of it can be chosen, and none "
            "beside it",
            "'dynix apply' without arguments applies the whole dynamic file");
    auto const gone = taken_back(*file, *applied);
    return overrides::without(std::move(*file), gone);
}

} // namespace dynix::session
