#include "dynix/overrides/header.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <utility>

namespace dynix::overrides {
namespace {

constexpr std::string_view generation_mark = " (generation ";

// Takes the first word, and the blank behind it, off `text`.
std::string_view take_word(std::string_view& text) {
    auto const end = std::min(text.find(' '), text.size());
    auto const word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

std::optional<std::int64_t> whole_number(std::string_view digits) {
    std::int64_t number = 0;
    auto const* const last = digits.data() + digits.size();
    auto const [end, failed] = std::from_chars(digits.data(), last, number);
    if (failed != std::errc() || end != last || number < 1 || number > largest_number)
        return std::nullopt;
    return number;
}

// Where the ": " before the message stands, or the end. One in a quoted name of a path is none.
std::size_t end_of_action(std::string_view text) {
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && quoted)
            ++i;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted && text.substr(i).starts_with(": "))
            return i;
    }
    return text.size();
}

void take_generation(entry& out) {
    auto const mark = out.action.rfind(generation_mark);
    if (mark == std::string::npos || !out.action.ends_with(')'))
        return;
    auto digits = std::string_view(out.action).substr(mark + generation_mark.size());
    digits.remove_suffix(1);
    if (auto const number = whole_number(digits)) {
        out.generation = *number;
        out.action.resize(mark);
    }
}

} // namespace

std::optional<entry> read_header(std::string_view comment) {
    if (!comment.starts_with("# "))
        return std::nullopt;
    comment.remove_prefix(2);
    auto const number = whole_number(take_word(comment));
    auto const time = take_word(comment);
    if (!number || time.size() != 20 || !time.ends_with('Z'))
        return std::nullopt;
    entry out;
    out.number = *number;
    out.time = time;
    auto behind_user = comment;
    auto const user = take_word(behind_user);
    // A colon ends the name of a user, which has none, and begins a message, whatever that says.
    bool const acts = user.find(':') == user.npos &&
                      (behind_user.starts_with("undo ") || behind_user.starts_with("return "));
    auto const rest = acts ? behind_user : comment;
    auto const colon = acts ? end_of_action(rest) : std::min(rest.find(": "), rest.size());
    out.message = rest.substr(std::min(colon + 2, rest.size()));
    out.user = acts ? user : rest.substr(0, colon);
    if (acts) {
        out.action = rest.substr(0, colon);
        take_generation(out);
    } else {
        out.ends = take_ending(out.user);
    }
    return out;
}

std::string print_header(entry const& of) {
    auto out = fmt::format("# {} {} {}", of.number, of.time, of.user);
    if (of.ends)
        out += ' ' + to_string(of.ends);
    if (!of.action.empty())
        out += ' ' + of.action;
    if (of.generation > 0)
        out += fmt::format("{}{})", generation_mark, of.generation);
    if (!of.message.empty())
        out += ": " + of.message;
    return out;
}

} // namespace dynix::overrides
