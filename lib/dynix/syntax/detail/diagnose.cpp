#include "dynix/syntax/check.hpp"
#include "dynix/syntax/grammar/grammar_door.hpp"
#include "dynix/syntax/parse.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace dynix::syntax {

namespace {

using namespace grammar;

// Each further error takes another parse of the whole text; a reader stops long before this.
constexpr std::size_t most_errors = 20;

std::size_t past_trivia(std::string_view text, std::size_t at) {
    for (;;) {
        at = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
        auto const rest = text.substr(at);
        if (rest.starts_with('#'))
            at += std::min(rest.find('\n'), rest.size());
        else if (rest.starts_with("/*") && rest.find("*/", 2) != std::string_view::npos)
            at += rest.find("*/", 2) + 2;
        else
            return at;
    }
}

// Whether a set or `let` goes on here as one does: with its end, `inherit`, or a name and '='.
bool goes_on(std::string_view text, std::size_t at, bool in_let) {
    at = past_trivia(text, at);
    if (at == text.size())
        return false;
    auto const word_at = [&](std::size_t place) {
        auto const* const begin = text.data() + place;
        return is(*begin, id_first) ? std::string_view(begin, identifier_end(begin))
                                    : std::string_view();
    };
    if (text[at] == '}')
        return !in_let;
    if (word_at(at) == "in" || word_at(at) == "inherit")
        return word_at(at) == "inherit" || in_let;
    for (;;) {
        auto const rest = text.substr(at);
        if (auto const word = word_at(at); !word.empty())
            at += word.size();
        else if (rest.starts_with('"') && rest.find_first_of("\"\n", 1) != std::string_view::npos)
            at += rest.find_first_of("\"\n", 1) + 1;
        else if (rest.starts_with("${") && rest.find('}') != std::string_view::npos)
            at += rest.find('}') + 1;
        else
            return false;
        at = past_trivia(text, at);
        if (at == text.size() || text[at] != '.')
            break;
        at = past_trivia(text, at + 1);
    }
    return text.substr(at).starts_with('=') && !text.substr(at).starts_with("==");
}

// Reads the tokens behind an error, to tell where the broken binding ends.
class end_finder {
  public:
    // `lacks_end`: the binding is complete but for its ';'.
    end_finder(std::string_view text, stop const& where, bool lacks_end)
        : text_(text), brackets_(where.brackets), error_at_(where.at), in_let_(where.in_let),
          lacks_end_(lacks_end) {}

    // The end of the binding; nullopt when it is not certain.
    std::optional<std::size_t> find() {
        for (auto at = std::size_t(error_at_); at < text_.size();) {
            if (!brackets_.empty() && (brackets_.back() == '"' || brackets_.back() == '\'')) {
                at = past_text(at);
                continue;
            }
            auto const rest = text_.substr(at);
            auto const c = rest[0];
            if (c == '#') {
                at += std::min(rest.find('\n'), rest.size());
            } else if (rest.starts_with("/*")) {
                auto const end = rest.find("*/", 2);
                if (end == std::string_view::npos)
                    return std::nullopt;
                at += end + 2;
            } else if (rest.starts_with("''") || rest.starts_with("${")) {
                brackets_ += c;
                at += 2;
            } else if (std::string_view("\"([{").find(c) != std::string_view::npos) {
                brackets_ += c;
                ++at;
            } else if (c == ';' && ends_binding(at)) {
                return at + 1;
            } else if (c == ')' || c == ']' || c == '}') {
                if (lacks_end_ && at == error_at_ && c == '}' && !in_let_)
                    return at;
                if (!close(c) && (c == '}' || at != error_at_))
                    return std::nullopt;
                ++at;
            } else if (is(c, id_first)) {
                auto const* const begin = text_.data() + at;
                auto const* const end = identifier_end(begin);
                if (lacks_end_ && at == error_at_ && in_let_ &&
                    std::string_view(begin, end) == "in")
                    return at;
                at += static_cast<std::size_t>(end - begin);
            } else {
                ++at;
            }
        }
        return std::nullopt;
    }

  private:
    // A ';' in parentheses may be that of `with` or `assert`; none can stand in a list, and where
    // the parser stopped at one it is no part of anything.
    bool ends_binding(std::size_t at) const {
        return brackets_.empty() || brackets_.back() == '[' || at == error_at_;
    }

    // Whether the bracket closes the last one that is open.
    bool close(char bracket) {
        auto const opening = bracket == ')' ? '(' : bracket == ']' ? '[' : '{';
        if (brackets_.empty() ||
            (brackets_.back() != opening && !(bracket == '}' && brackets_.back() == '$')))
            return false;
        brackets_.pop_back();
        return true;
    }

    // The place behind the next thing in the text of a string.
    std::size_t past_text(std::size_t at) {
        auto const rest = text_.substr(at);
        if (rest.starts_with("${")) {
            brackets_ += '$';
            return at + 2;
        }
        if (brackets_.back() == '"') {
            if (rest[0] == '"')
                brackets_.pop_back();
            return at + (rest[0] == '\\' || rest.starts_with("$$") ? 2 : 1);
        }
        if (!rest.starts_with("''"))
            return at + (rest.starts_with("$$") ? 2 : 1);
        if (rest.size() > 2 && (rest[2] == '$' || rest[2] == '\''))
            return at + 3;
        if (rest.size() > 2 && rest[2] == '\\')
            return at + 4;
        brackets_.pop_back();
        return at + 2;
    }

    std::string_view text_;
    std::string brackets_;
    std::size_t error_at_;
    bool in_let_;
    bool lacks_end_;
};

// The binding with the error; nullopt when it is not certain where it ends.
std::optional<byte_range>
broken_binding(std::string_view text, stop const& where, error const& why) {
    if (!where.binding || where.doubtful_string)
        return std::nullopt;
    auto const lacks_end = why.message.starts_with("expected ';' to end binding");
    auto const end = end_finder(text, where, lacks_end).find();
    if (!end || !goes_on(text, *end, where.in_let))
        return std::nullopt;
    return byte_range{*where.binding, static_cast<std::uint32_t>(*end)};
}

// Whether an error behind another one may be its consequence, as brackets are out of step: only
// what is wrong within a binding is an error of its own.
bool out_of_step(std::string_view text, stop const& where) {
    if (!where.binding || where.at == text.size())
        return true;
    auto const c = text[where.at];
    if (c == ')' || c == ']')
        return where.brackets.empty() || where.brackets.back() != (c == ')' ? '(' : '[');
    if (where.in_let && c == '}' && where.brackets.empty())
        return true; // the error before may be that it has no 'in'
    return !where.in_let && is(c, id_first) &&
           std::string_view(&text[where.at], identifier_end(&text[where.at])) == "in";
}

// Where the place of an error was blanked: the line as it is.
void show_line(std::optional<excerpt>& at, line_index const& lines) {
    if (at)
        at->line = lines.line(at->begin.line);
}

} // namespace

diagnosis diagnose(std::string text, std::string const& name, parse_options const& options) {
    diagnosis made;
    auto whole = text;
    std::size_t blanked_to = 0;
    while (made.errors.size() < most_errors) {
        stop where;
        auto parsed = parse_shape(text, name, &where);
        if (parsed) {
            // What was blanked may have defined a variable.
            auto const checked =
                made.errors.empty() ? options : parse_options{false, options.pipe_operators};
            auto errors = check(*parsed->root().owner(), checked);
            made.errors.insert(
                made.errors.end(), std::make_move_iterator(errors.begin()),
                std::make_move_iterator(errors.end()));
            if (made.errors.empty())
                made.parsed = std::move(*parsed);
            break;
        }
        if (blanked_to != 0 && (where.at < blanked_to || out_of_step(text, where)))
            break;
        made.errors.push_back(parsed.error());
        auto const broken = broken_binding(text, where, made.errors.back());
        if (!broken || broken->end <= blanked_to)
            break;
        for (auto at = broken->begin; at < broken->end; ++at)
            text[at] = text[at] == '\n' ? '\n' : ' ';
        blanked_to = broken->end;
    }
    if (blanked_to == 0)
        return made;
    line_index const lines(whole);
    for (auto& one : made.errors) {
        show_line(one.at, lines);
        for (auto& further : one.notes)
            show_line(further.at, lines);
    }
    std::stable_sort(made.errors.begin(), made.errors.end(), [](auto const& a, auto const& b) {
        return std::pair(a.at->begin.line, a.at->begin.column) <
               std::pair(b.at->begin.line, b.at->begin.column);
    });
    return made;
}

} // namespace dynix::syntax
