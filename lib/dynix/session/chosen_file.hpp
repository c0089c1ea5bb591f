// A dynamic file for one evaluation: a part of the one of the system.
#pragma once

#include "dynix/base/result.hpp"
#include "dynix/host/paths.hpp"

#include <string>
#include <string_view>

namespace dynix::session {

// The file is there as long as the object. Of root it stands in /run/dynix, where the unit that
// carries the activation out sees it too.
class chosen_file {
  public:
    chosen_file() = default;
    // Readable by others if they may read what it was chosen of.
    static result<chosen_file>
    write(host::paths const& where, std::string_view text, bool is_public);

    chosen_file(chosen_file&& other) noexcept;
    chosen_file& operator=(chosen_file&& other) noexcept;
    ~chosen_file();

    std::string const& path() const { return path_; } // empty: there is none

  private:
    void remove() noexcept;

    std::string path_;
    std::string folder_; // that was made for it alone; empty: none was
};

} // namespace dynix::session
