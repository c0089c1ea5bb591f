#include "applying.hpp"

#include "announce.hpp"
#include "author.hpp"
#include "command.hpp"
#include "confirmation_output.hpp"
#include "due.hpp"
#include "dynix/activation/apply.hpp"
#include "dynix/activation/confirmed_apply.hpp"
#include "dynix/session/lasting_entries.hpp"
#include "dynix/session/reapply.hpp"
#include "outcome_output.hpp"
#include "returning.hpp"
#include "shared/report.hpp"
#include "this_machine.hpp"

#include <fmt/format.h>
#include <thread>
#include <utility>

namespace dynix::tool {
namespace {

constexpr auto look_interval = std::chrono::milliseconds(200);

// What is applied is kept, and its ends are to come.
void keep(
    plan::activation_plan const& plan, activation::apply_outcome& outcome, host::machine& host) {
    if (outcome.result != activation::apply_result::done || plan.configuration.empty())
        return;
    if (auto kept = session::keep_entries(plan.dynamic_file, plan.configuration, host); !kept)
        outcome.warnings.push_back(fmt::format(
            "{}; so what is new in it is not applied again after a boot, until an apply can write "
            "it down",
            one_line(kept.error())));
    else
        outcome.warnings.insert(outcome.warnings.end(), kept->begin(), kept->end());
    auto const more = after_kept(plan.dynamic_file, plan.configuration, host);
    outcome.warnings.insert(outcome.warnings.end(), more.begin(), more.end());
}

// An apply that need not be confirmed.
class keeping : public activation::attendant {
  public:
    keeping(plan::activation_plan const& plan, host::machine& host) : plan_(plan), host_(host) {}

    result<void> on_locked() override { return activation::check_none_waits(host_); }

    void on_end(activation::apply_outcome& outcome) override { keep(plan_, outcome, host_); }

  private:
    plan::activation_plan const& plan_;
    host::machine& host_;
};

// One that is to be confirmed, unless it changes nothing: then there is nothing to try.
class trying : public activation::confirmed_apply {
  public:
    trying(activation::confirm_wish wish, plan::activation_plan const& plan, host::machine& host)
        : confirmed_apply(std::move(wish), host), plan_(plan), host_(host) {}

    void on_end(activation::apply_outcome& outcome) override {
        confirmed_apply::on_end(outcome);
        if (!waits())
            keep(plan_, outcome, host_);
    }

  private:
    plan::activation_plan const& plan_;
    host::machine& host_;
};

std::string id_of(result<std::optional<activation::confirmation>> const& found) {
    return found && *found ? (*found)->id : std::string();
}

} // namespace

applying::applying(plan::activation_plan const& plan, host::machine& host)
    : plan_(plan), host_(host), attendant_(std::make_unique<keeping>(plan, host)) {}

applying::~applying() = default;

void applying::to_confirm(host::milliseconds wait, std::string by, bool by_anyone) {
    activation::confirm_wish wish;
    wish.wait = wait;
    wish.by = std::move(by);
    wish.by_anyone = by_anyone;
    wish.dynamic_file = plan_.dynamic_file;
    wish.brought = [this](activation::state const& recorded) {
        return session::new_overrides(plan_.dynamic_file, plan_.configuration, recorded, host_);
    };
    attendant_ = std::make_unique<trying>(std::move(wish), plan_, host_);
}

void applying::tell() const {
    auto const* const to_confirm =
        dynamic_cast<activation::confirmed_apply const*>(attendant_.get());
    if (!to_confirm)
        return;
    if (!to_confirm->waits()) {
        note_line("nothing waits to be confirmed");
        return;
    }
    auto const text = describe(*to_confirm->waits(), host_);
    note_line(text);
    announce(text, to_confirm->waits()->id);
}

std::vector<std::string>
after_kept(std::string const& dynamic_file, std::string const& configuration, host::machine& host) {
    std::vector<std::string> warnings;
    if (dynamic_file == default_dynamic_file())
        if (auto gone = session::forget_left_out(host, configuration); !gone)
            warnings.push_back(one_line(gone.error()));
    if (auto armed = arm_applied_ends(configuration, dynamic_file, host); !armed)
        warnings.push_back(one_line(armed.error()));
    return warnings;
}

result<settled> settle(std::string const& file) {
    auto const machine = this_machine::on_demand();
    if (!machine)
        return settled(); // the activation says why
    auto world = (*machine)->view();
    if (auto const waits = activation::read_confirmation(world); !waits)
        return waits.error();
    activation::take_back_request request;
    request.only_when_due = true;
    auto const done = take_back_and_announce(std::move(request), person(), world);
    for (auto const& one : done.went.warnings)
        say_line("warning", one);
    for (auto const& one : done.went.errors)
        say_line("warning", one_line(one));
    settled out;
    if (done.what) {
        note_line(describe(*done.what, world));
        note_units(done.went, words_of_take_back);
        for (auto const& unit : done.went.units)
            if (unit.change->begins)
                out.taken_back.push_back(unit.name);
    }
    auto const& named = file.empty() ? default_dynamic_file() : file;
    undo_expired(named, world);
    if (auto const armed = arm_ends(named, world); !armed)
        say_line("warning", one_line(armed.error()));
    if (auto free = activation::check_none_waits(world); !free)
        return free.error();
    out.id = id_of(activation::read_confirmation(world));
    return out;
}

confirmed_outcome after_apply(std::string const& id_before, bool wait, bool json) {
    using activation::confirmation_phase;
    auto const machine = this_machine::on_demand();
    if (!machine)
        return {report(machine.error(), json, exit_code::refused), std::nullopt};
    auto world = (*machine)->view();
    auto found = activation::read_confirmation(world);
    auto const id = id_of(found);
    if (id == id_before)
        return {}; // there was nothing to confirm
    while (wait && id_of(found) == id && (*found)->is_open()) {
        std::this_thread::sleep_for(look_interval);
        found = activation::read_confirmation(world);
    }
    if (id_of(found) != id)
        return {};
    auto const& what = **found;
    if (wait)
        note_line(describe(what, world));
    return {
        what.now == confirmation_phase::taken_back ? exit_code::failed_restored
        : what.now == confirmation_phase::failed   ? exit_code::failed_left
                                                   : exit_code::done,
        json::print(to_json(what, world))};
}

} // namespace dynix::tool
