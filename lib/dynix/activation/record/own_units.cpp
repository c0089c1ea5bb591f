#include "dynix/activation/record/own_units.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace dynix::activation {
namespace {

constexpr char const* first_timer_begin = "dynix-unproved-";
constexpr char const* last_timer_begin = "dynix-unconfirmed-";
constexpr char const* end_timer_begin = "dynix-end-";

// Whether a unit is up whose name begins so. What is armed anew has more behind its name.
bool is_up_from(std::vector<std::string> const& begins, host::machine& host) {
    auto const all = host.units.runs();
    return !all || std::any_of(all->begin(), all->end(), [&](host::unit_run const& unit) {
        return unit.up() && std::any_of(begins.begin(), begins.end(), [&](auto const& begin) {
                   return unit.name.starts_with(begin);
               });
    });
}

} // namespace

std::string first_timer(std::string const& id) {
    return first_timer_begin + id;
}

std::string last_timer(std::string const& id) {
    return last_timer_begin + id;
}

std::string end_timer(std::int64_t seconds) {
    return end_timer_begin + std::to_string(seconds);
}

bool is_own_unit(std::string_view unit) {
    constexpr std::array begins{
        activation_begin, first_timer_begin, last_timer_begin, end_timer_begin};
    // What a boot or a switch starts ends when it has nothing more to do.
    constexpr std::array<std::string_view, 5> services{
        "dynix-certify.service", "dynix-due.service", "dynix-reapply.service",
        "dynix-return.service", "dynix-revert.service"};
    return std::ranges::find(services, unit) != services.end() ||
           std::ranges::any_of(begins, [&](auto const* begin) { return unit.starts_with(begin); });
}

bool is_armed(confirmation const& waits, host::machine& host) {
    return is_up_from({first_timer(waits.id), last_timer(waits.id)}, host);
}

bool is_end_armed(std::int64_t seconds, host::machine& host) {
    // What systemd starts behind a boot and before an apply ends it too.
    return is_up_from({end_timer(seconds), "dynix-due."}, host);
}

} // namespace dynix::activation
