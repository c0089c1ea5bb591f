// A folder in which only its owner can change names, so that what was checked is what is used.
#pragma once

#include "dynix/base/result.hpp"
#include "dynix/base/unique_fd.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dynix {

// An open folder, and every folder that leads to it from a first one that the caller trusts. Each
// is opened in the one before it, so no name on the way is looked up twice. None may be a symbolic
// link, belong to somebody else than root and the caller, or be writable by others: the error says
// which one is, and what to do. What is in it follows the same rules.
class owned_folder {
  public:
    // Opens `path`, which is `top` or stands below it; nullopt when it is not there.
    static result<std::optional<owned_folder>>
    open(std::string const& top, std::string const& path);

    // As open; what is missing is made, readable by all and writable by the owner (0755) whatever
    // the umask.
    static result<owned_folder> make(std::string const& top, std::string const& path);

    // The bytes of a regular file; nullopt when there is none.
    result<std::optional<std::string>> read(std::string const& name, std::uint64_t most) const;

    // As replace_file (file.hpp), with this mode whatever the umask. What is there is replaced and
    // never followed.
    result<void> replace(std::string const& name, std::string_view bytes, unsigned mode) const;

    // Atomically points the symbolic link `name` at `target`; one that does is left alone.
    result<void> link(std::string const& target, std::string const& name) const;

    // Removes a file or a link, and what a killed writer left of it. None is no error.
    result<void> remove(std::string const& name) const;

    // Gives `name` another one in this folder, whatever it is; false when there is no `name`.
    result<bool> rename(std::string const& name, std::string const& to) const;

  private:
    owned_folder(unique_fd opened, std::string path);
    std::string path_of(std::string const& name) const;
    bool has(std::string const& name) const;

    unique_fd folder_;
    std::string path_;
};

} // namespace dynix
