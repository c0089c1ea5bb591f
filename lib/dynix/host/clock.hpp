// The time, so that tests need not wait for it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace dynix::host {

using time_point = std::chrono::steady_clock::time_point;
using milliseconds = std::chrono::milliseconds;

class clock {
  public:
    virtual ~clock() = default;
    virtual time_point now() = 0;
    // The date and time, in seconds since 1970, and for people and records: 2026-11-23T01:33:00Z.
    virtual std::int64_t seconds() = 0;
    std::string date();
};

class system_clock : public clock {
  public:
    time_point now() override;
    std::int64_t seconds() override;
};

} // namespace dynix::host
