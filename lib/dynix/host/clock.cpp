#include "dynix/host/clock.hpp"

#include <ctime>
#include <fmt/chrono.h>

namespace dynix::host {

time_point system_clock::now() {
    return std::chrono::steady_clock::now();
}

std::string system_clock::date() {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

} // namespace dynix::host
