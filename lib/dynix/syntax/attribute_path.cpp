#include "dynix/syntax/attribute_path.hpp"

#include "dynix/syntax/grammar/grammar_door.hpp"
#include "dynix/syntax/strings.hpp"

#include <fmt/format.h>

namespace dynix::syntax {

result<std::vector<std::string>>
parse_attribute_path(std::string_view text, std::string_view name) {
    auto const parsed = grammar::parse_steps(std::string(text), std::string(name));
    if (!parsed)
        return parsed.error();
    std::vector<std::string> path;
    for (auto const step : parsed->root().children()) {
        auto value = step.kind() == node_kind::interpolation ? std::nullopt : static_name(step);
        if (!value) {
            error what{
                "'${' in an attribute path would have to be evaluated",
                "write \\${ inside quotes for a name with these characters"};
            what.at = excerpt_of(text, name, step.range());
            return what;
        }
        path.push_back(std::move(*value));
    }
    return path;
}

std::string print_attribute_path(std::span<std::string const> path) {
    std::string text;
    for (auto const& name : path) {
        if (!text.empty())
            text += '.';
        text += print_attribute_name(name);
    }
    return text;
}

std::string print_attribute_name(std::string_view name) {
    return is_plain_name(name) ? std::string(name) : string_literal(name);
}

} // namespace dynix::syntax
