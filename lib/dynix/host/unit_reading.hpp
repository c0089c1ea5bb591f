// What systemd makes of a unit file before it is there.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace dynix::host {

struct unit_text {
    std::string name{}; // "x.service"
    std::string text{};
};

// What systemd says of a line, in its own words.
struct unit_remark {
    std::size_t line = 0; // from 1; 0: of the unit as a whole
    std::string text{};

    // Whether the assignment of this line counts for nothing: "Invalid memory limit 'lots',
    // ignoring" (systemd.syntax(7)).
    bool is_ignored() const { return line != 0 && text.find("gnor") != std::string::npos; }
};

struct unit_reading {
    bool loads = true; // false: "has a bad unit file setting"
    std::vector<unit_remark> remarks{};
};

} // namespace dynix::host
