// How results and errors leave the program: results to stdout, errors to stderr.
#pragma once

#include "dynix/base/error.hpp"
#include "dynix/base/json.hpp"

#include <string_view>

namespace dynix::tool {

// Writes `text` to stdout; a full disk or a closed pipe must not pass for success, so main() checks
// the stream at the end.
void print(std::string_view text);

// Writes the error to stderr, and with `json` also a record {"error": {...}} to stdout.
// Returns `code`, for `code = report(...)`.
int report(error const& what, bool json, int code);

// Writes a line "note: ..." to stderr.
void note_line(std::string_view text);

} // namespace dynix::tool
