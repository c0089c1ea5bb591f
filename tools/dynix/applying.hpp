// What an apply has to do with confirmations and with which entries are kept.
#pragma once

#include "dynix/activation/attendant.hpp"
#include "dynix/base/exit_code.hpp"
#include "dynix/plan/plan.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dynix::tool {

// Takes part in the activation of a plan. Keeps the references.
class applying {
  public:
    applying(plan::activation_plan const& plan, host::machine& host);
    ~applying();
    applying(applying const&) = delete;
    applying& operator=(applying const&) = delete;

    // It has to be confirmed within `wait`; without this, what is applied is kept.
    void to_confirm(host::milliseconds wait, std::string by, bool by_anyone);

    activation::attendant& attendant() { return *attendant_; }

    // When it waits to be confirmed now: says so, to the user and to everybody.
    void tell() const;

  private:
    plan::activation_plan const& plan_;
    host::machine& host_;
    std::unique_ptr<activation::attendant> attendant_;
};

// What was applied is kept: none of its entries counts as left out any more, and systemd is to come
// back for those that end. Returns what could not be done, a sentence each; the next apply tries it
// again.
std::vector<std::string>
after_kept(std::string const& dynamic_file, std::string const& configuration, host::machine& host);

struct settled {
    std::string id{}; // of the last activation that had to be confirmed; empty: there was none
    std::vector<std::string> taken_back{}; // the units that have gone back to what was before it
};

// Before a plan is built: what is over, or was not confirmed before a reboot, goes out of the
// dynamic file (the system's own when `file` is empty), so that it is not applied again. What
// cannot be done is noted. An error: one still waits, so this apply would be refused.
result<settled> settle(std::string const& file);

struct confirmed_outcome {
    exit_code code = exit_code::done;
    std::optional<std::string> record{}; // of the confirmation, as JSON
};

// Behind an apply that is done: its confirmation, which has another id than the one before it, with
// `wait` at its end: 0 when it was confirmed, 3 when it was taken back, 4 when that failed.
confirmed_outcome after_apply(std::string const& id_before, bool wait, bool json);

} // namespace dynix::tool
