// The time, so that tests need not wait for it.
#pragma once

#include <chrono>
#include <string>

namespace dynix::host {

using time_point = std::chrono::steady_clock::time_point;
using milliseconds = std::chrono::milliseconds;

class clock {
  public:
    virtual ~clock() = default;
    virtual time_point now() = 0;
    // The date and time for people and records: 2026-11-23T01:33:00Z.
    virtual std::string date() = 0;
};

class system_clock : public clock {
  public:
    time_point now() override;
    std::string date() override;
};

} // namespace dynix::host
