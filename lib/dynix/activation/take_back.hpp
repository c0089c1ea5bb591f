// The ends of an activation that has to be confirmed: kept, or taken back to what was applied
// before it.
#pragma once

#include "dynix/activation/apply.hpp"
#include "dynix/activation/attendant.hpp"
#include "dynix/activation/record/confirmation.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace dynix::activation {

// Takes what a confirmation has brought back in the dynamic file, because of `why`; returns what
// could not be done, a sentence each.
using undo_entries =
    std::function<std::vector<std::string>(confirmation const& what, std::string const& why)>;

struct confirm_request {
    std::string by{}; // who confirms
    bool require_root = true;
    host::milliseconds lock_patience = std::chrono::seconds(10);
    std::function<void(progress const&)> on_progress{};
    // Called with the lock held, before it counts: `kept` is what is applied.
    std::function<result<void>(state const& kept)> on_kept{};
};

// Keeps what waits. Errors: nothing waits, its activation has not ended, or another user applied it
// and did not say that anyone may confirm.
result<confirmation> confirm(confirm_request const& request, host::machine& host);

struct take_back_request {
    std::string id{};           // only this one; empty: whichever waits
    bool only_when_due = false; // its time must be over
    std::string why{};          // "cancelled by alice"; empty: its time is over
    undo_entries undo{};
    bool require_root = true;
    host::milliseconds lock_patience = std::chrono::seconds(10);
    std::function<void(progress const&)> on_progress{};
};

struct take_back_outcome {
    // What was taken back, with its end; nullopt: nothing was to be done, or it cannot be known.
    std::optional<confirmation> what{};
    // Of the apply or reset that brought the previous state back; its `result` is failed_left also
    // when the static configuration runs in its place.
    apply_outcome went{};
};

// Brings back what was applied before, or the static configuration when nothing was, and when what
// was applied cannot come back. After a reboot there is nothing left to bring back, but its
// entries.
take_back_outcome take_back(take_back_request const& request, host::machine& host);

// For a reset, which takes back what waits to be confirmed together with all else.
class reset_ends_confirmation : public attendant {
  public:
    // `why` is for the undo entry: "reset by alice".
    reset_ends_confirmation(std::string why, undo_entries undo, host::machine& host);
    void on_end(apply_outcome& outcome) override;

    // What it has ended.
    std::optional<confirmation> const& ended() const { return ended_; }

  private:
    void set_aside(error const& why, apply_outcome& outcome) const;

    std::string why_;
    undo_entries undo_;
    host::machine& host_;
    std::optional<confirmation> ended_{};
};

} // namespace dynix::activation
