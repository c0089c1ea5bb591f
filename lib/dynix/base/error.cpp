#include "dynix/base/error.hpp"
#include "dynix/base/result.hpp"
#include "dynix/base/utf8.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <iterator>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <system_error>
#include <utility>

namespace dynix {
namespace {

// A line longer than this is shown as a window around the place.
constexpr std::size_t widest_line = 160;
constexpr std::size_t context_before = 60;
// A message longer than this is shown without its middle: what was typed may be in it.
constexpr std::size_t longest_message = 2000;

// The first place from here on that is not inside a character.
std::size_t whole_from(std::string_view text, std::size_t at) {
    constexpr int longest_tail = 3;
    for (int i = 0; i < longest_tail && at < text.size() && (text[at] & 0xc0) == 0x80; ++i)
        ++at;
    return at;
}

// What stands in the place of each character below: a terminal shows one of several bytes as one.
// A tab stays a tab, so that what follows is below it at any tab width.
std::string below(std::string_view text, char mark) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        out += text[at] == '\t' && mark == ' ' ? '\t' : mark;
        at += std::max<std::size_t>(utf8_character(text.substr(at)), 1);
    }
    return out;
}

void append_line(std::string& out, excerpt const& at) {
    auto line = std::string_view(at.line);
    auto column = std::min(at.begin.column - 1, line.size());
    std::string_view cut_left;
    std::string_view cut_right;
    if (line.size() > widest_line) {
        auto const first = column > context_before ? whole_from(line, column - context_before) : 0;
        auto const end = whole_from(line, std::min(first + widest_line, line.size()));
        cut_left = first > 0 ? "..." : "";
        cut_right = line.size() > end ? "..." : "";
        line = line.substr(first, end - first);
        column -= first;
    }
    auto const number = fmt::format("{:>4}", at.begin.line);
    auto const shown = printable(line);
    fmt::format_to(
        std::back_inserter(out), "{} | {}{}{}\n{:{}} | {:{}}{}", number, cut_left, shown, cut_right,
        "", number.size(), "", cut_left.size(), below(shown.substr(0, column), ' '));
    auto marks = below(std::string_view(shown).substr(column, at.width), '~');
    marks.replace(0, 1, "^");
    out += marks + '\n';
}

std::string shown(std::string_view message) {
    if (message.size() <= longest_message)
        return printable(message);
    constexpr auto part = longest_message / 2;
    auto const first = whole_from(message, part);
    auto const rest = whole_from(message, message.size() - part);
    return fmt::format(
        "{} ... ({} bytes left out) ... {}", printable(message.substr(0, first)), rest - first,
        printable(message.substr(rest)));
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

namespace {

// The folder at or above `path` that the file system is mounted at; empty when nothing is there to
// look at. A folder that was only to be made, or is taken away again, tells nobody anything.
std::string top_of_file_system(std::string path) {
    auto const up = [](std::string const& from) {
        return from.substr(0, std::max(from.rfind('/'), std::size_t{1}));
    };
    struct stat here {};
    while (::stat(path.c_str(), &here) != 0 || !S_ISDIR(here.st_mode)) {
        if (path.size() <= 1)
            return {};
        path = up(path);
    }
    // A '..' or a link would lead somewhere else than up.
    std::error_code failed;
    path = std::filesystem::canonical(path, failed).string();
    struct stat above {};
    while (path.size() > 1 && ::stat(up(path).c_str(), &above) == 0 && above.st_dev == here.st_dev)
        path = up(path);
    return path;
}

} // namespace

std::string how_to_make_room(std::string_view path) {
    auto const top = path.starts_with('/') ? top_of_file_system(std::string(path)) : std::string();
    if (top.empty())
        return "make room on the disk: 'df' shows how full it is";
    // It may have room and yet take no file more. One that does not count its files has none free.
    struct statvfs room {};
    if (::statvfs(top.c_str(), &room) == 0 && room.f_files > 0 && room.f_favail == 0)
        return fmt::format(
            "'{}' takes no file more, whatever room it has: take some away; 'df -i {}' shows how "
            "many there are",
            top, top);
    return fmt::format("make room in '{}': 'df {}' shows how full it is", top, top);
}

error make_error(std::string message, std::string hint) {
    return {std::move(message), std::move(hint)};
}

error errno_error(std::string_view doing, std::string_view path, int errno_value) {
    auto what =
        make_error(fmt::format("cannot {} '{}': {}", doing, path, std::strerror(errno_value)));
    if (errno_value == ENOSPC || errno_value == EDQUOT)
        what.hint = how_to_make_room(path);
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
