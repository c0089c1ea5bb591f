// An apply that has to be confirmed: what is armed when, and each end.
#include "dynix/activation/fakes/fake_confirmation.hpp"
#include "dynix/activation/record/own_units.hpp"

#include <fmt/format.h>

using namespace dynix;
using namespace dynix::activation;

namespace {

std::size_t place_of(std::vector<std::string> const& calls, std::string const& begin) {
    auto const found = std::find_if(
        calls.begin(), calls.end(), [&](auto const& call) { return call.starts_with(begin); });
    REQUIRE(found != calls.end());
    return static_cast<std::size_t>(found - calls.begin());
}

} // namespace

TEST_CASE(
    "systemd is to take it back before anything changes, and has the whole time from the proof") {
    confirmed_machine m(before_confirmed::older_applied);
    m.injected.disarm(); // counts from here
    auto const out = m.apply_to_confirm();
    CHECK(said(out) == "");
    REQUIRE(out.result == apply_result::done);
    auto const& calls = m.injected.calls;
    auto const first_change = place_of(calls, "write /run/systemd/system/a.service.d");
    CHECK(place_of(calls, "start-timer dynix-unproved-") < first_change);
    CHECK(place_of(calls, "write /run/dynix/before-") < first_change);
    CHECK(place_of(calls, "write /var/lib/dynix/confirmation.json") < first_change);
    CHECK(place_of(calls, "start-timer dynix-unconfirmed-") > first_change);

    auto const waits = m.recorded();
    REQUIRE(waits);
    CHECK(waits->now == confirmation_phase::waiting);
    CHECK(time_left(*waits, m.seen) == two_minutes);
    REQUIRE(m.units.timers.size() == 1);
    auto const& timer = m.units.timers.at(last_timer(waits->id));
    CHECK(timer.what.after == two_minutes);
    CHECK(timer.since == m.time.time);
}

TEST_CASE("silence: what was applied before comes back, and the entry is taken back") {
    for (auto const what : {before_confirmed::nothing_applied, before_confirmed::older_applied}) {
        CAPTURE(static_cast<int>(what));
        confirmed_machine m(what);
        REQUIRE(m.apply_to_confirm().result == apply_result::done);
        CHECK(m.view().runs.at("a.service") == "/bin/x new ");
        m.time.time += two_minutes - std::chrono::seconds(1);
        m.let_timers_fire();
        CHECK(m.recorded()->now == confirmation_phase::waiting);
        m.time.time += std::chrono::seconds(1);
        m.let_timers_fire();
        m.check_as_first();
        CHECK(m.undone == std::vector<override_id>{second});
        CHECK(m.undone_why == "not confirmed within 2min");
        CHECK(m.recorded()->now == confirmation_phase::taken_back);
        CHECK(m.recorded()->end == "not confirmed within 2min");
        CHECK(m.units.timers.empty());
        auto const now = read_state(m.seen);
        REQUIRE(now);
        CHECK(now->has_value() == (what == before_confirmed::older_applied));
        if (*now)
            CHECK((*now)->overrides.at(0).value == "1");
        CHECK_FALSE(*read_before(m.seen, *m.recorded()));
    }
}

TEST_CASE("what has failed of it beside the unit does not keep it applied") {
    for (auto const what : {before_confirmed::nothing_applied, before_confirmed::older_applied}) {
        CAPTURE(static_cast<int>(what));
        confirmed_machine m(what);
        m.units.add("wanted.service", service("1"));
        m.units.relate("a.service", "Wants", "wanted.service");
        REQUIRE(m.apply_to_confirm().result == apply_result::done);
        fake_systemd::fail(m.units.units["wanted.service"]);
        m.time.time += two_minutes;
        m.let_timers_fire();
        CHECK(m.view().runs.at("a.service") != "/bin/x new ");
        CHECK(m.recorded()->now == confirmation_phase::taken_back);
        CHECK(m.recorded()->left.empty());
    }
}

TEST_CASE("what was started too early, or for another activation, changes nothing") {
    confirmed_machine m(before_confirmed::older_applied);
    REQUIRE(m.apply_to_confirm().result == apply_result::done);
    auto const runs = m.runs();
    auto const id = m.recorded()->id;
    auto const early = m.back({.id = id, .only_when_due = true});
    CHECK_FALSE(early.what);
    CHECK(early.went.errors.empty());
    m.time.time += two_minutes;
    auto const other = m.back({.id = "0123456789abcdef", .only_when_due = true});
    CHECK_FALSE(other.what);
    CHECK(other.went.errors.empty());
    CHECK(m.runs() == runs);
    CHECK(m.undone.empty());
    CHECK(m.recorded()->now == confirmation_phase::waiting);
}

TEST_CASE("confirmed: it stays, and the timer of that activation does nothing any more") {
    confirmed_machine m(before_confirmed::older_applied);
    REQUIRE(m.apply_to_confirm().result == apply_result::done);
    auto const armed = m.units.timers;
    auto const done = m.confirm_by("alice");
    REQUIRE(done);
    CHECK(done->end == "confirmed by alice");
    CHECK(m.kept == 1);
    CHECK(m.units.timers.empty());
    m.units.timers = armed; // had it elapsed meanwhile
    m.time.time += two_minutes;
    m.let_timers_fire();
    CHECK(m.view().runs.at("a.service") == "/bin/x new ");
    CHECK(m.undone.empty());
    auto const twice = m.confirm_by("alice");
    REQUIRE_FALSE(twice);
    CHECK(twice.error().message == "nothing waits to be confirmed");
    CHECK(twice.error().hint.find("confirmed by alice") != std::string::npos);
}

TEST_CASE("an activation that has not ended is not confirmed") {
    confirmed_machine m(before_confirmed::older_applied);
    REQUIRE(m.apply_to_confirm().result == apply_result::done);
    auto state = **read_state(m.seen);
    state.now = record_state::activating;
    REQUIRE(write_state(m.seen, state));
    CHECK_FALSE(m.confirm_by("alice"));
    CHECK(m.recorded()->now == confirmation_phase::waiting);
}

TEST_CASE("another user confirms only what anyone may confirm, and may always cancel") {
    confirmed_machine m(before_confirmed::older_applied);
    REQUIRE(m.apply_to_confirm().result == apply_result::done);
    auto const refused = m.confirm_by("bob");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("by alice only, not by bob") != std::string::npos);
    CHECK(m.recorded()->now == confirmation_phase::waiting);
    auto const cancelled = m.back({.why = "cancelled by bob"});
    REQUIRE(cancelled.what);
    CHECK(cancelled.went.result == apply_result::done);
    CHECK_MESSAGE(!cancelled.went.rests_on, "nobody has looked for leaks in what was before");
    CHECK(m.recorded()->end == "cancelled by bob");
    m.check_as_first();
    REQUIRE(m.apply_to_confirm(true).result == apply_result::done);
    CHECK(m.confirm_by("bob").has_value());
}

TEST_CASE("a further apply is refused while one waits, and goes on after its end") {
    confirmed_machine m(before_confirmed::older_applied);
    REQUIRE(m.apply_to_confirm().result == apply_result::done);
    auto const plain = m.apply(confirmed_machine::with_override("3"));
    CHECK(plain.result == apply_result::refused);
    CHECK(
        said(plain).find("the overrides that alice applied wait to be confirmed, for 2min more") !=
        std::string::npos);
    CHECK(m.apply_to_confirm().result == apply_result::refused);
    CHECK(m.recorded()->now == confirmation_phase::waiting);
    REQUIRE(m.confirm_by("alice"));
    CHECK(m.apply(confirmed_machine::with_override("2")).result == apply_result::done);
}

TEST_CASE("a reset takes it back too, for good") {
    confirmed_machine m(before_confirmed::older_applied);
    REQUIRE(m.apply_to_confirm().result == apply_result::done);
    reset_ends_confirmation with("reset by bob", m.undo(), m.seen);
    REQUIRE(m.reset({.with = &with}).result == apply_result::done);
    REQUIRE(with.ended());
    CHECK(m.recorded()->now == confirmation_phase::taken_back);
    CHECK(m.recorded()->end == "not confirmed before a reset by bob");
    CHECK(m.undone == std::vector<override_id>{second});
    m.time.time += two_minutes;
    m.let_timers_fire();
    CHECK(m.view().runs.at("a.service") == "/bin/x static ");
}

TEST_CASE("after a reboot only its entries are taken back") {
    confirmed_machine m(before_confirmed::older_applied);
    REQUIRE(m.apply_to_confirm().result == apply_result::done);
    std::filesystem::remove_all(m.where.run());
    m.units.timers.clear();
    CHECK_FALSE(m.confirm_by("alice"));
    auto const runs = m.runs();
    auto const done = m.back({.only_when_due = true});
    REQUIRE(done.what);
    CHECK(done.went.result == apply_result::done);
    CHECK(m.runs() == runs);
    CHECK(m.undone == std::vector<override_id>{second});
    CHECK(m.recorded()->end == "not confirmed before a reboot");
}

TEST_CASE("after an apply that failed and restored nothing waits") {
    confirmed_machine m(before_confirmed::older_applied);
    m.units.on_start = [](std::string const& name, fake_unit& started) {
        if (name == "b.service" && started.loaded.last("Service", "ExecStart").ends_with("new"))
            fake_systemd::fail(started);
    };
    CHECK(m.apply_to_confirm().result == apply_result::failed_restored);
    m.check_as_first();
    CHECK_FALSE(m.recorded());
    CHECK(m.units.timers.empty());
    CHECK(m.undone.empty());
}

TEST_CASE("what was applied before cannot come back: the static configuration, and exit code 4") {
    confirmed_machine m(before_confirmed::older_applied);
    REQUIRE(m.apply_to_confirm().result == apply_result::done);
    m.units.on_start = [](std::string const& name, fake_unit& started) {
        if (name == "a.service" && started.loaded.last("Service", "ExecStart").ends_with("old"))
            fake_systemd::fail(started);
    };
    m.time.time += two_minutes;
    auto const done = m.back({.only_when_due = true});
    REQUIRE(done.what);
    CHECK(done.went.result == apply_result::failed_left);
    REQUIRE_FALSE(done.went.left.empty());
    CHECK(done.went.left.front().starts_with(static_in_its_place));
    CHECK(m.recorded()->now == confirmation_phase::failed);
    CHECK(m.recorded()->left == done.went.left);
    CHECK(m.view().runs.at("a.service") == "/bin/x static ");
    CHECK(m.undone == std::vector<override_id>{second});
    reset_ends_confirmation with("reset by bob", m.undo(), m.seen);
    REQUIRE(m.reset({.with = &with}).result == apply_result::done);
    CHECK_FALSE(with.ended());
    CHECK(m.recorded()->now == confirmation_phase::taken_back);
}
