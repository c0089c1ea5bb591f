#include "dynix/syntax/moved_value.hpp"

#include "dynix/syntax/indented_lines.hpp"

#include <algorithm>
#include <vector>

namespace dynix::syntax {

namespace {

// What may be changed at a line break.
enum class freedom : std::uint8_t {
    code,     // its bytes and the blanks behind it
    line_end, // its bytes: Nix reads each line end in a quoted string as "\n"
    blanks,   // the blanks behind it
    nothing,
};

struct stretch {
    byte_range range;
    freedom which;
};

// Whether all lines of an indented string can move together, by spaces. A line that ends in "\r\n"
// is not blank for Nix, so nothing would be stripped from the others.
bool moves(node indented_string, std::string_view indentation) {
    if (indentation.find_first_not_of(' ') != std::string_view::npos || !lines_of(indented_string))
        return false;
    auto const text = indented_string.text();
    auto const first = text.find_first_not_of(' ', 2);
    return first != std::string_view::npos && text[first] == '\n' &&
           text.find('\r') == std::string_view::npos;
}

// The text of all strings in the expression, in source order.
std::vector<stretch> texts_of_strings(node value, std::string_view indentation) {
    std::vector<stretch> found;
    std::vector<node> todo{value};
    while (!todo.empty()) {
        auto const next = todo.back();
        todo.pop_back();
        auto const is_indented = next.kind() == node_kind::indented_string;
        if (is_indented || next.kind() == node_kind::string) {
            auto const which = !is_indented               ? freedom::line_end
                               : moves(next, indentation) ? freedom::blanks
                                                          : freedom::nothing;
            if (next.children().empty())
                found.push_back({next.range(), which});
            for (auto const piece : next.children())
                if (piece.kind() == node_kind::text)
                    found.push_back({piece.range(), which});
        }
        for (auto const child : next.children())
            todo.push_back(child);
    }
    std::sort(found.begin(), found.end(), [](auto const& a, auto const& b) {
        return a.range.begin < b.range.begin;
    });
    return found;
}

} // namespace

std::string moved(tree const& value, line_style const& to) {
    auto const source = value.source();
    auto const range = value.root().range();
    auto const strings = texts_of_strings(value.root(), to.indentation);
    auto string = strings.begin();
    std::string text;
    std::size_t done = range.begin;
    for (auto at = source.find('\n', done); at < range.end; at = source.find('\n', done)) {
        while (string != strings.end() && string->range.end <= at)
            ++string;
        auto may_change =
            string != strings.end() && string->range.begin <= at ? string->which : freedom::code;
        auto const line = source.substr(done, at - done);
        auto const bare = line.substr(0, line.size() - (line.ends_with('\r') ? 1 : 0));
        if (may_change == freedom::line_end && bare.ends_with('\\'))
            may_change = freedom::nothing; // behind a backslash the bytes themselves are meant
        done = at + 1;
        if (may_change == freedom::code || may_change == freedom::line_end)
            text.append(bare).append(to.end);
        else
            text.append(line).append("\n");
        auto const next = source.substr(done, 2);
        auto const blank_line = next.starts_with('\n') || next == "\r\n";
        if (!blank_line && (may_change == freedom::code || may_change == freedom::blanks))
            text += to.indentation;
    }
    return text += source.substr(done, range.end - done);
}

} // namespace dynix::syntax
