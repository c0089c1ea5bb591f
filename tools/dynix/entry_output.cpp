#include "entry_output.hpp"

#include "dynix/syntax/attribute_path.hpp"
#include "dynix/syntax/literal.hpp"

#include <cmath>
#include <fmt/format.h>
#include <optional>

namespace dynix::tool {

std::optional<boost::json::value> json_value(syntax::literal const& what) {
    using syntax::literal;
    if (what.as<std::monostate>())
        return boost::json::value(nullptr);
    if (auto const* flag = what.as<bool>())
        return boost::json::value(*flag);
    if (auto const* number = what.as<std::int64_t>())
        return boost::json::value(*number);
    if (auto const* number = what.as<double>())
        return std::isfinite(*number) ? std::optional(boost::json::value(*number)) : std::nullopt;
    if (auto const* text = what.as<std::string>())
        return boost::json::value(*text);
    if (auto const* items = what.as<literal::list>()) {
        boost::json::array out;
        for (auto const& item : *items) {
            auto inner = json_value(item);
            if (!inner)
                return std::nullopt;
            out.push_back(std::move(*inner));
        }
        return out;
    }
    if (auto const* members = what.as<literal::attribute_set>()) {
        boost::json::object out;
        for (auto const& member : *members) {
            auto inner = json_value(member.value);
            if (!inner)
                return std::nullopt;
            out.emplace(member.name, std::move(*inner));
        }
        return out;
    }
    return std::nullopt; // a path
}

std::string entry_lines(overrides::entry const& what) {
    auto out = std::to_string(what.number);
    // Without a header, nobody knows these two.
    if (!what.time.empty())
        out += fmt::format("  {}  {}", what.time, what.user);
    if (what.ends)
        out += "  " + to_string(what.ends);
    if (!what.message.empty())
        out += ": " + what.message;
    if (!what.action.empty())
        out += "\n   " + what.action;
    if (what.generation != 0)
        out += fmt::format(" (generation {})", what.generation);
    for (auto const& one : what.overrides)
        out += "\n   " + overrides::override_line(one);
    return out + '\n';
}

void add_ending(boost::json::object& to, overrides::ending const& what) {
    if (what)
        to["until"] = what.when;
}

boost::json::object to_json(overrides::option_override const& what) {
    boost::json::object out{
        {"option", syntax::print_attribute_path(what.path)},
        {"path", boost::json::array(what.path.begin(), what.path.end())},
        {"expression", what.value}};
    if (auto const literal = syntax::parse_literal(what.value, "entry"))
        if (auto value = json_value(*literal))
            out.emplace("value", std::move(*value));
    return out;
}

boost::json::object to_json(overrides::effective_override const& what) {
    auto out = to_json(*what.what);
    out["entry"] = what.from->number;
    return out;
}

boost::json::array to_json(std::vector<overrides::effective_override> const& all) {
    boost::json::array out;
    for (auto const& one : all)
        out.push_back(to_json(one));
    return out;
}

boost::json::object to_json(overrides::entry const& what) {
    boost::json::array list;
    for (auto const& one : what.overrides)
        list.push_back(to_json(one));
    boost::json::object out{
        {"number", what.number},
        {"time", what.time},
        {"user", what.user},
        {"message", what.message},
        {"overrides", std::move(list)}};
    add_ending(out, what.ends);
    if (!what.action.empty())
        out["action"] = what.action;
    if (what.generation != 0)
        out["generation"] = what.generation;
    return out;
}

} // namespace dynix::tool
