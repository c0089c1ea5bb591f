// Generations: the dynamic files of before each undo, kept beside the dynamic file.
//
// They are in the folder 'NAME.generations' beside the file NAME that its path names in the end,
// under 1, 2, 3 and so on. Beside it, because a folder in which dynix can replace the file can also
// hold its older versions, wherever a read-only /etc made the file go; and without '.nix' at the
// end, because some configurations import every file of a folder that ends so. Each is the older
// file itself, with its owner, mode and time: an undo gives it this further name before it replaces
// it.
#pragma once

#include "dynix/overrides/dynamic_file.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::overrides {

// The newest so many are kept; a new one lets the oldest go.
inline constexpr std::size_t generations_kept = 50;

struct generation {
    std::int64_t number = 0;
    std::string path;
};

// The folder of the generations of the dynamic file at `path`.
result<std::string> generations_folder(std::string const& path);

// The generations of the dynamic file at `path`, the oldest first; names that are no number are
// passed over.
result<std::vector<generation>> generations_of(std::string const& path);

// Keeps the dynamic file at `path`, whose bytes are `text`, as a generation and returns its number,
// 0 when there is no file. When the newest generation has just these bytes (an undo was interrupted
// before it replaced the file), it is that one. Needs the lock.
result<std::int64_t> keep_generation(std::string const& path, std::string_view text);

// Takes a generation away again that was kept for a change that failed: when the dynamic file at
// `path` still is that very file. Needs the lock.
void forget_generation(std::string const& path, std::int64_t number);

// Removes the generations that are too many. Needs the lock.
void prune_generations(std::string const& path);

struct kept_file {
    generation which;
    result<dynamic_file> content;
    std::optional<entry> ended_by; // the line of the undo that the file was kept for
};

// The generations with what is in them.
result<std::vector<kept_file>> read_generations(std::string const& path);

} // namespace dynix::overrides
