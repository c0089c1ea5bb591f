// A clock that stands still, or ticks whenever it is looked at, for the tests of several rooms.
#pragma once

#include "dynix/host/clock.hpp"

#include <cstdint>

namespace dynix::host {

class fake_clock : public clock {
  public:
    explicit fake_clock(milliseconds tick = {}) : tick_(tick) {}

    time_point time{};
    time_point now() override { return time += tick_; }
    std::int64_t today = 1'795'397'580; // 2026-11-23T01:33:00Z
    std::int64_t seconds() override { return today; }

  private:
    milliseconds tick_;
};

} // namespace dynix::host
