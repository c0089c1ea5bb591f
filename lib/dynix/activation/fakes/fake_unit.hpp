// A unit of the fake service manager.
#pragma once

#include "dynix/host/machine.hpp"
#include "dynix/units/unit_file.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dynix::activation {

// A unit file, what the manager has loaded of it, and its one process.
struct fake_unit {
    host::unit_status status{};
    units::unit_file loaded{};
    host::live_process process{};
    host::unit_timeouts timeouts{std::chrono::seconds(90), std::chrono::seconds(90)};
    units::unit_file reloaded_with{};                     // what was loaded at its last reload
    std::vector<std::string> reads{};                     // files below /etc that it opens ...
    std::map<std::string, std::string> has_read{};        // ... and where their links led then
    bool ignores_reload = false;                          // it goes on with what it has read
    bool has_own_files = false;                           // in its own mounts
    bool has_workers = false;                             // new ones whenever it has read
    std::int64_t worker = 0;                              // the one of them
    bool hidden = false;                                  // /proc does not show its process
    host::unit_relations relations{};                     // what is not in `status`
    std::map<std::string, host::seen_file> credentials{}; // of its run
};

// Whether a call of the service manager, by its name, does nothing.
bool only_looks(std::string_view call);

// What systemd::statuses says of it.
host::unit_status as_asked(host::unit_status status);

// What systemd::runs_of says of it.
host::unit_status run_alone(host::unit_status status);

// What systemd::ends_of says of it.
host::unit_status end_alone(host::unit_status run);

// Who has opened which file, in order.
using opened_files = std::vector<std::pair<std::string, std::int64_t>>;

class fake_watch : public host::file_watch {
  public:
    fake_watch(opened_files const& all, std::string file)
        : all_(all), file_(std::move(file)), begin_(all.size()) {}

    std::set<std::int64_t> readers() override;

  private:
    opened_files const& all_;
    std::string file_;
    std::size_t begin_;
};

// As systemd, it ignores what it cannot read, which is "lots", and does not load a unit whose
// WorkingDirectory= is no absolute path.
result<std::vector<host::unit_reading>>
read_like_systemd(std::vector<host::unit_text> const& texts);

} // namespace dynix::activation
