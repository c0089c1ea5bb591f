#include "dynix/syntax/strings.hpp"

#include "dynix/syntax/arena.hpp"
#include "dynix/syntax/grammar/scan.hpp"

#include <algorithm>
#include <limits>

namespace dynix::syntax {

namespace {

// A piece of an indented string as flex cuts it. Only real text has indentation: an escape or a
// lone '$' ends the blank beginning of its line.
struct piece {
    std::string text;
    bool indents = false;
    node expression;
};

// Cuts the text between two interpolations.
void cut_indented(std::string_view raw, std::vector<piece>& into) {
    std::size_t begin = 0;
    auto const flush = [&](std::size_t end) {
        if (end > begin)
            into.push_back({std::string(raw.substr(begin, end - begin)), true, {}});
    };
    for (std::size_t at = 0; at < raw.size();) {
        auto const next = at + 1 < raw.size() ? raw[at + 1] : '\0';
        if (raw[at] == '\'' && next == '\'') {
            flush(at);
            if (raw[at + 2] == '$')
                into.push_back({"$", false, {}});
            else if (raw[at + 2] == '\'')
                into.push_back({"''", false, {}});
            else
                into.push_back({unescaped(raw.substr(at + 2, 2)), false, {}});
            at += raw[at + 2] == '\\' ? 4U : 3U;
            begin = at;
        } else if (
            (raw[at] == '$' && (next == '\'' || at + 1 == raw.size())) ||
            (raw[at] == '\'' && (next == '$' || at + 1 == raw.size()))) {
            // Alone only in front of what ends the text: the end, an interpolation, an escape.
            flush(at);
            into.push_back({std::string(1, raw[at]), false, {}});
            begin = ++at;
        } else {
            at += raw[at] == '$' || raw[at] == '\'' ? 2U : 1U;
        }
    }
    flush(raw.size());
}

std::vector<piece> pieces_of(node of) {
    std::vector<piece> pieces;
    auto const add = [&](std::string_view raw, bool first) {
        if (first) {
            // The opening '' takes the rest of its line with it if that is blank.
            auto const text = raw.find_first_not_of(' ');
            if (text != std::string_view::npos && raw[text] == '\n')
                raw.remove_prefix(text + 1);
        }
        cut_indented(raw, pieces);
    };
    auto const children = of.children();
    if (children.empty()) {
        auto const text = of.text();
        add(text.substr(2, text.size() - 4), true);
    }
    for (auto const child : children) {
        if (child.kind() == node_kind::text)
            add(child.text(), child == children.front());
        else
            pieces.push_back({{}, false, child.child(0)});
    }
    return pieces;
}

// How many blanks all lines have in front; lines of nothing but blanks do not count.
std::size_t common_indentation(std::vector<piece> const& pieces) {
    auto least = std::numeric_limits<std::size_t>::max();
    std::size_t current = 0;
    bool at_line_start = true;
    auto const text_begins = [&] {
        if (at_line_start)
            least = std::min(least, current);
        at_line_start = false;
    };
    for (auto const& part : pieces) {
        if (!part.indents) {
            text_begins();
            continue;
        }
        for (char const c : part.text) {
            if (c == '\n') {
                at_line_start = true;
                current = 0;
            } else if (at_line_start && c == ' ') {
                ++current;
            } else {
                text_begins();
            }
        }
    }
    return least;
}

std::vector<string_part> stripped(std::vector<piece> pieces) {
    auto const indentation = common_indentation(pieces);
    std::vector<string_part> parts;
    bool at_line_start = true;
    std::size_t dropped = 0;
    for (auto& part : pieces) {
        if (part.expression) {
            at_line_start = false;
            dropped = 0;
            parts.push_back({{}, part.expression});
            continue;
        }
        std::string text;
        for (char const c : part.text) {
            if (at_line_start && c == ' ') {
                if (dropped++ >= indentation)
                    text += c;
                continue;
            }
            if (at_line_start)
                dropped = 0;
            at_line_start = c == '\n';
            text += c;
        }
        if (&part == &pieces.back()) {
            // A last line of blanks stands only for the closing ''.
            auto const line = text.find_last_of('\n');
            if (line != std::string::npos &&
                text.find_first_not_of(' ', line + 1) == std::string::npos)
                text.resize(line + 1);
        }
        if (!text.empty())
            parts.push_back({std::move(text), {}});
    }
    return parts;
}

} // namespace

std::string unescaped(std::string_view raw) {
    std::string value;
    value.reserve(raw.size());
    for (std::size_t at = 0; at < raw.size(); ++at) {
        char c = raw[at];
        if (c == '\\' && at + 1 < raw.size()) {
            c = raw[++at];
            value += c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
        } else if (c == '\r') {
            value += '\n';
            if (at + 1 < raw.size() && raw[at + 1] == '\n')
                ++at;
        } else {
            value += c;
        }
    }
    return value;
}

std::vector<string_part> string_parts(node of) {
    if (of.kind() == node_kind::indented_string)
        return stripped(pieces_of(of));
    std::vector<string_part> parts;
    auto const children = of.children();
    if (children.empty()) {
        auto const text = of.text();
        if (text.size() > 2)
            parts.push_back({unescaped(text.substr(1, text.size() - 2)), {}});
    }
    for (auto const child : children) {
        if (child.kind() == node_kind::text)
            parts.push_back({unescaped(child.text()), {}});
        else
            parts.push_back({{}, child.child(0)});
    }
    return parts;
}

std::optional<std::string> static_string(node of) {
    of = of.unwrapped();
    if (of.kind() == node_kind::uri)
        return std::string(of.text());
    if (of.kind() != node_kind::string && of.kind() != node_kind::indented_string)
        return std::nullopt;
    for (auto const child : of.children())
        if (child.kind() != node_kind::text)
            return std::nullopt;
    std::string value;
    for (auto& part : string_parts(of))
        value += part.text;
    return value;
}

std::optional<std::string> plain_string(node of) {
    for (;;) {
        of = of.unwrapped();
        if (of.kind() == node_kind::uri)
            return std::string(of.text());
        if (of.kind() == node_kind::string) {
            if (!of.children().empty())
                return std::nullopt;
            auto const text = of.text();
            return unescaped(text.substr(1, text.size() - 2));
        }
        if (of.kind() != node_kind::indented_string)
            return std::nullopt;
        auto parts = string_parts(of);
        if (parts.empty())
            return std::string();
        if (parts.size() > 1)
            return std::nullopt;
        if (!parts[0].expression)
            return std::move(parts[0].text);
        of = parts[0].expression;
    }
}

std::optional<std::string> static_name(node step) {
    switch (step.kind()) {
    case node_kind::name:
        return std::string(step.text());
    case node_kind::string:
        return plain_string(step);
    case node_kind::interpolation:
        return plain_string(step.child(0));
    default:
        return std::nullopt;
    }
}

std::string string_literal(std::string_view value) {
    std::string text = "\"";
    text.reserve(value.size() + 2);
    for (std::size_t at = 0; at < value.size(); ++at) {
        switch (value[at]) {
        case '"':
        case '\\':
            text += '\\';
            text += value[at];
            break;
        case '\n':
            text += "\\n";
            break;
        case '\r': // bare, it would be read as a line break
            text += "\\r";
            break;
        case '\t':
            text += "\\t";
            break;
        case '$':
            if (at + 1 < value.size() && value[at + 1] == '{')
                text += '\\';
            text += '$';
            break;
        default:
            text += value[at];
        }
    }
    text += '"';
    return text;
}

bool is_plain_name(std::string_view name) {
    using namespace grammar;
    return !name.empty() && is(name[0], id_first) && word_in(name) == word::identifier &&
           std::all_of(name.begin(), name.end(), [](char c) { return is(c, id_rest); });
}

} // namespace dynix::syntax
