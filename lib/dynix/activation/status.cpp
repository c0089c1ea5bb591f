#include "dynix/activation/status.hpp"

#include "dynix/activation/preflight/hidden.hpp"
#include "dynix/activation/preflight/unit_layers.hpp"
#include "dynix/activation/proof/executed.hpp"
#include "dynix/activation/proof/proof_credentials.hpp"
#include "dynix/activation/steps/file_links.hpp"
#include "dynix/activation/steps/reload.hpp"
#include "dynix/base/lock.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace dynix::activation {
namespace {

struct standing {
    unit_standing what;
    std::string reason;
};

// What else there is of a unit that is live.
std::string beside(std::string const& unit, proof const& proved) {
    if (!proved.left_over.empty())
        return fmt::format("{} of an earlier run is still there", proved.left_over.front());
    if (!proved.outdated.empty())
        return fmt::format("{}: 'systemctl restart {}' loads it", proved.outdated.front(), unit);
    return {};
}

standing judge(
    applied_unit const& unit, std::optional<std::string> const& drop_in,
    host::unit_status const& status, proof const& proved) {
    if (unit.drop_in.empty() && !drop_in)
        return {unit_standing::static_, {}};
    if (!drop_in)
        return {unit_standing::pending, "its drop-in is gone: 'dynix apply' writes it again"};
    if (*drop_in != unit.drop_in)
        return {
            unit_standing::pending,
            "its drop-in was changed by somebody: 'dynix apply' writes it again"};
    if (!status.loaded())
        return {unit_standing::pending, fmt::format("systemd says: {}", status.load_state)};
    if (status.need_daemon_reload)
        return {
            unit_standing::pending,
            "its unit files have changed since systemd read them: 'systemctl daemon-reload'"};
    if (!status.active())
        return {unit_standing::applied, fmt::format("the unit is {}", status.active_state)};
    switch (proved.outcome) {
    case verdict::proven:
        return {unit_standing::live, beside(unit.name, proved)};
    case verdict::not_provable:
        // A socket, a timer or a path that is up has been started with what systemd has loaded.
        if (status.active() && !unit.name.ends_with(".service"))
            return {unit_standing::live, {}};
        return {unit_standing::applied, proved.notes.empty() ? "" : proved.notes.front()};
    case verdict::contradicted:
        break;
    }
    return {unit_standing::pending, proved.show()};
}

// What has become of a file below /etc that was switched.
std::optional<std::string> link_elsewhere(applied_unit const& unit, host::machine& host) {
    for (auto const& one : links_before(unit.name, unit.drop_in, state())) {
        auto const now = host.files.link_target(host.where.root + one.path);
        if (!now)
            return now.error().message;
        if (*now != one.target)
            return fmt::format(
                "'{}' does not lead to the file that was applied: 'dynix apply' points it there",
                one.path);
    }
    return std::nullopt;
}

result<unit_report_now>
look_at(applied_unit const& unit, result<host::unit_status> status, host::machine& host) {
    unit_report_now report;
    report.name = unit.name;
    if (!status)
        return status.error();
    report.status = std::move(*status);
    auto const drop_in = host.files.read(host.where.drop_in(unit.name));
    if (!drop_in)
        return drop_in.error();
    auto const live = host.live.in_group(report.status.control_group);
    if (!live)
        return live.error();
    auto const layers = read_layers(report.status, unit.static_text, unit.dynamic_text, host);
    if (layers) {
        auto const& wanted = layers->below_dynamic;
        auto const& before = layers->below_static;
        report.proved = prove(wanted, before, report.status, *live, {});
        prove_credentials(report.proved, wanted, before, report.status, *live, host.live);
    } else {
        report.proved = {
            .outcome = verdict::contradicted,
            .wanted = {"the unit as planned"},
            .live = {layers.error().message}};
    }
    if (unit.is_run(report.status))
        report.proved = as_recorded(std::move(report.proved), unit);
    report.starting = is_starting(report.status, *live);
    if (report.starting && report.proved.outcome == verdict::contradicted)
        report.proved.now_not_provable("systemd has not executed its command yet");
    // What it could not show when it was applied, the same run cannot show now.
    if (report.proved.no_such_command && !unit.shown &&
        report.status.invocation_id == unit.invocation_id)
        report.proved.now_not_provable("its process shows another command line than its unit");
    auto found = judge(unit, *drop_in, report.status, report.proved);
    bool const may_be_hidden =
        found.what == unit_standing::live || found.what == unit_standing::applied;
    if (found.what == unit_standing::pending && !layers && found.reason == report.proved.show())
        found.reason = layers.error().message;
    if (may_be_hidden && layers)
        if (auto const visible = check_hidden(*layers, unit.name, host.live); !visible)
            found = {unit_standing::pending, visible.error().message};
    if (found.what != unit_standing::static_)
        if (auto const elsewhere = link_elsewhere(unit, host))
            found = {unit_standing::pending, *elsewhere};
    report.standing = found.what;
    report.reason = std::move(found.reason);
    return report;
}

result<status_report> look_once(host::machine& host) {
    status_report report;
    auto recorded = read_state(host);
    if (recorded && *recorded && (*recorded)->now == record_state::activating) {
        report.under_way = file_lock::holder(host.where.lock());
        // It may have ended between the two looks.
        if (!report.under_way)
            recorded = read_state(host);
    }
    if (!recorded)
        return recorded.error();
    auto with_drop_in = host.files.units_with_drop_in(host.where);
    if (!with_drop_in)
        return with_drop_in.error();
    report.strays = std::move(*with_drop_in);
    if (!*recorded)
        return report;
    report.recorded = std::move(*recorded);
    report.unfinished = report.recorded->now == record_state::activating && !report.under_way;
    for (auto const& unit : report.recorded->previous)
        std::erase(report.strays, unit.name);
    std::vector<std::string> names;
    for (auto const& unit : report.recorded->units)
        names.push_back(unit.name);
    auto statuses = host.units.statuses_with_files(names);
    auto status = statuses.begin();
    for (auto const& unit : report.recorded->units) {
        auto looked = look_at(unit, std::move(*status++), host);
        if (!looked)
            return looked.error();
        // What such a unit lacks is no matter for anybody but that activation.
        if (report.under_way && report.recorded->interrupted(unit.name) &&
            looked->standing == unit_standing::pending)
            looked->reason = "the activation that is under way changes it";
        report.units.push_back(std::move(*looked));
        std::erase(report.strays, unit.name);
    }
    return report;
}

// Looks until no unit is starting any more.
result<status_report> look(host::machine& host) {
    auto const deadline = host.time.now() + execution_patience;
    for (;;) {
        auto report = look_once(host);
        bool const starting =
            report &&
            std::any_of(report->units.begin(), report->units.end(), [](unit_report_now const& one) {
                return one.starting;
            });
        if (!starting || host.time.now() >= deadline ||
            !host.units.wait_for_event(execution_interval))
            return report;
    }
}

std::string as_text(std::optional<state> const& recorded) {
    return recorded ? print_state(*recorded) : std::string();
}

bool is_as_recorded(status_report const& report) {
    return report.strays.empty() &&
           std::none_of(report.units.begin(), report.units.end(), [](unit_report_now const& unit) {
               return unit.standing == unit_standing::pending;
           });
}

// Whether an activation has begun, or ended, since the record was read.
bool is_recorded_anew(status_report const& report, host::machine& host) {
    auto const now = read_state(host);
    return !now || as_text(*now) != as_text(report.recorded);
}

} // namespace

std::string to_string(unit_standing standing) {
    switch (standing) {
    case unit_standing::static_:
        return "static";
    case unit_standing::pending:
        return "pending";
    case unit_standing::applied:
        return "applied";
    case unit_standing::live:
        return "live";
    }
    return {};
}

bool status_report::all_live() const {
    return !unfinished && !under_way && strays.empty() &&
           std::all_of(units.begin(), units.end(), [](unit_report_now const& unit) {
               return unit.standing == unit_standing::live ||
                      unit.standing == unit_standing::static_;
           });
}

result<status_report> current_status(host::machine& host) {
    auto report = look(host);
    bool const is_doubtful = report && !report->under_way && !is_as_recorded(*report);
    return is_doubtful && is_recorded_anew(*report, host) ? look(host) : report;
}

} // namespace dynix::activation
