// The phases of an activation: told as they begin and end, with the time that each took.
#pragma once

#include "dynix/host/clock.hpp"

#include <compare>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dynix::activation {

// A phase is its word, which is the member of "milliseconds" in `--json`.
struct apply_phase {
    std::string_view word{};

    static apply_phase const wait;
    static apply_phase const check;
    static apply_phase const health;
    static apply_phase const activate;
    static apply_phase const prove;
    static apply_phase const restore;

    friend constexpr auto operator<=>(apply_phase const&, apply_phase const&) = default;
};

inline constexpr apply_phase apply_phase::wait{"wait"};
inline constexpr apply_phase apply_phase::check{"check"};
inline constexpr apply_phase apply_phase::health{"health"};
inline constexpr apply_phase apply_phase::activate{"activate"};
inline constexpr apply_phase apply_phase::prove{"prove"};
inline constexpr apply_phase apply_phase::restore{"restore"};

struct progress {
    apply_phase phase{};
    bool begins = true;           // else it has ended, after `elapsed`
    host::milliseconds elapsed{}; // of this phase
    // What is being done, such as "restart distccd.service", or who is waited for; may be empty.
    std::string detail{};
};

struct phase_time {
    std::string name{};
    host::milliseconds elapsed{};
};

class phases {
  public:
    // Keeps the references to the clock and to `times`, which gets each phase as it first ends; one
    // that comes again, as after a reload that was not enough, adds its time there.
    phases(
        host::clock& time, std::function<void(progress const&)> on_progress,
        std::vector<phase_time>& times)
        : time_(time), on_progress_(std::move(on_progress)), times_(times) {}

    void begin(apply_phase phase);
    void tell(std::string detail);
    void end();

    // Ends the phase under way and begins this one, unless it is this one, or a restore, which is
    // one phase to its end.
    void enter(apply_phase phase);

    // A phase that there is only if somebody holds a lock.
    void wait_for(std::string const& holder);
    void end_wait();

  private:
    host::milliseconds elapsed() const;

    host::clock& time_;
    std::function<void(progress const&)> on_progress_;
    std::vector<phase_time>& times_;
    std::optional<apply_phase> now_{};
    host::time_point begun_{};
    bool waits_ = false;
};

} // namespace dynix::activation
