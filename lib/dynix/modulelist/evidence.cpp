#include "dynix/modulelist/evidence.hpp"

#include "dynix/base/json.hpp"
#include "dynix/modulelist/detail/members.hpp"

namespace dynix::modulelist {
namespace {

// The declaration of an option may be all that is known of it.
void add_declaration(evidence& to, boost::json::object const& said, std::string option) {
    auto& facts = to.options[option];
    if (facts.declared_by.empty())
        facts.declared_by = detail::strings(said, "declaredBy");
    to.uses[detail::text(said, "reader")].push_back({std::move(option), {}, true});
}

void add_option(evidence& to, boost::json::object const& said, std::string option) {
    auto key = said.contains("key") ? std::optional(detail::text(said, "key")) : std::nullopt;
    if (said.contains("reader")) {
        to.uses[detail::text(said, "reader")].push_back({std::move(option), std::move(key), false});
        return;
    }
    auto& facts = to.options[option];
    if (key) {
        facts.keys[*key] = detail::strings(said, "definedBy");
        return;
    }
    facts.declared_by = detail::strings(said, "declaredBy");
    facts.defined_by = detail::strings(said, "definedBy");
    auto const* const keyed = said.if_contains("keyed");
    facts.keyed = keyed != nullptr && keyed->is_bool() && keyed->as_bool();
}

} // namespace

bool add_line(evidence& to, std::string_view line) {
    auto const said = detail::said(line);
    if (!said)
        return false;
    if (said->empty())
        return true;
    if (said->contains("imports"))
        to.imported_by.emplace(detail::text(*said, "imports"), detail::text(*said, "by"));
    else if (said->contains("declaration"))
        add_declaration(to, *said, detail::path(*said, "declaration"));
    else if (said->contains("option"))
        add_option(to, *said, detail::path(*said, "option"));
    return true;
}

} // namespace dynix::modulelist
