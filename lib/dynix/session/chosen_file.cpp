#include "dynix/session/chosen_file.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/owned_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <fmt/format.h>
#include <unistd.h>
#include <utility>

namespace dynix::session {

result<chosen_file>
chosen_file::write(host::paths const& where, std::string_view text, bool is_public) {
    chosen_file out;
    if (::geteuid() == 0) {
        constexpr unsigned for_all = 0644;
        constexpr unsigned for_owner = 0600;
        auto const folder = owned_folder::make(where.run(), where.runtime());
        if (!folder)
            return folder.error();
        // Several may be under way at once.
        auto const name = fmt::format("chosen-{}.nix", ::getpid());
        if (auto done = folder->replace(name, text, is_public ? for_all : for_owner); !done)
            return done.error();
        out.path_ = where.runtime() + '/' + name;
        return out;
    }
    auto const* const given = std::getenv("TMPDIR");
    auto folder = std::string(given != nullptr && *given == '/' ? given : "/tmp") + "/dynix-XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr)
        return errno_error("make", folder, errno);
    out.folder_ = folder;
    out.path_ = folder + "/chosen.nix";
    if (auto done = replace_file(out.path_, text); !done)
        return done.error();
    return out;
}

chosen_file::chosen_file(chosen_file&& other) noexcept
    : path_(std::exchange(other.path_, {})), folder_(std::exchange(other.folder_, {})) {}

chosen_file& chosen_file::operator=(chosen_file&& other) noexcept {
    if (this != &other) {
        remove();
        path_ = std::exchange(other.path_, {});
        folder_ = std::exchange(other.folder_, {});
    }
    return *this;
}

chosen_file::~chosen_file() {
    remove();
}

void chosen_file::remove() noexcept {
    if (!path_.empty())
        ::unlink(path_.c_str());
    if (!folder_.empty())
        ::rmdir(folder_.c_str());
}

} // namespace dynix::session
