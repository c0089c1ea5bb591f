#include "dynix/overrides/dynamic_file.hpp"
#include "dynix/overrides/header.hpp"
#include "dynix/syntax/attribute_path.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>
#include <span>

namespace dynix::overrides {
namespace {

using override_list = std::span<option_override const>;

// The bindings of an entry.
class entry_writer {
  public:
    entry_writer(std::string& to, std::int64_t number) : to_(to), number_(number) {}

    // Of `all`, the first `said` names and the first `joined` sets are written already. Each is
    // followed by `end`.
    void write(
        override_list all, std::size_t said, std::size_t joined, std::string const& indent,
        std::string_view end) {
        while (!all.empty()) {
            auto const& first = all.front();
            to_ += indent;
            if (first.around.size() == joined) {
                write_value(first, said);
                all = all.subspan(1);
            } else {
                auto const group = all.first(joining_with(first, joined, all));
                write_set(group, said, joined, indent);
                all = all.subspan(group.size());
            }
            to_ += end;
        }
    }

  private:
    static std::size_t
    joining_with(option_override const& first, std::size_t joined, override_list all) {
        auto const& set = first.around[joined];
        auto const other = std::find_if(all.begin(), all.end(), [&](auto const& one) {
            return one.around.size() <= joined || one.around[joined] != set ||
                   !std::equal(
                       first.path.begin(),
                       first.path.begin() + static_cast<std::ptrdiff_t>(set.length),
                       one.path.begin());
        });
        return static_cast<std::size_t>(other - all.begin());
    }

    void write_set(
        override_list group, std::size_t said, std::size_t joined, std::string const& indent) {
        auto const& set = group.front().around[joined];
        fmt::format_to(
            std::back_inserter(to_), "{} = lib.mkOverride {} {{",
            names(group.front(), said, set.length), set.priority);
        bool const one_line = group.size() == 1;
        to_ += one_line ? " " : "\n";
        write(group, set.length, joined + 1, one_line ? "" : indent + "  ", one_line ? " " : "\n");
        to_ += (one_line ? "" : indent) + "};";
    }

    void write_value(option_override const& what, std::size_t said) {
        // An expression may end in a comment, which must not swallow the closing parenthesis.
        auto const close = what.value.find_first_of("#\n") == std::string::npos ? ")" : "\n)";
        fmt::format_to(
            std::back_inserter(to_), "{} = lib.mkOverride (-{}) {}{}{};",
            names(what, said, what.path.size()), number_, what.parentheses ? "(" : "", what.value,
            what.parentheses ? close : "");
    }

    static std::string names(option_override const& of, std::size_t from, std::size_t to) {
        return syntax::print_attribute_path(std::span(of.path).subspan(from, to - from));
    }

    std::string& to_;
    std::int64_t number_;
};

std::string entry_text(entry const& added) {
    // Where a person removed the comment there is nothing to say in it.
    auto out = added.time.empty() ? std::string() : "    " + print_header(added) + '\n';
    if (added.overrides.empty())
        return out;
    entry_writer writer(out, added.number);
    if (added.overrides.size() == 1) {
        out += "    { ";
        writer.write(added.overrides, 0, 0, "", " }\n");
        return out;
    }
    out += "    {\n";
    writer.write(added.overrides, 0, 0, "      ", "\n");
    out += "    }\n";
    return out;
}

} // namespace

std::string_view text_without_entries() {
    static std::string const text = text_of_entries({"lib"}, {});
    return text;
}

std::string
text_of_entries(std::vector<std::string> const& arguments, std::vector<entry> const& entries) {
    auto out = fmt::format(
        "# Written by dynix. Later entries win over earlier ones and over the static "
        "configuration.\n"
        "{{ {}, ... }}:\n"
        "{{\n"
        "  config = lib.mkMerge [\n",
        fmt::join(arguments, ", "));
    for (auto const& one : entries)
        out += entry_text(one);
    return out + "  ];\n}\n";
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
