// Whole commands in a fake world, for tests, and what they leave.
#pragma once

#include "dynix/modules/fake_world.hpp"
#include "dynix/test.hpp"

#include <doctest/doctest.h>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dynix::modules {

using names = std::vector<std::string>;

struct what_happened {
    std::optional<error> refused{}; // before there was anything to activate
    activation_outcome outcome{};
    bool needed = true;
};

// A whole command, as root gives it.
inline what_happened command(fake_world& world, verb what, names const& given, bool force = false) {
    auto const host = world.host();
    auto const lock = take_lock(host, host::milliseconds(0), {});
    if (!lock)
        return {lock.error()};
    auto const now = read_running(host, true);
    if (!now)
        return {now.error()};
    auto wanted = resolve(now->record, what, given, force);
    if (!wanted)
        return {wanted.error()};
    if (!needs_activation(*now, *wanted, force || what == verb::rebuild))
        return {std::nullopt, {}, false};
    change_options options;
    options.keep = true;
    auto const change = prepare(*now, std::move(*wanted), options, host);
    if (!change)
        return {change.error()};
    activation_options patient;
    patient.lock_patience = host::milliseconds(1);
    return {std::nullopt, activate(*now, *change, host, patient)};
}

inline names enabled(fake_world& world) {
    auto const now = read_running(world.host());
    REQUIRE(now);
    return now->record.enabled;
}

inline bool interrupted(fake_world& world) {
    auto const now = read_running(world.host());
    REQUIRE(now);
    return now->interrupted;
}

inline std::string state_of(fake_world& world) {
    auto const text = host::real_files(world.where).read(world.where.modules_state());
    REQUIRE(text);
    return text->value_or("");
}

} // namespace dynix::modules
