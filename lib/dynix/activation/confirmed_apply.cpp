#include "dynix/activation/confirmed_apply.hpp"

#include "dynix/activation/apply.hpp"
#include "dynix/activation/record/kept_closure.hpp"
#include "dynix/activation/record/own_units.hpp"
#include "dynix/activation/record/way_back.hpp"
#include "dynix/plan/plan.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <random>
#include <utility>

namespace dynix::activation {
namespace {

constexpr auto stop_patience = std::chrono::seconds(10);

std::string new_id() {
    std::random_device random;
    return fmt::format("{:08x}{:08x}", random(), random());
}

host::milliseconds now_of(host::machine& host) {
    return std::chrono::duration_cast<host::milliseconds>(host.time.now().time_since_epoch());
}

// `recorded`, with every unit of the activation: one that it does not have is static.
state with_all_units(state recorded, std::vector<checked_unit> const& units) {
    recorded.now = record_state::applied;
    recorded.previous.clear();
    recorded.left.clear();
    for (auto const& unit : units)
        if (std::none_of(recorded.units.begin(), recorded.units.end(), [&](auto const& one) {
                return one.name == unit.name;
            }))
            recorded.units.push_back(
                {.name = unit.name,
                 .static_text = unit.static_text,
                 .dynamic_text = unit.static_text,
                 .settle = unit.settle});
    return recorded;
}

result<void>
arm(confirmation const& waits, std::string const& timer, host::milliseconds after,
    host::machine& host) {
    host::transient_timer what;
    what.name = timer;
    what.description =
        fmt::format("Take back the overrides that {} applied, unless they are confirmed", waits.by);
    what.command = {host.where.program(), "due", "--confirmation", waits.id};
    what.environment = host::own_variables({"PATH", "LD_LIBRARY_PATH"});
    what.after = after;
    return host.units.start_timer(what);
}

} // namespace

confirmed_apply::confirmed_apply(confirm_wish wish, host::machine& host)
    : wish_(std::move(wish)), host_(host) {}

result<void> confirmed_apply::on_locked() {
    return check_none_waits(host_);
}

result<void>
confirmed_apply::before_change(state const& recorded, std::vector<checked_unit> const& units) {
    confirmation what;
    what.id = new_id();
    what.by = wish_.by;
    what.by_anyone = wish_.by_anyone;
    what.wait = wish_.wait;
    what.since = host_.time.date();
    what.until = now_of(host_) + wish_.wait;
    what.dynamic_file = wish_.dynamic_file;
    if (wish_.brought) {
        auto brought = wish_.brought(recorded);
        if (!brought)
            return brought.error();
        what.brought = std::move(*brought);
    }
    waits_ = what;
    auto const before = with_all_units(recorded, units);
    // What was applied must not be garbage collected while it may come back.
    auto ready = keep_closure(
        before.plan, host_.where.applied_before(), host_.where.gc_root_before(), host_);
    // The program that the timer names is the one of the way back.
    if (ready)
        ready = lay_way_back(host_);
    if (ready)
        ready = write_state_at(host_, host_.where.before(what.id), before);
    if (ready)
        ready = write_confirmation_now(host_, what);
    if (ready)
        ready = arm(what, first_timer(what.id), what.wait, host_);
    if (ready)
        ready = write_lasting_confirmation(host_, what);
    if (ready)
        return {};
    auto why = ready.error();
    why.message = fmt::format("nothing would take it back: {}", why.message);
    return why;
}

// The record comes last: before it names the later time, the earlier timer is the one that counts.
result<void> confirmed_apply::on_proved() {
    // Not behind the timer: one that elapses before this time would find nothing that is due.
    auto const until = now_of(host_) + wish_.wait;
    if (auto armed = arm(*waits_, last_timer(waits_->id), waits_->wait, host_); !armed)
        return armed;
    waits_->now = confirmation_phase::waiting;
    waits_->until = until;
    return write_confirmation(host_, *waits_);
}

void confirmed_apply::on_end(apply_outcome& outcome) {
    if (!waits_)
        return;
    if (outcome.result == apply_result::done) {
        std::vector<host::unit_job> const stop{
            {host::job_kind::stop, first_timer(waits_->id) + ".timer"}};
        static_cast<void>(host_.units.run(stop, host_.time.now() + stop_patience, {}));
        return;
    }
    if (outcome.result == apply_result::failed_left) {
        outcome.warnings.push_back(fmt::format(
            "it is taken back once more in {}; 'dynix confirm --cancel' does it now",
            time_left_text(*waits_, host_)));
        waits_.reset();
        return;
    }
    for (auto const& path : {host_.where.confirmation_now(), host_.where.confirmation()})
        if (auto removed = host_.files.remove(path); !removed)
            outcome.warnings.push_back(removed.error().message);
    clean_up(*waits_, host_);
    waits_.reset();
}

result<void> arm_again(confirmation const& waits, host::machine& host) {
    auto const timer =
        waits.now == confirmation_phase::waiting ? last_timer(waits.id) : first_timer(waits.id);
    if (auto const now = host.units.status(timer + ".timer"); now && now->active())
        return {};
    // Of another name: the old one would have the whole time again. Should it be over before that,
    // the timer finds nothing to do.
    auto const left = std::max(time_left(waits, host), host::milliseconds(1));
    return arm(waits, fmt::format("{}-{}", timer, left.count()), left, host);
}

void clean_up(confirmation const& ended, host::machine& host) {
    std::vector<host::unit_job> stops;
    for (auto const& timer : {first_timer(ended.id), last_timer(ended.id)})
        stops.push_back({host::job_kind::stop, timer + ".timer"});
    static_cast<void>(host.units.run(stops, host.time.now() + stop_patience, {}));
    for (auto const& path :
         {host.where.before(ended.id), host.where.gc_root_before(), host.where.applied_before()})
        static_cast<void>(host.files.remove(path));
}

} // namespace dynix::activation
