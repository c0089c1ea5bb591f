#include "author.hpp"

#include "shared/report.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fmt/chrono.h>
#include <fstream>
#include <pwd.h>
#include <unistd.h>

namespace dynix::tool {
namespace {

// The entry's header is one comment line of words, and the name comes from the environment.
bool is_plain(std::string const& name) {
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return c > ' ' && c < 0x7f && c != ':';
    });
}

} // namespace

std::string current_time() {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

std::string current_user() {
    if (::geteuid() == 0) {
        for (auto const* variable : {"SUDO_USER", "DOAS_USER"})
            if (auto const* name = std::getenv(variable); name != nullptr && is_plain(name))
                return name;
        // Spares the look-up, which may load name service modules.
        return "root";
    }
    if (auto const* known = ::getpwuid(::getuid()); known != nullptr && is_plain(known->pw_name))
        return known->pw_name;
    return std::to_string(::getuid());
}

std::string person() {
    constexpr uid_t unset = ~uid_t{0};
    uid_t login = unset;
    if (std::ifstream file("/proc/self/loginuid"); !(file >> login))
        login = unset;
    if (login != unset && login != 0)
        if (auto const* known = ::getpwuid(login); known != nullptr && is_plain(known->pw_name))
            return known->pw_name;
    return current_user();
}

void sign(overrides::write_request& request, std::optional<unsigned> wait) {
    request.time = current_time();
    request.user = current_user();
    request.on_wait = note_wait;
    if (wait)
        request.patience = std::chrono::seconds(*wait);
}

} // namespace dynix::tool
