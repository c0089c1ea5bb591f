// Carries steps out: the one executor of apply, its restore, and reset.
#pragma once

#include "dynix/activation/steps/checked_unit.hpp"
#include "dynix/activation/steps/progress.hpp"
#include "dynix/activation/steps/step.hpp"

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::activation {

struct transaction_rules {
    // For jobs that are queued together; nullopt: what their units allow (patience_for).
    std::optional<host::milliseconds> timeout{};
    // After the reload systemd must have taken every drop-in, and what is proved is a new run.
    bool strict = false;
    // Asked before each step and while waiting; true is a failure of the next step.
    std::function<bool()> stop_requested{};
    // What a failure means: true to go on with the steps after it, which are skipped otherwise.
    std::function<bool(step const& failed, error const& why)> on_failure{};
    // A unit outside the programme has to be restarted after all: called before that is done.
    std::function<result<void>(checked_unit const& unit)> on_change{};
};

struct jobs_ended {
    host::milliseconds patience{};
    result<std::vector<host::job_result>> results{};
};

// Keeps the references, and changes the units as it learns more of them. Not thread-safe.
class transaction {
  public:
    transaction(
        host::machine& host, phases& progress, std::vector<checked_unit>& units,
        transaction_rules rules);

    void run(std::vector<step> programme);

    // Those that were carried out or skipped, in that order, marked.
    std::vector<step> const& past() const { return past_; }

    // For the kinds of steps:
    checked_unit* find(std::string_view unit);
    // Fails `one` if there was an error, and says whether there was none.
    template <class T>
    static bool good(step& one, result<T> const& from) {
        if (!from)
            one.fail(from.error());
        return from.has_value();
    }

    // These are to be done after `now`, as what the units are has changed; but for what was done
    // already to a unit whose run goes on.
    void go_on_with(std::vector<step> const& later, std::vector<step> const& now);

    // Queues the jobs of these steps together and waits for their end, as long as the rules or the
    // units allow. Fails all of them where that could not be done.
    jobs_ended run_jobs(std::vector<step*> const& queued);

    host::machine& host;
    phases& progress;
    std::vector<checked_unit>& units;
    transaction_rules rules;

  private:
    bool mark_and_keep(std::vector<step>& now);
    bool failed(step const& one, error const& why);

    std::deque<step> rest_{}; // what is still to be done
    std::vector<step> past_;
};

// Whether a step of these has begun to end or start the unit's run, whether one has begun to change
// it within its run, and whether that was a reload.
bool job_begun(std::vector<step> const& all, std::string_view unit);
bool within_run_begun(std::vector<step> const& all, std::string_view unit);
bool reload_begun(std::vector<step> const& all, std::string_view unit);

} // namespace dynix::activation
