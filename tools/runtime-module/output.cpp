#include "output.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <string_view>
#include <utility>

namespace dynix::tool {
namespace {

// The kinds of differences in the order in which they are shown: their word in modules, the member
// of --json, and the word for people.
struct kind_names {
    std::string_view kind;
    std::string_view member;
    std::string_view shown;
};
constexpr std::array kinds{
    kind_names{"unit", "units", "units"},    kind_names{"user-unit", "userUnits", "user units"},
    kind_names{"etc", "etc", "/etc"},        kind_names{"user", "users", "users"},
    kind_names{"group", "groups", "groups"}, kind_names{"package", "packages", "packages"},
    kind_names{"boot", "boot", "boot"},
};

char mark(modules::change what) {
    switch (what) {
    case modules::change::added:
        return '+';
    case modules::change::removed:
        return '-';
    case modules::change::changed:
        break;
    }
    return '~';
}

std::string_view by_whom(modules::resolution const& what, std::string const& name) {
    auto const found = std::ranges::find(what.pulled, name, &modules::pulled_module::name);
    return found == what.pulled.end() ? std::string_view() : found->by;
}

std::string with_reasons(
    modules::resolution const& what, std::vector<std::string> const& names,
    std::string_view reason) {
    std::vector<std::string> shown;
    for (auto const& name : names) {
        auto const by = by_whom(what, name);
        shown.push_back(
            by.empty() ? fmt::format("'{}'", name)
                       : fmt::format("'{}' ({} '{}')", name, reason, by));
    }
    return fmt::format("{}", fmt::join(shown, ", "));
}

} // namespace

boost::json::array list_of(std::vector<std::string> const& texts) {
    return boost::json::array(texts.begin(), texts.end());
}

std::string in_one_line(std::string text) {
    std::ranges::replace_if(
        text, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
    while (text.ends_with(' '))
        text.pop_back();
    return text;
}

boost::json::object
record_of(modules::runtime_module const& module, modules::running_system const& now) {
    return {
        {"name", module.name},
        {"description", module.description},
        {"path", module.path},
        {"enabled", now.record.is_enabled(module.name)},
        {"requires", list_of(module.requires_modules)},
        {"conflicts", list_of(module.conflicts)}};
}

boost::json::object record_of(std::span<modules::difference const> differences) {
    boost::json::object out;
    for (auto const& of : kinds) {
        boost::json::array list;
        for (auto const& one : differences) {
            if (one.kind != of.kind)
                continue;
            boost::json::object record{{"name", one.name}, {"change", to_string(one.what)}};
            if (of.kind == "unit")
                record["action"] = to_string(one.action);
            list.push_back(std::move(record));
        }
        out[of.member] = std::move(list);
    }
    return out;
}

std::string text_of(std::span<modules::difference const> differences) {
    std::string out;
    for (auto const& of : kinds) {
        auto title = of.shown;
        for (auto const& one : differences) {
            if (one.kind != of.kind)
                continue;
            auto const action = to_string(one.action);
            out += fmt::format(
                "  {:<10}  {} {}{}\n", title, mark(one.what), one.name,
                action.empty() ? "" : fmt::format(" ({})", action));
            title = "";
        }
    }
    return out;
}

std::string sentence(modules::resolution const& what) {
    std::vector<std::string> parts;
    if (!what.turned_off.empty())
        parts.push_back("turns off " + with_reasons(what, what.turned_off, "requires"));
    if (!what.turned_on.empty())
        parts.push_back("turns on " + with_reasons(what, what.turned_on, "required by"));
    return fmt::format("{}", fmt::join(parts, "; "));
}

std::vector<std::string> notes_on(modules::running_system const& now) {
    auto out = now.warnings;
    if (now.interrupted)
        out.emplace_back("an activation was interrupted, so units may be between two systems: "
                         "'runtime-module rebuild' or 'runtime-module reset' ends it");
    if (!now.switched_off.empty())
        out.push_back(fmt::format(
            "a switch has turned off: {}; 'runtime-module enable {}' turns {} on again",
            fmt::join(now.switched_off, ", "), fmt::join(now.switched_off, " "),
            now.switched_off.size() == 1 ? "it" : "them"));
    return out;
}

} // namespace dynix::tool
