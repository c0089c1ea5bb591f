#include "dynix/syntax/indented_lines.hpp"

#include <algorithm>
#include <limits>

namespace dynix::syntax {

namespace {

bool has_escaped_break(std::string_view raw) {
    for (auto at = raw.find("''\\"); at != std::string_view::npos; at = raw.find("''\\", at + 1))
        if (at + 3 < raw.size() && (raw[at + 3] == 'n' || raw[at + 3] == '\n'))
            return true;
    return false;
}

// The text and interpolations between the quotes, without a blank rest of the opening line.
struct content {
    std::vector<indented_piece> pieces;
    bool has_line_break = false;
};

content content_of(node of) {
    content found;
    auto const add = [&](std::string_view raw) {
        auto const first = raw.find_first_not_of(' ');
        if (found.pieces.empty() && first != std::string_view::npos && raw[first] == '\n') {
            raw.remove_prefix(first + 1);
            found.has_line_break = true;
        }
        found.has_line_break = found.has_line_break || raw.find('\n') != std::string_view::npos;
        found.pieces.push_back({false, 0, raw, {}});
    };
    auto const children = of.children();
    if (children.empty())
        add(of.text().substr(2, of.text().size() - 4));
    for (auto const child : children) {
        if (child.kind() == node_kind::text)
            add(child.text());
        else
            found.pieces.push_back({false, 0, {}, child});
    }
    return found;
}

// Splits at line breaks. A piece that begins a line is there for every line, also an empty one;
// its `blanks` are all that the line has.
std::vector<indented_piece> split(std::vector<indented_piece> const& pieces) {
    std::vector<indented_piece> lines;
    bool begins = true;
    for (auto const& one : pieces) {
        if (one.interpolation) {
            lines.push_back({begins, 0, {}, one.interpolation});
            begins = false;
            continue;
        }
        for (auto rest = one.text;;) {
            auto const line = rest.substr(0, rest.find('\n'));
            auto const blanks = begins ? std::min(line.find_first_not_of(' '), line.size()) : 0;
            lines.push_back({begins, blanks, line.substr(blanks), {}});
            begins = line.size() < rest.size();
            if (!begins)
                break;
            rest.remove_prefix(line.size() + 1);
            if (rest.empty() && &one != &pieces.back())
                break; // the line begins with the interpolation that follows
        }
    }
    return lines;
}

} // namespace

std::optional<indented_lines> lines_of(node indented_string) {
    auto const found = content_of(indented_string);
    if (!found.has_line_break || has_escaped_break(indented_string.text()))
        return std::nullopt;
    indented_lines made{split(found.pieces), false};
    auto& pieces = made.pieces;
    // Blanks in front of an interpolation are a piece of their own: of this line all the same.
    auto const is_blank_line = [&](std::size_t i) {
        return pieces[i].begins_line && !pieces[i].interpolation && pieces[i].text.empty() &&
               (i + 1 == pieces.size() || pieces[i + 1].begins_line);
    };
    auto shared = std::numeric_limits<std::size_t>::max();
    for (std::size_t i = 0; i < pieces.size(); ++i)
        if (pieces[i].begins_line && !is_blank_line(i))
            shared = std::min(shared, pieces[i].blanks);
    made.ends_on_own_line = !pieces.empty() && is_blank_line(pieces.size() - 1);
    if (made.ends_on_own_line)
        pieces.pop_back();
    for (auto& one : pieces)
        one.blanks -= std::min(one.blanks, shared);
    return made;
}

} // namespace dynix::syntax
