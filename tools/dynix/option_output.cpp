#include "option_output.hpp"

#include "dynix/base/error.hpp"
#include "dynix/options/names_after.hpp"
#include "dynix/syntax/attribute_path.hpp"
#include "entry_output.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dynix::tool {
namespace {

using syntax::print_attribute_path;

std::string text_of(syntax::literal const& value) {
    auto const text = syntax::print(value);
    return text ? printable(*text) : std::string("?");
}

std::string type_text(options::type const& what) {
    return printable(options::describe(what));
}

std::string cut(std::string text, std::size_t longest) {
    if (text.size() <= longest)
        return text;
    text.resize(longest);
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0) == 0x80)
        text.pop_back(); // not through a character
    return text + "...";
}

// The override that is the value of the whole path; nullptr when there is none, or one above it.
overrides::effective_override const* exact(known_option const& what) {
    for (auto const& one : what.overrides)
        if (one.what->path == what.path)
            return &one;
    return nullptr;
}

overrides::effective_override const* above(known_option const& what) {
    for (auto const& one : what.overrides)
        if (one.what->path.size() < what.path.size())
            return &one;
    return nullptr;
}

// The facts of a row behind '#', such as "null or signed integer; static null, entry 2".
std::string remark(known_option const& what, std::size_t longest) {
    auto out = what.takes == nullptr ? std::string("several options")
                                     : cut(type_text(*what.takes), longest);
    if (auto const* now = exact(what)) {
        out += fmt::format("; entry {}", now->from->number);
        if (what.value != nullptr)
            out += fmt::format(", static {}", cut(text_of(*what.value), longest));
    } else if (auto const* over = above(what)) {
        out += fmt::format(
            "; entry {} sets {}", over->from->number, print_attribute_path(over->what->path));
    } else if (!what.overrides.empty()) {
        out += what.overrides.size() == 1
                   ? "; static, with an override below"
                   : fmt::format("; static, with {} overrides below", what.overrides.size());
    }
    return out;
}

// A page's fact: its name in a column of its own, further lines below the first.
void add_fact(std::string& to, std::string_view name, std::string text) {
    if (text.empty())
        return;
    text = printable(text);
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    std::string indented;
    for (char const c : text) {
        indented += c;
        if (c == '\n')
            indented += "            ";
    }
    to += fmt::format("  {:<9} {}\n", name, indented);
}

// The smallest and largest of a number, through what may be null.
std::string bounds(options::type const& takes) {
    if (takes.kind->word == "null-or")
        return bounds(*takes.of[0]);
    std::string out;
    if (takes.least)
        out = (takes.least_excluded ? "more than " : "at least ") + text_of(*takes.least);
    if (takes.most)
        out += (out.empty() ? "at most " : ", at most ") + text_of(*takes.most);
    return out;
}

std::string values_text(options::type const& takes) {
    std::vector<std::string> words;
    for (auto const& value : options::few_values(takes))
        words.push_back(text_of(value));
    // One of them, such as the null of a 'null or', says less than the type does.
    return words.size() < 2 ? bounds(takes) : fmt::format("{}", fmt::join(words, " "));
}

std::string override_text(overrides::effective_override const& one) {
    auto const& from = *one.from;
    return fmt::format(
        "{}  (entry {}{}{})", overrides::override_line(*one.what), from.number,
        from.user.empty() ? "" : ", " + from.time + " " + from.user,
        from.message.empty() ? "" : ": " + from.message);
}

} // namespace

std::string option_setting(known_option const& what, std::size_t longest) {
    auto name = print_attribute_path(what.path);
    if (auto const* now = exact(what))
        return overrides::setting_line(name, cut(printable(now->what->value), longest));
    if (what.value != nullptr && above(what) == nullptr)
        return overrides::setting_line(name, cut(text_of(*what.value), longest));
    return name;
}

std::string option_line(known_option const& what, std::size_t width, std::size_t longest) {
    auto out =
        fmt::format("{:{}}  # {}", option_setting(what, longest), width, remark(what, longest));
    if (what.declared != nullptr && !what.declared->service.empty())
        out += fmt::format("; {}", printable(what.declared->service));
    std::replace(out.begin(), out.end(), '\n', ' ');
    return out + '\n';
}

std::string option_page(known_option const& what) {
    auto out = print_attribute_path(what.path) + '\n';
    if (what.takes != nullptr) {
        add_fact(out, "type", type_text(*what.takes));
        add_fact(out, "values", values_text(*what.takes));
        if (what.takes->pattern)
            add_fact(out, what.takes->matches_not ? "not like" : "like", *what.takes->pattern);
    }
    add_fact(out, "static", what.value == nullptr ? "not known" : text_of(*what.value));
    std::vector<std::string> lines;
    for (auto const& one : what.overrides)
        lines.push_back(override_text(one));
    add_fact(out, "override", fmt::format("{}", fmt::join(lines, "\n")));
    if (what.declared != nullptr) {
        add_fact(out, "service", what.declared->service);
        add_fact(out, "declared", fmt::format("{}", fmt::join(what.declared->declared_in, "\n")));
    }
    std::vector<std::string> old;
    for (auto const& name : what.old_names)
        old.push_back(print_attribute_path(name));
    add_fact(out, "old name", fmt::format("{}", fmt::join(old, "\n")));
    if (what.declared != nullptr)
        add_fact(out, "about", what.declared->description);
    return out;
}

boost::json::object to_json(known_option const& what) {
    boost::json::object out{
        {"option", print_attribute_path(what.path)},
        {"path", boost::json::array(what.path.begin(), what.path.end())}};
    if (what.takes != nullptr) {
        out["type"] = options::describe(*what.takes);
        boost::json::array values;
        for (auto const& value : options::few_values(*what.takes))
            if (auto plain = json_value(value))
                values.push_back(std::move(*plain));
        if (values.size() > 1)
            out["values"] = std::move(values);
    }
    if (what.value != nullptr)
        if (auto value = json_value(*what.value))
            out["static"] = std::move(*value);
    boost::json::array in_effect;
    for (auto const& one : what.overrides) {
        auto item = to_json(*one.what);
        item["entry"] = one.from->number;
        in_effect.push_back(std::move(item));
    }
    out["overrides"] = std::move(in_effect);
    if (what.declared != nullptr) {
        auto const& declared = *what.declared;
        out["service"] = declared.service;
        out["description"] = declared.description;
        out["declaredIn"] =
            boost::json::array(declared.declared_in.begin(), declared.declared_in.end());
    }
    if (!what.old_names.empty()) {
        auto& names = out["oldNames"].emplace_array();
        for (auto const& name : what.old_names)
            names.emplace_back(print_attribute_path(name));
    }
    return out;
}

} // namespace dynix::tool
