#include "dynix/base/error.hpp"
#include "dynix/base/result.hpp"
#include "dynix/base/utf8.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <iterator>
#include <utility>

namespace dynix {
namespace {

// A line longer than this is shown as a window around the place.
constexpr std::size_t widest_line = 160;
constexpr std::size_t context_before = 60;
// A message longer than this is shown without its middle: what was typed may be in it.
constexpr std::size_t longest_message = 2000;

void append_line(std::string& out, excerpt const& at) {
    auto line = std::string_view(at.line);
    auto column = std::min(at.begin.column - 1, line.size());
    std::string_view cut_left;
    std::string_view cut_right;
    if (line.size() > widest_line) {
        auto const first = column > context_before ? column - context_before : 0;
        cut_left = first > 0 ? "..." : "";
        cut_right = line.size() > first + widest_line ? "..." : "";
        line = line.substr(first, widest_line);
        column -= first;
    }
    auto const number = fmt::format("{:>4}", at.begin.line);
    fmt::format_to(
        std::back_inserter(out), "{} | {}{}{}\n{:{}} | ", number, cut_left, printable(line),
        cut_right, "", number.size());
    out.append(cut_left.size(), ' ');
    // A tab before the place stays a tab, so that the caret stands under it at any tab width.
    for (char const c : line.substr(0, column))
        out += c == '\t' ? '\t' : ' ';
    out += '^';
    auto const room = line.size() > column ? line.size() - column : 1;
    out.append(std::min(at.width, room) - 1, '~');
    out += '\n';
}

std::string shown(std::string_view message) {
    if (message.size() <= longest_message)
        return printable(message);
    constexpr auto part = longest_message / 2;
    return fmt::format(
        "{} ... ({} bytes left out) ... {}", printable(message.substr(0, part)),
        message.size() - 2 * part, printable(message.substr(message.size() - part)));
}

void append_place(
    std::string& out, std::optional<excerpt> const& at, std::string_view kind,
    std::string_view message) {
    if (at)
        fmt::format_to(
            std::back_inserter(out), "{}:{}:{}: ", printable(at->file), at->begin.line,
            at->begin.column);
    fmt::format_to(std::back_inserter(out), "{}: {}\n", kind, shown(message));
    if (at)
        append_line(out, *at);
}

} // namespace

std::string printable(std::string_view text) {
    std::string out(text);
    for (std::size_t at = 0; at < text.size();) {
        bool const stays = text[at] == '\n' || text[at] == '\t';
        auto const length = stays ? 0 : control_character(text.substr(at));
        std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(at), length, '?');
        at += std::max<std::size_t>(utf8_character(text.substr(at)), 1);
    }
    return out;
}

error make_error(std::string message, std::string hint) {
    return {std::move(message), std::move(hint)};
}

error errno_error(std::string_view doing, std::string_view path, int errno_value) {
    // Of a full file system, the hint says where to make room.
    auto what =
        make_error(fmt::format("cannot {} '{}': {}", doing, path, std::strerror(errno_value)));
    if (errno_value == ENOSPC || errno_value == EDQUOT) {
        auto const folder = path.substr(0, std::max(path.rfind('/'), std::size_t{1}));
        what.hint =
            path.starts_with('/')
                ? fmt::format("make room in '{}': 'df {}' shows how full it is", folder, folder)
                : "make room on the disk: 'df' shows how full it is";
    }
    return what;
}

std::string one_line(error const& what) {
    return what.at ? fmt::format(
                         "{}:{}:{}: {}", what.at->file, what.at->begin.line, what.at->begin.column,
                         what.message)
                   : what.message;
}

std::string render(error const& what) {
    std::string out;
    append_place(out, what.at, "error", what.message);
    for (auto const& further : what.notes)
        append_place(out, further.at, "note", further.message);
    if (!what.hint.empty())
        fmt::format_to(std::back_inserter(out), "hint: {}\n", shown(what.hint));
    return out;
}

void throw_exception_from_error(error const& what, boost::source_location const& where) {
    fmt::print(
        stderr, "{}:{}: a result without a value was used\n{}", where.file_name(), where.line(),
        render(what));
    std::abort();
}

} // namespace dynix
