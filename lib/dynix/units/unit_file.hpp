// The text of a unit file as the list of its assignments (systemd.syntax(7)).
#pragma once

#include "dynix/base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::units {

// One "Key=value" line, with its continuation lines joined as systemd joins them. The value keeps
// its quotes and escapes; space around it is gone.
struct assignment {
    std::string section{};
    std::string key{};
    std::string value{};
    std::size_t line = 0;

    friend bool operator==(assignment const& a, assignment const& b) {
        return a.section == b.section && a.key == b.key && a.value == b.value;
    }
};

struct unit_file {
    std::vector<assignment> assignments{}; // in the order of the file

    // The raw values of a key, in order, empty ones included.
    std::vector<std::string> values(std::string_view section, std::string_view key) const;

    // The values in force after empty assignments have cleared the list.
    std::vector<std::string> effective(std::string_view section, std::string_view key) const;

    // The last value of a key, "" when there is none.
    std::string last(std::string_view section, std::string_view key) const;

    // Appends a drop-in's assignments, as systemd reads it after the unit.
    void append(unit_file const& drop_in);
};

// What systemd would only warn about and ignore (a line without '=', an assignment before the first
// section) is an error here: dynix must not guess.
result<unit_file> parse_unit(std::string_view text, std::string_view name);

} // namespace dynix::units
