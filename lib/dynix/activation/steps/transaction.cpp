#include "dynix/activation/steps/transaction.hpp"

#include "dynix/activation/steps/unit_operations.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace dynix::activation {

transaction::transaction(
    host::machine& machine, phases& told, std::vector<checked_unit>& checked,
    transaction_rules followed)
    : host(machine), progress(told), units(checked), rules(std::move(followed)) {}

checked_unit* transaction::find(std::string_view unit) {
    auto const found = std::find_if(
        units.begin(), units.end(), [&](checked_unit const& one) { return one.name == unit; });
    return found == units.end() ? nullptr : &*found;
}

void transaction::go_on_with(std::vector<step> const& later, std::vector<step> const& now) {
    rest_.clear();
    std::ranges::copy_if(later, std::back_inserter(rest_), [&](step const& one) {
        return !one.kind->keeps_run || (!within_run_begun(past_, one.unit) &&
                                        std::ranges::find(now, one.unit, &step::unit) == now.end());
    });
}

jobs_ended transaction::run_jobs(std::vector<step*> const& queued) {
    if (queued.empty())
        return {};
    std::vector<host::unit_job> jobs;
    jobs.reserve(queued.size());
    for (auto const* one : queued) {
        progress.tell(describe(*one));
        jobs.push_back({*one->kind->job, one->unit});
    }
    auto const patience = rules.timeout ? *rules.timeout : patience_for(host, jobs);
    auto results = host.units.run(jobs, host.time.now() + patience, rules.stop_requested);
    for (std::size_t i = 0; i < queued.size(); ++i) {
        good(*queued[i], results);
        queued[i]->job_is_open = !results || (*results)[i].open();
    }
    return {patience, std::move(results)};
}

void transaction::run(std::vector<step> programme) {
    rest_.assign(programme.begin(), programme.end());
    bool going = true;
    while (!rest_.empty() && going) {
        auto const& first = rest_.front();
        if (rules.stop_requested && rules.stop_requested()) {
            going = failed(first, make_error("interrupted"));
            continue;
        }
        progress.enter(first.kind->phase);
        auto const& kind = *first.kind;
        std::vector<step> now;
        do {
            now.push_back(std::move(rest_.front()));
            rest_.pop_front();
        } while (kind.together && !rest_.empty() && rest_.front().kind->run == kind.run);
        kind.run(*this, now);
        going = mark_and_keep(now);
    }
    for (auto& one : rest_) {
        one.mark = step_mark::skipped;
        past_.push_back(std::move(one));
    }
    rest_.clear();
}

// Marks and keeps what was carried out; says whether to go on.
bool transaction::mark_and_keep(std::vector<step>& now) {
    bool going = true;
    std::string told;
    for (auto& one : now) {
        if (one.mark == step_mark::planned)
            one.mark = step_mark::done;
        // One broken connection fails all of them in the same words.
        if (one.mark == step_mark::failed && !one.falls_back && one.why.message != told) {
            told = one.why.message;
            going = failed(one, one.why) && going;
        }
        past_.push_back(std::move(one));
    }
    return going;
}

bool transaction::failed(step const& one, error const& why) {
    return rules.on_failure && rules.on_failure(one, why);
}

namespace {

bool has_begun(step const& one, std::string_view unit) {
    return one.unit == unit && one.mark != step_mark::planned && one.mark != step_mark::skipped;
}

} // namespace

bool job_begun(std::vector<step> const& all, std::string_view unit) {
    return std::ranges::any_of(all, [&](step const& one) {
        return has_begun(one, unit) && one.kind->job && !one.kind->keeps_run;
    });
}

bool within_run_begun(std::vector<step> const& all, std::string_view unit) {
    return std::ranges::any_of(
        all, [&](step const& one) { return has_begun(one, unit) && one.kind->keeps_run; });
}

bool reload_begun(std::vector<step> const& all, std::string_view unit) {
    return std::ranges::any_of(all, [&](step const& one) {
        return has_begun(one, unit) && one.kind->job == host::job_kind::reload;
    });
}

} // namespace dynix::activation
