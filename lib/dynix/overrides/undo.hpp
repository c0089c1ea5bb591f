// Takes entries of the dynamic file back, or returns to an older one.
#pragma once

#include "dynix/overrides/store.hpp"

#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace dynix::overrides {

// What to take back.
struct every_entry {};
struct last_entry {};
struct numbered_entry {
    std::int64_t number;
};
// Of that entry only what is meant.
struct part_of_entry {
    std::int64_t number;
    std::function<bool(option_override const&)> is_meant;
};
// Every override at the path and below it, also those that later ones hide: the path is static
// again.
struct path_and_below {
    option_path path;
};
using undo_wish =
    std::variant<every_entry, last_entry, numbered_entry, part_of_entry, path_and_below>;

struct taken_override {
    std::int64_t entry;
    option_override what;
};

struct taken_back {
    std::string text; // of the file without what was taken back
    std::vector<taken_override> taken;
    std::string action; // "undo 3"
};

// The file without what is wished away. Of an entry with several overrides only those go; with the
// last one the entry goes, together with its comment, and with the lines that hold nothing else.
// Not another byte changes. Nothing to take back is an error.
result<taken_back> take_back(dynamic_file const& file, undo_wish const& wanted);

// The same of several wishes, one after the other, as a file of that name.
result<dynamic_file> without(dynamic_file file, std::vector<undo_wish> const& wishes);

struct undo_outcome {
    entry line; // what stands for it in the file from now on
    std::vector<taken_override> taken;
    dynamic_file before;
    dynamic_file after; // but for that line
};

// Takes back what is wished away: lock, read, keep the file as a generation, replace it atomically
// and durably. A program that is killed leaves the old file or the new one.
result<undo_outcome> undo(write_request const& request, undo_wish const& wanted);

// Makes generation `number` the dynamic file again, and keeps the present one as a generation, so
// that this too can be undone. Numbers that the present file gave away stay given.
result<undo_outcome> return_to_generation(write_request const& request, std::int64_t number);

} // namespace dynix::overrides
