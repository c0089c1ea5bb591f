#include "dynix/activation/record/own_record.hpp"

#include <unistd.h>

namespace dynix::activation {

error unreadable_record(
    error why, std::string const& path, std::string const& remedy, host::machine& host) {
    if (!host.files.check_folder(path))
        return why;
    if (!why.hint.empty())
        why.hint += "; ";
    why.hint += ::geteuid() == 0 ? remedy : "run the command as root";
    return why;
}

result<void> set_record_aside(host::machine& host, std::string const& path) {
    auto const moved = host.files.set_aside(path, ".damaged");
    return moved ? result<void>() : moved.error();
}

} // namespace dynix::activation
