#include "dynix/overrides/dynamic_file.hpp"
#include "dynix/overrides/header.hpp"
#include "dynix/syntax/attribute_path.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace dynix::overrides {
namespace {

void append_override(std::string& out, option_override const& what, std::int64_t number) {
    // An expression may end in a comment, which must not swallow the closing parenthesis.
    auto const close = what.value.find_first_of("#\n") == std::string::npos ? ")" : "\n)";
    fmt::format_to(
        std::back_inserter(out), "{} = lib.mkOverride (-{}) {}{}{};",
        syntax::print_attribute_path(what.path), number, what.parentheses ? "(" : "", what.value,
        what.parentheses ? close : "");
}

std::string entry_text(entry const& added) {
    auto out = "    " + print_header(added);
    if (added.overrides.empty())
        return out + '\n';
    if (added.overrides.size() == 1) {
        out += "\n    { ";
        append_override(out, added.overrides.front(), added.number);
        out += " }\n";
        return out;
    }
    out += "\n    {\n";
    for (auto const& what : added.overrides) {
        out += "      ";
        append_override(out, what, added.number);
        out += '\n';
    }
    out += "    }\n";
    return out;
}

} // namespace

std::string_view text_without_entries() {
    return "# Written by dynix. Later entries win over earlier ones and over the static "
           "configuration.\n"
           "{ lib, ... }:\n"
           "{\n"
           "  config = lib.mkMerge [\n"
           "  ];\n"
           "}\n";
}

std::int64_t next_number(dynamic_file const& file) {
    std::int64_t highest = 0;
    for (auto const& one : file.entries)
        highest = std::max(highest, one.number);
    return highest + 1;
}

std::string splice_entry(dynamic_file const& file, entry const& added) {
    auto const text = std::string_view(file.text);
    auto const bracket = file.end_of_entries;
    auto const line_break = text.rfind('\n', bracket);
    auto const line = line_break == std::string_view::npos ? 0 : line_break + 1;
    // The bracket's own line is blank before it, as dynix writes it, or a person joined the lines.
    bool const own_line = text.find_first_not_of(" \t", line) == bracket && line > 0;
    auto const at = own_line ? line : bracket;

    auto const added_text = entry_text(added);
    std::string out;
    out.reserve(text.size() + added_text.size() + 4);
    out += text.substr(0, at);
    if (!own_line)
        out += '\n';
    out += added_text;
    if (!own_line)
        out += "  ";
    out += text.substr(at);
    return out;
}

} // namespace dynix::overrides
