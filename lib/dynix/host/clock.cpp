#include "dynix/host/clock.hpp"

#include "dynix/base/time_span.hpp"

#include <ctime>

namespace dynix::host {

std::string clock::date() {
    return print_time_stamp(seconds());
}

time_point system_clock::now() {
    return std::chrono::steady_clock::now();
}

std::int64_t system_clock::seconds() {
    return std::time(nullptr);
}

} // namespace dynix::host
