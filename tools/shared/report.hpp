// How results and errors leave the program: results to stdout, errors to stderr.
#pragma once

#include "dynix/base/error.hpp"
#include "dynix/base/exit_code.hpp"
#include "dynix/base/file.hpp"
#include "dynix/base/json.hpp"

#include <boost/json/array.hpp>
#include <string_view>
#include <vector>

namespace dynix::tool {

// Takes the numbers of standard streams that are closed, so that no file gets one of them and is
// written what was meant for a person. To be called first; reading and writing them fails as
// before.
void hold_standard_streams();

// Writes `text` to stdout; a full disk or a closed pipe must not pass for success, so main() checks
// the stream at the end.
void print(std::string_view text);

// The bytes of the file that a command line names; "-" is standard input.
result<std::string> read_input(std::string const& name, std::uint64_t most = largest_file);

// The error as a record: message, where they are known file, line and column, notes and hint.
boost::json::object to_json(error const& what);

// Several of them, as a list; each has a hint, which may be empty.
boost::json::array to_json(std::vector<error> const& all);

// Writes the error to stderr, and with `json` also a record {"error": {...}} to stdout.
// Returns `code`, for `code = report(...)`.
exit_code report(error const& what, bool json, exit_code code);

// Writes a line "<kind>: <text>" to stderr. Nothing happens where stderr cannot be written.
void say_line(std::string_view kind, std::string_view text);

// Writes a line "note: ..." to stderr.
void note_line(std::string_view text);

// Notes that another writer is waited for, and who it is.
void note_wait(std::string const& holder);

// The error of a change to the dynamic file `path`; where a user who is not root was not permitted
// it, with what to try.
error with_sudo_hint(error failed, std::string const& path);

} // namespace dynix::tool
