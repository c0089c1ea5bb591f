// The dynamic file as entries: a plain NixOS module that dynix appends to and people may read and
// edit.
//
//   # Written by dynix. Later entries win over earlier ones and over the static configuration.
//   { lib, ... }:
//   {
//     config = lib.mkMerge [
//       # 1 2026-11-23T01:33:00Z root: fewer jobs at night
//       { services.distccd.maxJobs = lib.mkOverride (-1) 4; }
//       # 3 2026-11-23T07:00:00Z root undo 2 (generation 1): it was too quiet
//     ];
//   }
//
// An override below a set that has another priority than a plain definition joins it there, so
// that all else in the set stays (options/definitions.hpp):
//
//       { services.nginx.settings = lib.mkOverride 1000 { workers = lib.mkOverride (-4) 2; }; }
//
// Entry i has priority -i: the NixOS module system takes the definition with the lowest number
// (NixOS manual, "Setting Priorities"), so the last entry wins and no two of them conflict.
// An undo takes the text of entries out and leaves one line with a number of its own. So a number
// is never given twice, however the file is copied or moved: "entry 2" in the record of what is
// applied, in an older file or in somebody's notes stays the one entry 2 that there ever was.
#pragma once

#include "dynix/base/result.hpp"
#include "dynix/base/source.hpp"
#include "dynix/options/definitions.hpp"
#include "dynix/overrides/ending.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::overrides {

using options::option_path;

// One option path with one value.
struct option_override {
    option_path path;
    std::string value; // Nix source, without the parentheses that stand around it in the file
    bool parentheses = false; // whether it needs them as the argument of 'lib.mkOverride (-i)'
    byte_range where{};       // in the text it was read from, up to its ';'
    std::vector<options::set_priority> around{}; // the sets that it joins, the outermost first
    std::vector<byte_range> bindings{};          // of each of them, in the text as above
};

// What one command appended, or the line that an undo left.
struct entry {
    std::int64_t number = 0;
    std::string time;    // UTC, "2026-11-23T01:33:00Z"; empty when a person removed the comment
    std::string user;    // who appended; empty as above
    std::string message; // may be empty
    std::vector<option_override> overrides; // at least one, or `action` says why there is none
    std::string action{};                   // of an undo: "undo 2", empty for an append
    std::int64_t generation = 0; // of an undo: the number under which the file before it is kept
    ending ends{};
    byte_range where{}; // in the text it was read from, with the comment that belongs to it
};

// The highest number an entry may have, so that the next one is always a number, too.
inline constexpr std::int64_t largest_number = 1'000'000'000'000'000;

struct dynamic_file {
    std::string name; // the path to show in errors
    std::string text;
    std::vector<std::string> arguments; // of the module: "lib", and what a person added
    std::vector<entry> entries;
    std::size_t end_of_entries = 0; // the byte offset of the ']' that closes the list of entries
};

// Reads `text` as entries. Anything that dynix would not have written, or that a person changed to
// something it cannot count on, is an error with its place; comments and blank lines are free.
result<dynamic_file> read_dynamic_file(std::string text, std::string name);

// Refuses a file with a byte that is no UTF-8: it reads as entries, and an undo can take the byte
// out, but Nix cannot make a plan of it.
result<void> check_is_text(dynamic_file const& file);

// The text of a dynamic file without entries.
std::string_view text_without_entries();

// The text of a dynamic file with these entries, which are in the order of their numbers. The
// module takes these arguments; "lib" is among them.
std::string
text_of_entries(std::vector<std::string> const& arguments, std::vector<entry> const& entries);

// The number that the next entry gets: one more than the highest there is.
std::int64_t next_number(dynamic_file const& file);

// `file.text` with `added` spliced in before the closing bracket. Not one byte of the older entries
// changes. The entry's strings are trusted: see make_entry (change.hpp).
std::string splice_entry(dynamic_file const& file, entry const& added);

} // namespace dynix::overrides
