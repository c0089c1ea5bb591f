// The files that activation reads and writes, behind an interface so that tests can let them fail.
#pragma once

#include "dynix/base/result.hpp"
#include "dynix/host/paths.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::host {

class runtime_files {
  public:
    virtual ~runtime_files() = default;

    virtual result<std::optional<std::string>> read(std::string const& path) = 0;
    // Atomically; missing folders are made.
    virtual result<void> write(std::string const& path, std::string_view text) = 0;
    // No fault if it is not there. A drop-in folder left empty goes too.
    virtual result<void> remove(std::string const& path) = 0;
    // Atomically points a symbolic link at `target`.
    virtual result<void> link(std::string const& target, std::string const& path) = 0;
    // The units that have a dynix drop-in, sorted.
    virtual result<std::vector<std::string>> units_with_drop_in(paths const& where) = 0;
};

class real_files : public runtime_files {
  public:
    result<std::optional<std::string>> read(std::string const& path) override;
    result<void> write(std::string const& path, std::string_view text) override;
    result<void> remove(std::string const& path) override;
    result<void> link(std::string const& target, std::string const& path) override;
    result<std::vector<std::string>> units_with_drop_in(paths const& where) override;
};

} // namespace dynix::host
