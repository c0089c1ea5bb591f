// The processes of the units of a fake service manager, and the files that they open.
#pragma once

#include "dynix/activation/fakes/fake_unit.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dynix::activation {

class fake_processes : public host::processes {
  public:
    fake_processes(host::paths where, host::runtime_files& files)
        : where_(std::move(where)), files_(files) {}

    std::map<std::string, fake_unit> units;
    std::map<std::string, host::live_process> left_over; // what an earlier run of a unit has left
    std::map<std::string, host::seen_file> outside;      // files that credentials are loaded from
    // Asked before each call, named as in `calls`; true lets it fail.
    std::function<bool(std::string const& call)> fails;
    std::vector<std::string> calls; // "reload", "restart a.service", ...

    result<host::unit_processes> in_group(std::string const& control_group) override;
    host::seen_file file_seen_by(std::int64_t pid, std::string const& path) override;
    result<bool> sees_our_file(std::int64_t pid, std::string const& path) override;
    result<std::unique_ptr<host::file_watch>> watch(std::string const& path) override;

  protected:
    bool failing(std::string const& call);

    // At its start and at each reload.
    void read_files(fake_unit& unit);

    host::paths where_;
    host::runtime_files& files_;

  private:
    std::string leads_to(std::string const& path);

    opened_files opened_;
};

} // namespace dynix::activation
