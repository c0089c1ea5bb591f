// The files that activation reads and writes, behind an interface so that tests can let them fail.
#pragma once

#include "dynix/base/result.hpp"
#include "dynix/host/paths.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::host {

// The largest file of its own that dynix reads.
inline constexpr std::uint64_t largest_own_file = 256ULL << 20;

// Who can read a file that dynix makes. Its mode never depends on the umask.
enum class readers { all, owner };

// Of what says something of the text of `file`: those who can read that.
readers readers_like(std::string const& file);

class runtime_files {
  public:
    virtual ~runtime_files() = default;

    // A link is followed, except where `path` is a file of dynix's own (real_files).
    virtual result<std::optional<std::string>> read(std::string const& path) = 0;
    // Atomically; missing folders are made.
    virtual result<void>
    write(std::string const& path, std::string_view text, readers who = readers::all) = 0;
    // No fault if it is not there. A unit's folder (.d, .wants) left empty goes too.
    virtual result<void> remove(std::string const& path) = 0;
    // Atomically points a symbolic link at `target`.
    virtual result<void> link(std::string const& target, std::string const& path) = 0;
    // Where a symbolic link leads; empty when something else is there, nullopt when nothing is.
    virtual result<std::optional<std::string>> link_target(std::string const& path) = 0;
    // Gives a file, or whatever stands there, the further ending `ending`; where a folder has that
    // name already, with a number behind it. False when there is nothing.
    virtual result<bool> set_aside(std::string const& path, std::string const& ending) = 0;
    // Whether a file may be in its folder; no fault if that is not there.
    virtual result<void> check_folder(std::string const& path) = 0;
    // The units that have a dynix drop-in, sorted.
    virtual result<std::vector<std::string>> units_with_drop_in(paths const& where) = 0;
};

// The real ones. Everything below /run and /etc is reached by the rules of owned_folder (base): no
// link on the way, no folder or file that somebody else than root owns or can change. Only the unit
// files and drop-ins of others are read wherever their links lead, as systemd reads them.
class real_files : public runtime_files {
  public:
    explicit real_files(paths where = {});

    result<std::optional<std::string>> read(std::string const& path) override;
    result<void>
    write(std::string const& path, std::string_view text, readers who = readers::all) override;
    result<void> remove(std::string const& path) override;
    result<void> link(std::string const& target, std::string const& path) override;
    result<std::optional<std::string>> link_target(std::string const& path) override;
    result<bool> set_aside(std::string const& path, std::string const& ending) override;
    result<void> check_folder(std::string const& path) override;
    result<std::vector<std::string>> units_with_drop_in(paths const& where) override;

  private:
    std::string top_of(std::string const& path) const;
    bool is_own(std::string const& path) const;
    void remove_if_empty(std::string const& folder) const;

    paths where_;
};

} // namespace dynix::host
