#include "dynix/options/detail/read_option.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <utility>

namespace dynix::options {
namespace {

namespace json = boost::json;

syntax::literal to_literal(json::value const& from) {
    switch (from.kind()) {
    case json::kind::null:
        return {};
    case json::kind::bool_:
        return syntax::literal(from.get_bool());
    case json::kind::int64:
        return syntax::literal(from.get_int64());
    case json::kind::uint64: // no integer of Nix
        return syntax::literal(static_cast<double>(from.get_uint64()));
    case json::kind::double_:
        return syntax::literal(from.get_double());
    case json::kind::string:
        return syntax::literal(std::string(from.get_string()));
    case json::kind::array: {
        syntax::literal::list items;
        for (auto const& item : from.get_array())
            items.push_back(to_literal(item));
        return syntax::literal(std::move(items));
    }
    case json::kind::object: {
        syntax::literal::attribute_set attributes;
        for (auto const& [name, value] : from.get_object())
            attributes.push_back({std::string(name), to_literal(value)});
        return syntax::literal(std::move(attributes));
    }
    }
    return {};
}

// A number, or { at = …; below = { … }; }. What is no integer only tells less.
definition read_definition(std::string name, json::value const& from) {
    definition out;
    out.name = std::move(name);
    auto const* set = from.if_object();
    auto const* priority = set == nullptr ? &from : set->if_contains("at");
    if (priority != nullptr && priority->is_int64())
        out.priority = priority->get_int64();
    auto const* below = set == nullptr ? nullptr : set->if_contains("below");
    if (below != nullptr && below->is_object())
        for (auto const& [inner, value] : below->get_object())
            out.below.push_back(read_definition(inner, value));
    std::sort(out.below.begin(), out.below.end(), [](definition const& a, definition const& b) {
        return a.name < b.name;
    });
    return out;
}

class reader {
  public:
    reader(schema::content& into, std::string_view place) : into_(into), place_(place) {}

    result<option const*> read(json::object const& record) {
        auto const* written = record.if_contains("type");
        if (written == nullptr)
            return wrong("member 'type' is missing");
        auto takes = read_type(*written, {});
        if (!takes)
            return takes.error();
        auto& made = into_.options.emplace_back();
        made.takes = *takes;
        made.description = text(record, "description");
        made.service = text(record, "service");
        made.read_only = flag(record, "readOnly");
        made.internal = flag(record, "internal");
        made.required = flag(record, "required");
        if (auto const* value = record.if_contains("value"))
            made.value = to_literal(*value);
        if (auto const* priorities = record.if_contains("priorities"))
            made.defined = read_definition({}, *priorities);
        if (auto const* files = record.if_contains("declarations")) {
            auto names = read_names(*files, place_);
            if (!names)
                return names.error();
            made.declared_in = std::move(*names);
        }
        if (auto const* limits = record.if_contains("limitedTo")) {
            if (!limits->is_array())
                return wrong("member 'limitedTo' is not an array");
            for (auto const& limit : limits->get_array()) {
                auto path = read_names(limit, place_);
                if (!path)
                    return path.error();
                made.limited_to.push_back(std::move(*path));
            }
        }
        return &made;
    }

  private:
    using enclosing = std::vector<type const*>;

    error wrong(std::string_view what) const {
        return make_error(fmt::format("{}: {}", place_, what));
    }

    // A member of another type than expected only tells less.
    static std::string text(json::object const& record, std::string_view name) {
        auto const* found = record.if_contains(name);
        return found != nullptr && found->is_string() ? std::string(found->get_string())
                                                      : std::string();
    }
    static bool flag(json::object const& record, std::string_view name) {
        auto const* found = record.if_contains(name);
        return found != nullptr && found->is_bool() && found->get_bool();
    }
    static std::optional<bool> maybe_flag(json::object const& record, std::string_view name) {
        return record.if_contains(name) == nullptr ? std::nullopt
                                                   : std::optional(flag(record, name));
    }
    static std::optional<syntax::literal>
    number(json::object const& record, std::string_view name) {
        auto const* found = record.if_contains(name);
        if (found == nullptr || !found->is_number())
            return std::nullopt;
        return to_literal(*found);
    }
    static std::optional<std::string>
    maybe_text(json::object const& record, std::string_view name) {
        auto const* found = record.if_contains(name);
        if (found == nullptr || !found->is_string())
            return std::nullopt;
        return std::string(found->get_string());
    }

    // `above`: the types around this one, up to the nearest submodule.
    result<type const*> read_type(json::value const& from, enclosing const& above) {
        auto const* record = from.if_object();
        if (record == nullptr)
            return wrong("a type is not an object");
        auto const name = text(*record, "kind");
        auto const description = text(*record, "text");
        if (name == "again") {
            auto const same = [&](type const* one) { return one->text == description; };
            auto const found = std::find_if(above.rbegin(), above.rend(), same);
            if (found == above.rend())
                return wrong(fmt::format("no type '{}' stands around its own name", description));
            return *found;
        }
        auto& made = into_.types.emplace_back();
        made.kind = &kind_of(name);
        made.text = description;
        made.partial = flag(*record, "partial");
        made.open = flag(*record, "open");
        made.least = number(*record, "least");
        made.most = number(*record, "most");
        made.least_excluded = flag(*record, "leastExcluded");
        made.pattern = maybe_text(*record, "pattern");
        made.matches_not = flag(*record, "matchesNot");
        made.not_empty = flag(*record, "notEmpty");
        made.only_sets = flag(*record, "set");
        made.absolute = maybe_flag(*record, "absolute");
        made.in_store = maybe_flag(*record, "inStore");
        made.takes_store_path = flag(*record, "takesStorePath");
        if (auto filled = read_parts(made, *record, above); !filled)
            return filled.error();
        return &made;
    }

    result<void> read_parts(type& made, json::object const& record, enclosing above) {
        if (auto const* values = record.if_contains("values")) {
            if (!values->is_array())
                return wrong("the values of an enumeration are not an array");
            for (auto const& value : values->get_array())
                made.values.push_back(to_literal(value));
        }
        above.push_back(&made);
        auto const inside = made.kind->holds == structure::submodule ? enclosing() : above;
        if (auto const* parts = record.if_contains("of")) {
            if (!parts->is_array())
                return wrong("the parts of a type are not an array");
            for (auto const& part : parts->get_array()) {
                auto one = read_type(part, inside);
                if (!one)
                    return one.error();
                made.of.push_back(*one);
            }
        }
        if (made.of.size() < made.kind->fewest || made.of.size() > made.kind->most)
            return wrong(fmt::format("type '{}' has {} parts", made.text, made.of.size()));
        if (auto const* options = record.if_contains("options")) {
            auto members = read_members(*options);
            if (!members)
                return members.error();
            made.members = std::move(*members);
        }
        return {};
    }

    result<std::vector<node>> read_members(json::value const& from) {
        auto const* tree = from.if_object();
        if (tree == nullptr)
            return wrong("the options of a submodule are not an object");
        std::vector<node> made;
        for (auto const& [name, value] : *tree) {
            auto const* record = value.if_object();
            if (record == nullptr)
                return wrong(fmt::format(
                    "option '{}' of a submodule is not an object", std::string_view(name)));
            auto& one = made.emplace_back();
            one.name = name;
            if (auto const* below = record->if_contains("below")) {
                auto inner = read_members(*below);
                if (!inner)
                    return inner.error();
                one.below = std::move(*inner);
                continue;
            }
            one.kind = node_kind::dynamic;
            auto what = read(*record);
            if (!what)
                return what.error();
            one.what = *what;
        }
        std::sort(
            made.begin(), made.end(), [](node const& a, node const& b) { return a.name < b.name; });
        return made;
    }

    schema::content& into_;
    std::string_view place_;
};

} // namespace

result<option const*>
read_option(json::object const& record, schema::content& into, std::string_view place) {
    return reader(into, place).read(record);
}

result<option_path> read_names(json::value const& from, std::string_view place) {
    auto const* array = from.if_array();
    if (array == nullptr)
        return make_error(fmt::format("{}: expected an array of names", place));
    option_path names;
    for (auto const& name : *array) {
        if (!name.is_string())
            return make_error(fmt::format("{}: a name is not a string", place));
        names.emplace_back(name.get_string());
    }
    return names;
}

} // namespace dynix::options
