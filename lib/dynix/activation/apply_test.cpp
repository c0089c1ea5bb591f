// What apply and reset do and say, by situation; faults_test.cpp lets everything fail.
#include "dynix/activation/fakes/fake_machine.hpp"
#include "dynix/activation/record/state.hpp"
#include "dynix/activation/status.hpp"
#include "dynix/base/lock.hpp"

#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::activation;

TEST_CASE("an apply writes, reloads once, restarts, proves and records") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.add("b.service", service("1"), service("1"));
    m.wanted.services[0].settle = host::milliseconds(0);
    auto const untouched = m.invocation("b.service");
    apply_options options;
    options.plan_path = "/nix/store/x-dynix-activation/plan.json";
    options.overrides = {{"services.a.n", "2", 7}};
    auto const found = m.apply(options);
    CHECK(found.result == apply_result::done);
    CHECK(
        m.units.acts() == std::vector<std::string>{
                              "reload", "ResetFailedUnit a.service", "queue", "restart a.service",
                              "wait for the jobs"});
    CHECK(m.invocation("b.service") == untouched);
    CHECK(m.view().runs.at("a.service") == "/bin/x 2 ");
    REQUIRE(found.units.size() == 2);
    CHECK(found.units[0].restarted);
    CHECK(found.units[0].proved.outcome == verdict::proven);
    CHECK(found.units[1].change == &changes::none);
    auto const state = read_state(m.seen);
    REQUIRE(state);
    REQUIRE(state->has_value());
    CHECK((*state)->now == record_state::applied);
    CHECK((*state)->overrides.at(0).entry == 7);
    CHECK((*state)->units.at(0).invocation_id == m.invocation("a.service"));
    CHECK(std::filesystem::read_symlink(m.where.applied()) == "/nix/store/x-dynix-activation");
    CHECK(std::filesystem::read_symlink(m.where.gc_root()) == m.where.applied());
    std::vector<std::string> phases;
    for (auto const& one : found.times)
        phases.push_back(one.name);
    CHECK(phases == std::vector<std::string>{"check", "activate", "prove"});
}

TEST_CASE("entries that were chosen on top of something else are refused") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    apply_options options;
    options.on_top_of = fingerprint_of(nullptr);
    m.wanted.configuration = "one";
    REQUIRE(m.apply(options).result == apply_result::done);
    auto const before = m.view();
    m.wanted.configuration = "two";
    auto const late = m.apply(options);
    CHECK(late.result == apply_result::refused);
    CHECK(said(late).find("since the entries were chosen") != std::string::npos);
    CHECK(m.view() == before);
    auto recorded = **read_state(m.seen);
    options.on_top_of = fingerprint_of(&recorded);
    // A change of modules takes overrides back, and leaves the text as it was.
    recorded.overrides.push_back({"services.a.jobs", "1", 1});
    CHECK(fingerprint_of(&recorded) != options.on_top_of);
    CHECK(m.apply(options).result == apply_result::done);
}

TEST_CASE("the same plan again changes nothing") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    REQUIRE(m.apply().result == apply_result::done);
    auto const before = m.invocation("a.service");
    auto const found = m.apply();
    CHECK(found.result == apply_result::done);
    CHECK(found.steps.empty());
    CHECK(m.invocation("a.service") == before);
    // Somebody started it with something else: said, and left alone.
    m.units.units["a.service"].process.argv = {"/bin/other"};
    auto const other = m.apply();
    CHECK(other.result == apply_result::done);
    REQUIRE(other.warnings.size() == 1);
    CHECK(other.warnings[0].find("does not run what is applied") != std::string::npos);
    CHECK(m.invocation("a.service") == before);
}

TEST_CASE("a start program that becomes another one: applied, told so, and taken back") {
    fake_machine m;
    auto const becomes_another = [](std::string const&, fake_unit& started) {
        started.process.argv = {"/bin/other"};
    };
    m.units.on_start = becomes_another;
    m.add("a.service", service("1"), service("2"));
    auto const found = m.apply();
    CHECK(found.result == apply_result::done);
    CHECK(found.units.at(0).proved.outcome == verdict::not_provable);
    auto const status = current_status(m.seen);
    REQUIRE(status);
    CHECK(status->units.at(0).standing == unit_standing::applied);
    auto const again = m.apply();
    CHECK(again.result == apply_result::done);
    CHECK(again.warnings.empty());
    CHECK(m.reset().result == apply_result::done);
    CHECK_FALSE(m.view().state);
    // One that had failed, so that nothing is known of how it shows itself.
    fake_systemd::fail(m.units.units["a.service"]);
    CHECK(m.apply().result == apply_result::done);
    CHECK(m.units.units["a.service"].status.active());
}

TEST_CASE("a unit that starts between the check and the reload is restarted") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"), false);
    m.units.fails = [&](std::string const& call) {
        if (call == "reload" && !m.units.units["a.service"].status.active())
            m.units.start("a.service");
        return false;
    };
    auto const found = m.apply();
    CHECK(found.result == apply_result::done);
    CHECK(found.units.at(0).restarted);
    CHECK(m.view().runs.at("a.service") == "/bin/x 2 ");
}

TEST_CASE("a reset stops a socket's service that has no drop-in of its own") {
    fake_machine m;
    m.units.add("a.service", service("1"));
    m.add("a.socket", "[Socket]\nListenStream=1\n", "[Socket]\nListenStream=2\n");
    m.units.units["a.socket"].status.triggers = {"a.service"};
    m.wanted.services[0].units.push_back({"a.service", service("1"), service("1")});
    REQUIRE(m.apply().result == apply_result::done);
    CHECK(m.units.units["a.service"].status.active());
    auto const found = m.reset();
    CHECK(found.result == apply_result::done);
    CHECK(found.warnings.empty());
    CHECK(m.units.units["a.socket"].status.active());
    CHECK(m.units.units["a.service"].status.active());
}

TEST_CASE("a dry run takes no lock and changes nothing") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    auto const before = m.view();
    auto const found = m.apply({.dry_run = true});
    CHECK(found.result == apply_result::done);
    REQUIRE(found.steps.size() == 5);
    CHECK(describe(found.steps[0]) == "write " + host::paths().drop_in("a.service"));
    CHECK(m.view() == before);
    CHECK_FALSE(std::filesystem::exists(m.where.lock()));
    REQUIRE(m.apply().result == apply_result::done);
    auto const applied = m.view();
    CHECK(m.reset({.dry_run = true}).steps.at(0).kind == &steps::remove_drop_in);
    CHECK(m.view() == applied);
}

TEST_CASE("a unit that fails is restored, and so is every other one") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.add("b.service", service("1"), service("bad"));
    auto const before = m.view();
    m.units.on_start = fail_bad;
    auto const found = m.apply();
    CHECK(found.result == apply_result::failed_restored);
    CHECK(
        said(found) == "error: 'b.service' did not stay up: failed (failed), result 'exit-code'\n"
                       "hint: its messages: journalctl -b -u b.service\n");
    CHECK(m.view() == before);
    CHECK(m.apply({.restore = false}).result == apply_result::failed_left);
    CHECK(m.view().runs.at("a.service") == "/bin/x 2 ");
    auto const status = current_status(m.seen);
    REQUIRE(status);
    CHECK(status->unfinished);
    CHECK(m.reset().result == apply_result::done);
    CHECK(m.view().runs == before.runs);
}

TEST_CASE("a unit that starts again by itself has not settled") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    auto const first = m.time.time;
    std::string const name = "a.service";
    // The second look finds another run of it.
    m.units.fails = [&](std::string const& call) {
        if (call == "run of a.service" && m.time.time > first)
            ++m.units.units[name].status.n_restarts;
        return false;
    };
    CHECK(said(m.apply()).find("was started again by itself") != std::string::npos);
}

TEST_CASE("what runs is looked at, not what systemd intends") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.units.on_start = [](std::string const&, fake_unit& started) {
        started.process.argv = {"/bin/x", "1"};
    };
    auto const found = m.apply();
    CHECK(found.result == apply_result::failed_restored);
    CHECK(
        said(found).find("'a.service' does not run what was planned: wanted='/bin/x 2' "
                         "live='/bin/x 1'") != std::string::npos);
}

TEST_CASE("asked to stop: before the first change it is refused, later all comes back") {
    for (int const after : {0, 1, 2, 3, 4}) {
        CAPTURE(after);
        fake_machine m;
        m.add("a.service", service("1"), service("2"));
        auto const before = m.view();
        int asked = 0;
        apply_options options;
        options.stop_requested = [&] { return asked++ >= after; };
        auto const found = m.apply(options);
        CHECK(found.result == (after == 0 ? apply_result::refused : apply_result::failed_restored));
        CHECK(said(found) == "error: interrupted\n");
        CHECK(m.view() == before);
    }
}

TEST_CASE("a failed assertion, a stopped unit, one that had failed") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"), false);
    m.wanted.problems = {"a needs b"};
    CHECK(m.apply().result == apply_result::refused);
    m.wanted.problems.clear();
    auto const found = m.apply();
    CHECK(found.result == apply_result::done);
    CHECK(found.units.at(0).change == &changes::defer);
    CHECK(m.view().runs.at("a.service") == "inactive");
    auto const status = current_status(m.seen);
    REQUIRE(status);
    CHECK(status->units.at(0).standing == unit_standing::applied);
    CHECK_FALSE(status->all_live());
    fake_systemd::fail(m.units.units["a.service"]);
    m.planned("a.service").dynamic_text = service("3");
    CHECK(m.apply().result == apply_result::done);
    CHECK(m.view().runs.at("a.service") == "/bin/x 3 ");
}

TEST_CASE("a unit that the plan names no more goes back to static") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.add("b.service", service("1"), service("2"));
    REQUIRE(m.apply().result == apply_result::done);
    m.wanted.services[0].units.pop_back();
    CHECK(m.apply().result == apply_result::done);
    CHECK(m.view().runs.at("b.service") == "/bin/x 1 ");
    CHECK(m.view().drop_ins.size() == 1);
}

TEST_CASE("whoever holds a lock is named, and nothing is changed") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    REQUIRE(m.apply().result == apply_result::done);
    auto const before = m.view();
    m.planned("a.service").dynamic_text = service("3");
    for (auto const& path : {m.where.lock(), m.where.switch_lock()}) {
        auto const held = file_lock::acquire(path, host::milliseconds(0));
        REQUIRE(held);
        for (bool const by_reset : {false, true}) {
            auto const found = by_reset ? m.reset() : m.apply();
            CHECK(found.result == apply_result::refused);
            CHECK(said(found).find(path) != std::string::npos);
            CHECK(said(found).find("held by process") != std::string::npos);
            CHECK(m.view() == before);
        }
    }
    // A switch calls the reset itself.
    auto const of_switch = file_lock::acquire(m.where.switch_lock(), host::milliseconds(0));
    CHECK(m.reset({.switching = true}).result == apply_result::done);
    CHECK(m.view().runs.at("a.service") == "/bin/x 1 ");
}

TEST_CASE("while a switch runs, a reset leaves the units it has stopped") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.add("b.service", service("1"), service("2"));
    REQUIRE(m.apply().result == apply_result::done);
    fake_systemd::stop(m.units.units["a.service"]);
    CHECK(m.reset({.switching = true}).result == apply_result::done);
    CHECK(m.view().runs.at("a.service") == "inactive");
    CHECK(m.view().runs.at("b.service") == "/bin/x 1 ");
    CHECK(m.view().drop_ins.empty());
    CHECK_FALSE(m.view().state.has_value());
}

TEST_CASE("a reset finds drop-ins without a state, and states that cannot be read") {
    for (auto const* const text : {"", "{", "{\"version\": 99}"}) {
        CAPTURE(text);
        fake_machine m;
        m.add("a.service", service("1"), service("2"));
        REQUIRE(m.apply().result == apply_result::done);
        REQUIRE(m.plain.write(m.where.state(), text));
        CHECK(m.apply().result == apply_result::refused);
        CHECK_FALSE(current_status(m.seen).has_value());
        auto const found = m.reset();
        CHECK(found.result == apply_result::done);
        REQUIRE(found.warnings.size() == 1);
        CHECK(found.warnings.front().find(m.where.state() + "' cannot be read") == 1);
        CHECK(m.view().runs.at("a.service") == "/bin/x 1 ");
        CHECK_FALSE(m.view().state.has_value());
    }
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    REQUIRE(m.apply().result == apply_result::done);
    REQUIRE(m.plain.remove(m.where.state()));
    auto const status = current_status(m.seen);
    REQUIRE(status);
    CHECK(status->strays == std::vector<std::string>{"a.service"});
    CHECK_FALSE(status->all_live());
    CHECK(m.reset().result == apply_result::done);
    CHECK(m.view().drop_ins.empty());
}

TEST_CASE("status tells how far each unit has come") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    auto const standing = [&] {
        auto const found = current_status(m.seen);
        REQUIRE(found);
        REQUIRE(found->units.size() == 1);
        return to_string(found->units[0].standing) + ": " + found->units[0].reason;
    };
    auto const nothing = current_status(m.seen);
    REQUIRE(nothing);
    CHECK(nothing->all_live());
    CHECK_FALSE(nothing->recorded.has_value());
    REQUIRE(m.apply().result == apply_result::done);
    CHECK(standing() == "live: ");
    m.units.units["a.service"].process.argv = {"/bin/y"};
    CHECK(standing() == "pending: wanted='/bin/x 2' live='/bin/y'");
    auto const drop_in = m.where.drop_in("a.service");
    auto const text = m.plain.read(drop_in);
    REQUIRE(m.plain.write(drop_in, **text + "# by hand\n"));
    CHECK(standing().starts_with("pending: its drop-in was changed by somebody"));
    REQUIRE(m.plain.remove(drop_in));
    CHECK(standing().starts_with("pending: its drop-in is gone"));
    REQUIRE(m.plain.write(drop_in, **text));
    REQUIRE(m.plain.write(m.where.static_units() + "/a.service", service("9")));
    REQUIRE(m.units.reload());
    CHECK(standing().starts_with("pending: "));
}

TEST_CASE("a socket that is up has what it was started with") {
    fake_machine m;
    m.add("a.socket", "[Socket]\nListenStream=1\n", "[Socket]\nListenStream=2\n");
    REQUIRE(m.apply().result == apply_result::done);
    auto const found = current_status(m.seen);
    REQUIRE(found);
    CHECK(found->all_live());
}
