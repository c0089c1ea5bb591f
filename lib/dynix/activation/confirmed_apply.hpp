// An apply that is taken back unless it is confirmed: systemd is to take it back before anything
// changes, and the time runs from the proof.
#pragma once

#include "dynix/activation/attendant.hpp"
#include "dynix/activation/record/confirmation.hpp"

#include <functional>
#include <string>
#include <vector>

namespace dynix::activation {

struct confirm_wish {
    host::milliseconds wait{};
    std::string by{};       // who applies
    bool by_anyone = false; // whether another user may confirm it
    std::string dynamic_file{};
    // What this activation brings in, when `recorded` is what is applied.
    std::function<result<std::vector<override_id>>(state const& recorded)> brought{};
};

// Before the first change two things are there: the record with what is applied now, and a timer
// of systemd that elapses when the time, from then on, is over. What it starts ('dynix due') waits
// for the lock, so it is too early while this apply works, and is in time when that was killed.
// After the proof a second timer takes its place, which has the whole time.
class confirmed_apply : public attendant {
  public:
    // Keeps the reference.
    confirmed_apply(confirm_wish wish, host::machine& host);

    result<void> on_locked() override;
    result<void>
    before_change(state const& recorded, std::vector<checked_unit> const& units) override;
    result<void> on_proved() override;
    // After a failure that is taken back, nothing waits. One that is not is tried again by the
    // timer.
    void on_end(apply_outcome& outcome) override;

    // What waits now; nullopt when nothing had to be changed, or it failed.
    std::optional<confirmation> const& waits() const { return waits_; }

  private:
    confirm_wish wish_;
    host::machine& host_;
    std::optional<confirmation> waits_{};
};

// Has systemd take back what waits in what time it has left, behind a soft reboot.
result<void> arm_again(confirmation const& waits, host::machine& host);

// Stops the timers of a confirmation that has ended, and removes what only it needed. Without a
// word where that fails: a timer that finds no open confirmation of its id does nothing.
void clean_up(confirmation const& ended, host::machine& host);

} // namespace dynix::activation
