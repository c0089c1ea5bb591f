#include "dynix/activation/steps/within_run.hpp"

#include "dynix/activation/bystanders/unplanned.hpp"
#include "dynix/activation/steps/programme.hpp"
#include "dynix/activation/steps/restart_policy.hpp"
#include "dynix/activation/steps/unit_operations.hpp"
#include "dynix/activation/steps/unit_states.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <memory>
#include <set>
#include <utility>

namespace dynix::activation {
namespace {

// How long a service may take to open its files, once its reload job is done: with ExecReload= that
// sends a signal, the job says nothing about it.
constexpr auto read_patience = std::chrono::seconds(5);
constexpr auto read_interval = host::milliseconds(20);

// Whether the unit has stopped since it was checked; it takes the change when it starts.
bool has_stopped(transaction& in, step& one) {
    auto const now = in.host.units.status(one.unit);
    if (!transaction::good(one, now) || is_up(*now))
        return false;
    one.mark = step_mark::skipped;
    in.find(one.unit)->change = &changes::defer;
    return true;
}

// What a restart would do besides was not looked at before, as only a reload was planned.
result<void> may_restart(transaction& in, checked_unit const& unit) {
    if (auto const own = in.host.units.unit_of_this_process(); own && *own == unit.name)
        return make_error(
            fmt::format("a restart of '{}' would end this command itself", unit.name));
    std::vector<std::string> planned;
    for (auto const& one : in.units) {
        if (is_up(one.status) && hands_stop_on(unit, one.name))
            return make_error(
                fmt::format("a restart of '{}' would stop '{}'", unit.name, one.name));
        planned.push_back(one.name);
    }
    auto const found =
        unplanned_units({{host::job_kind::restart, unit.name}}, planned, in.host.units);
    if (!found)
        return found.error();
    for (auto const& one : *found)
        if (one.harmless.empty())
            return unplanned_refusal(one);
    return {};
}

// Such a service says itself when it has reloaded, and systemd waits for that in a reload job
// alone.
bool says_itself(checked_unit const& unit) {
    auto const* const asked = unit.change->job;
    return asked && asked->job == host::job_kind::reload &&
           unit.after.last("Service", "Type") == "notify-reload";
}

// Whether the process of a unit reads its files, from before its reload on.
class reading {
  public:
    // Keeps the references.
    reading(checked_unit const& unit, host::machine& host) : unit_(unit), host_(host) {
        for (auto const* links : {&unit.links, &unit.links_now})
            for (auto const& one : *links) {
                if (watches_.contains(one.path))
                    continue;
                watches_.emplace(one.path, host.live.watch(host.where.root + one.path));
                workers_ = workers_ || one.workers;
            }
        if (watches_.empty())
            return;
        if (auto const status = host.units.status(unit.name))
            if (auto const live = host.live.in_group(status->control_group))
                for (auto const& one : live->live)
                    before_.insert(one.pid);
    }

    // An error says what of it was not seen.
    result<void> wait(stop_question const& stop_requested) {
        auto const deadline = host_.time.now() + read_patience;
        for (;;) {
            auto read = look();
            if (read || host_.time.now() >= deadline || (stop_requested && stop_requested()))
                return read;
            if (auto waited = host_.units.wait_for_event(read_interval); !waited)
                return waited;
        }
    }

  private:
    result<void> look() {
        auto const status = host_.units.status(unit_.name);
        if (!status)
            return status.error();
        auto const live = host_.live.in_group(status->control_group);
        if (!live)
            return live.error();
        host::live_process const* main = nullptr;
        for (auto const& one : live->live)
            if (one.pid == status->main_pid)
                main = &one;
        if (!main)
            return make_error(fmt::format("the main process of '{}' is not known", unit_.name));
        if (!watches_.empty() && before_.empty())
            return make_error(fmt::format(
                "the processes of '{}' before its {} are not known", unit_.name,
                unit_.change->name));
        for (auto& [path, watch] : watches_)
            if (auto read = look_at_file(main->pid, path, watch); !read)
                return read;
        if (workers_ && std::none_of(live->live.begin(), live->live.end(), [&](auto const& one) {
                return one.pid != main->pid && !before_.contains(one.pid) && one.exe == main->exe;
            }))
            return make_error(fmt::format(
                "'{}' has started no new process after its {}", unit_.name, unit_.change->name));
        return {};
    }

    result<void> look_at_file(
        std::int64_t main, std::string const& path,
        result<std::unique_ptr<host::file_watch>>& watch) {
        auto const same = host_.live.sees_our_file(main, host_.where.root + path);
        if (!same)
            return same.error();
        if (!*same)
            return make_error(fmt::format(
                "the process of '{}' has another file at '{}', in its own mounts", unit_.name,
                path));
        if (says_itself(unit_))
            return {};
        if (!watch)
            return watch.error();
        // Not a process that the reload itself has started, such as a checker of the file.
        auto const readers = (*watch)->readers();
        if (std::any_of(readers.begin(), readers.end(), [&](std::int64_t pid) {
                return pid == main || before_.contains(pid);
            }))
            return {};
        return make_error(fmt::format(
            "no process of '{}' has opened '{}' after its {}", unit_.name, path,
            unit_.change->name));
    }

    checked_unit const& unit_;
    host::machine& host_;
    std::map<std::string, result<std::unique_ptr<host::file_watch>>> watches_{};
    std::set<std::int64_t> before_{};
    bool workers_ = false;
};

// Whether the unit has taken it, as far as that is seen.
void look_at_files(transaction& in, step& one, reading& watched) {
    auto& unit = *in.find(one.unit);
    if (unit.links.empty() && unit.links_now.empty())
        unit.reload_shown = says_itself(unit);
    else if (auto const read = watched.wait(in.rules.stop_requested); read)
        unit.reload_shown = true;
    else if (!why_kept_running(unit))
        one.fail(read.error());
}

} // namespace

void ask_within_run(
    transaction& in, std::vector<step>& now,
    void (*ask)(transaction& in, std::vector<step*> const& those)) {
    std::vector<step*> queued;
    std::vector<reading> watched;
    for (auto& one : now) {
        if (has_stopped(in, one) || one.mark == step_mark::failed)
            continue;
        queued.push_back(&one);
        watched.emplace_back(*in.find(one.unit), in.host);
    }
    ask(in, queued);
    for (std::size_t i = 0; i < queued.size(); ++i) {
        auto& one = *queued[i];
        auto& unit = *in.find(one.unit);
        if (one.mark != step_mark::failed)
            look_at_files(in, one, watched[i]);
        if (one.mark == step_mark::failed && !one.job_is_open && !why_kept_running(unit) &&
            (!in.rules.strict || may_restart(in, unit))) {
            one.falls_back = unit.change;
            unit.fell_back = true;
            unit.change = &changes::restart;
        }
    }
    if (std::any_of(now.begin(), now.end(), [](step const& one) { return one.falls_back; }))
        in.go_on_with(starts_of(in.units), now);
}

} // namespace dynix::activation
