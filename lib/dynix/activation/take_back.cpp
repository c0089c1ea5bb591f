#include "dynix/activation/take_back.hpp"
#include "dynix/activation/steps/file_links.hpp"

#include "dynix/activation/confirmed_apply.hpp"
#include "dynix/activation/locks.hpp"
#include "dynix/activation/record/own_record.hpp"
#include "dynix/activation/record/own_units.hpp"
#include "dynix/activation/reset.hpp"
#include "dynix/base/time_span.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <utility>

namespace dynix::activation {
namespace {

constexpr std::string_view not_back = "what was applied before is not back";

error nothing_waits(std::optional<confirmation> const& last) {
    auto what = make_error("nothing waits to be confirmed");
    if (last)
        what.hint = fmt::format("{}: {}, {}", whose(*last), last->end, last->ended);
    return what;
}

std::string over(confirmation const& what) {
    return fmt::format("not confirmed within {}", print_time_span(what.wait));
}

// One of the two records is enough to know of it, as long as the other does not say that it waits.
result<void> write_end(confirmation const& what, apply_outcome& outcome, host::machine& host) {
    auto lasting = write_lasting_confirmation(host, what);
    auto now = write_confirmation_now(host, what);
    if (now && !lasting)
        outcome.warnings.push_back(fmt::format(
            "how it ended is known until the next boot only: {}", one_line(lasting.error())));
    if (now)
        return {};
    if (lasting && host.files.remove(host.where.confirmation_now()))
        return {};
    return now;
}

// Writes down how it ended, after its entries are taken back: should we be killed in between, it is
// still open, and is ended once more.
bool end(
    confirmation& what, std::string why, apply_outcome& outcome, undo_entries const& undo,
    host::machine& host, bool lost = false) {
    std::vector<std::string> stay;
    if (lost)
        stay.push_back(fmt::format(
            "which entries it had brought in is not known any more, so they stay in '{}', and the "
            "next apply would bring them",
            what.dynamic_file));
    if (undo && !what.brought.empty())
        stay = undo(what, why);
    bool const done = outcome.result == apply_result::done;
    what.now = done ? confirmation_phase::taken_back : confirmation_phase::failed;
    what.end = std::move(why);
    what.ended = host.time.date();
    what.left = outcome.left;
    if (!done && what.left.empty())
        for (auto const& one : outcome.errors)
            what.left.push_back(one_line(one));
    what.left.insert(what.left.end(), stay.begin(), stay.end());
    outcome.warnings.insert(outcome.warnings.end(), stay.begin(), stay.end());
    if (auto written = write_end(what, outcome, host); !written) {
        outcome.errors.push_back(written.error());
        outcome.left.push_back(fmt::format("'{}' is not up to date", host.where.confirmation()));
        outcome.result = apply_result::failed_left;
        return false;
    }
    clean_up(what, host);
    return true;
}

bool is_static(state const& before) {
    return before.overrides.empty() &&
           std::all_of(before.units.begin(), before.units.end(), [](applied_unit const& one) {
               return one.drop_in.empty();
           });
}

// The files below /etc stand in its drop-in alone.
plan::planned_unit unit_of(applied_unit const& unit) {
    plan::planned_unit out{
        .name = unit.name, .static_text = unit.static_text, .dynamic_text = unit.dynamic_text};
    auto const drop_in = units::parse_unit(unit.drop_in, unit.name);
    if (!drop_in)
        return out;
    out.action = file_action_of(*drop_in);
    for (auto const& link : links_of(*drop_in)) {
        out.files.push_back({link.path, static_target(link.path), link.target});
        out.starts_workers = out.starts_workers || link.workers;
    }
    return out;
}

// The plan of what was applied, from its record: the file of the plan may be gone, and where values
// are hidden it has no text.
plan::activation_plan plan_of(state const& before) {
    plan::activation_plan out;
    out.dynamic_file = before.dynamic_file;
    out.configuration = before.configuration;
    for (auto const& unit : before.units)
        out.services.push_back(
            {.name = unit.name, .settle = unit.settle, .units = {unit_of(unit)}});
    return out;
}

class take_back_run : public attendant {
  public:
    take_back_run(take_back_request const& request, host::machine& host)
        : request_(request), host_(host) {}

    // The look at what waits is only for the choice of the way; on_locked looks again.
    take_back_outcome run() {
        auto const found = find();
        if (!found)
            return refused(found.error());
        if (!*found || !(*found)->is_open())
            return std::move(out_);
        rebooted_ = is_before_reboot(**found, host_);
        if (rebooted_)
            return after_reboot();
        auto const before = read_before(host_, **found);
        if (!before) {
            not_back_ = one_line(before.error());
        } else if (!*before) {
            not_back_ = fmt::format("'{}' is not there", host_.where.before((*found)->id));
        } else if (!is_static(**before)) {
            apply_before(**before);
            if (stale_ || !locked_ || out_.what)
                return std::move(out_);
        }
        return_to_static();
        return std::move(out_);
    }

    result<void> on_locked() override {
        locked_ = true;
        auto found = find();
        if (!found)
            return found.error();
        stale_ = !*found || !is_meant(**found);
        if (stale_)
            return make_error("it does not wait any more");
        waits_ = std::move(**found);
        return {};
    }

    void on_end(apply_outcome& outcome) override {
        if (outcome.result != apply_result::done && by_apply_)
            return; // the static configuration comes next
        if (!not_back_.empty()) {
            outcome.left.insert(
                outcome.left.begin(),
                fmt::format(
                    "{}: {}", outcome.result == apply_result::done ? static_in_its_place : not_back,
                    not_back_));
            outcome.result = apply_result::failed_left;
        }
        end(waits_, why(), outcome, request_.undo, host_, lost_);
        out_.what = waits_;
    }

  private:
    // A timer knows the ID alone. Where no record can be read, what was there before goes by that:
    // it is removed with the end of what waits.
    result<std::optional<confirmation>> find() {
        auto found = read_confirmation(host_);
        if ((found && *found) || request_.id.empty())
            return found;
        confirmation what;
        what.id = request_.id;
        auto const before = read_before(host_, what);
        // The first timer is too early once the second one waits.
        auto const later = host_.units.status(last_timer(what.id) + ".timer");
        if (!before || !*before || (later && later->sub_state == "waiting"))
            return found;
        what.now = confirmation_phase::waiting;
        what.by = "somebody";
        what.since = (*before)->since;
        what.dynamic_file = (*before)->dynamic_file;
        lost_ = true;
        return std::optional(std::move(what));
    }

    bool is_meant(confirmation const& what) {
        return what.is_open() && (request_.id.empty() || what.id == request_.id) &&
               (!request_.only_when_due || rebooted_ ||
                time_left(what, host_) == host::milliseconds(0));
    }

    std::string why() const {
        if (rebooted_)
            return "not confirmed before a reboot";
        if (lost_ && request_.why.empty())
            return "not confirmed in its time";
        return request_.why.empty() ? over(waits_) : request_.why;
    }

    take_back_outcome refused(error why) {
        out_.went.errors.push_back(std::move(why));
        return std::move(out_);
    }

    void keep(apply_outcome went) {
        if (stale_)
            return; // and that is no error
        out_.went = std::move(went);
    }

    void apply_before(state const& before) {
        apply_options options;
        options.plan_path = before.plan;
        options.overrides = before.overrides;
        options.require_root = request_.require_root;
        options.lock_patience = request_.lock_patience;
        options.on_progress = request_.on_progress;
        // The static configuration in its place would need a reload too.
        options.way = direction::back;
        options.with = this;
        by_apply_ = true;
        auto went = apply(plan_of(before), options, host_);
        by_apply_ = false;
        // The units were written down, and nobody has looked for leaks in them.
        went.verify.reset();
        went.rests_on.reset();
        keep(std::move(went));
        if (out_.went.result != apply_result::done && !out_.went.errors.empty())
            not_back_ = one_line(out_.went.errors.front());
    }

    void return_to_static() {
        reset_options options;
        options.require_root = request_.require_root;
        options.lock_patience = request_.lock_patience;
        options.on_progress = request_.on_progress;
        options.with = this;
        auto earlier = std::move(out_.went.errors);
        auto went = reset(options, host_);
        went.errors.insert(
            went.errors.begin(), std::make_move_iterator(earlier.begin()),
            std::make_move_iterator(earlier.end()));
        keep(std::move(went));
    }

    take_back_outcome after_reboot() {
        phases progress(host_.time, request_.on_progress, out_.went.times);
        auto held = take_locks(host_.where, false, request_.lock_patience, progress);
        if (!held)
            return refused(held.error());
        if (auto meant = on_locked(); !meant)
            return stale_ ? std::move(out_) : refused(meant.error());
        out_.went.result = apply_result::done;
        on_end(out_.went);
        return std::move(out_);
    }

    take_back_request const& request_;
    host::machine& host_;
    take_back_outcome out_;
    confirmation waits_;
    bool rebooted_ = false;
    bool lost_ = false; // no record says more of it than its ID
    bool locked_ = false;
    bool stale_ = false;
    bool by_apply_ = false;
    std::string not_back_; // why what was applied before is not
};

result<void> check_may_confirm(
    std::optional<confirmation> const& found, confirm_request const& request, host::machine& host) {
    if (!found || !found->is_open())
        return nothing_waits(found);
    if (is_before_reboot(*found, host))
        return make_error(
            "nothing waits to be confirmed: the machine has been rebooted since",
            "'dynix log' shows what was taken back");
    if (found->now == confirmation_phase::activating)
        return make_error(
            fmt::format("{} are not proved: their activation has not ended", whose(*found)),
            "wait until it has ended; 'dynix confirm --cancel' takes them back");
    if (request.by != found->by && !found->by_anyone)
        return make_error(
            fmt::format(
                "{} can be confirmed by {} only, not by {}", whose(*found), found->by, request.by),
            "'dynix apply --confirm TIME --anyone' lets another user confirm; 'dynix confirm "
            "--cancel' takes them back");
    return {};
}

} // namespace

result<confirmation> confirm(confirm_request const& request, host::machine& host) {
    if (request.require_root)
        if (auto good = check_root(); !good)
            return good.error();
    std::vector<phase_time> times;
    phases progress(host.time, request.on_progress, times);
    auto const held = take_locks(host.where, false, request.lock_patience, progress);
    if (!held)
        return held.error();
    auto found = read_confirmation(host);
    if (!found)
        return found.error();
    if (auto may = check_may_confirm(*found, request, host); !may)
        return may.error();
    auto what = std::move(**found);
    auto const kept = read_state(host);
    if (!kept)
        return kept.error();
    if (*kept && (*kept)->now != record_state::applied)
        return make_error(
            fmt::format("the activation of {} has not ended", what.by),
            "'dynix confirm --cancel' takes it back");
    if (request.on_kept && *kept)
        if (auto good = request.on_kept(**kept); !good)
            return good.error();
    what.now = confirmation_phase::confirmed;
    what.end = fmt::format("confirmed by {}", request.by);
    what.ended = host.time.date();
    if (auto written = write_confirmation(host, what); !written)
        return written.error();
    clean_up(what, host);
    return what;
}

take_back_outcome take_back(take_back_request const& request, host::machine& host) {
    return take_back_run(request, host).run();
}

reset_ends_confirmation::reset_ends_confirmation(
    std::string why, undo_entries undo, host::machine& host)
    : why_(std::move(why)), undo_(std::move(undo)), host_(host) {}

void reset_ends_confirmation::on_end(apply_outcome& outcome) {
    auto found = read_confirmation(host_);
    if (outcome.result == apply_result::refused)
        return;
    if (!found) {
        set_aside(found.error(), outcome);
        return;
    }
    if (!*found)
        return;
    // With the static configuration nothing is left of a return that failed.
    if ((*found)->now == confirmation_phase::failed && outcome.result == apply_result::done) {
        (*found)->now = confirmation_phase::taken_back;
        (*found)->left.clear();
        if (auto written = write_end(**found, outcome, host_); !written)
            outcome.warnings.push_back(one_line(written.error()));
    }
    if (!(*found)->is_open())
        return;
    ended_ = std::move(**found);
    // Where not even that can be written, nothing comes back over a reset all the same.
    if (!end(*ended_, fmt::format("not confirmed before a {}", why_), outcome, undo_, host_))
        clean_up(*ended_, host_);
}

// What it may have waited for is taken back; but for this, every further apply would be refused.
void reset_ends_confirmation::set_aside(error const& why, apply_outcome& outcome) const {
    outcome.warnings.push_back(fmt::format(
        "'{}' cannot be read, so the dynamic file keeps the entries that nobody has confirmed: {}",
        host_.where.confirmation(), one_line(why)));
    for (auto const& path : {host_.where.confirmation_now(), host_.where.confirmation()})
        if (auto const moved = set_record_aside(host_, path); !moved)
            outcome.warnings.push_back(one_line(moved.error()));
}

} // namespace dynix::activation
