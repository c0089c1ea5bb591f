// What went wrong, as a value: where, what was expected, what was found, what to do.
#pragma once

#include "dynix/base/source.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dynix {

// A second place that explains the first, such as the bracket that was never closed.
struct note {
    std::string message;
    std::optional<excerpt> at;
};

// An expected failure. `message` is lowercase, without a full stop, with names in 'single quotes'.
struct error {
    error() = default;
    // Two arguments on purpose: were an error made from one string, result<std::string> could not
    // tell a value from an error.
    error(std::string what, std::string what_to_do)
        : message(std::move(what)), hint(std::move(what_to_do)) {}

    std::string message;
    std::optional<excerpt> at; // the place in a text, when the fault lies in one
    std::vector<note> notes;   // further places
    std::string hint;          // what the reader can do, empty when there is nothing to say
};

// An error without a place.
error make_error(std::string message, std::string hint = {});

// The message of a failed system call: "cannot <doing> '<path>': <strerror(errno_value)>".
// Where the file system is full, the hint is that of `how_to_make_room`.
error errno_error(std::string_view doing, std::string_view path, int errno_value);

// The file system that `path` is in, or would be, and what it lacks: room, or room for one more
// file.
std::string how_to_make_room(std::string_view path);

// The text for a terminal or a log, with a final newline:
//   file:line:col: error: message
//      3 | source line
//        |     ^~~~
//   file:line:col: note: message
//   hint: what to do
// Bytes that would move a terminal's cursor are shown as '?', and a message of over 2,000 bytes
// without its middle.
std::string render(error const& what);

// The message behind its place, "file:line:col: message": a part of another sentence.
std::string one_line(error const& what);

// `text` with '?' for each byte of a control character (utf8.hpp), line breaks and tabs aside: as
// long as it was, so that columns stay.
std::string printable(std::string_view text);

} // namespace dynix
