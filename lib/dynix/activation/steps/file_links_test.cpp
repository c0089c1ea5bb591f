// Files below /etc that an apply switches, and the reload that is enough for them.
#include "dynix/activation/steps/file_links.hpp"

#include "dynix/activation/confirmed_apply.hpp"
#include "dynix/activation/fakes/fake_machine.hpp"
#include "dynix/activation/status.hpp"
#include "dynix/activation/take_back.hpp"

#include "dynix/test.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

using namespace dynix;
using namespace dynix::activation;

namespace {

using strings = std::vector<std::string>;

constexpr auto file = "/etc/pond/pond.conf";
constexpr auto at_rest = "/etc/static/pond/pond.conf";
constexpr auto text = "[Service]\nExecStart=/bin/pond\nExecReload=/bin/r\n";

// A service that reads a file below /etc, with a plan that gives it another one.
struct pond {
    fake_machine m;

    explicit pond(bool running = true) {
        REQUIRE(m.plain.link("/nix/store/static", m.where.root + at_rest));
        REQUIRE(m.plain.link(at_rest, m.where.root + file));
        m.units.units["a.service"].reads = {file};
        m.add("a.service", text, text, running);
        plan_file("/nix/store/new");
    }

    plan::planned_unit& planned() { return m.planned("a.service"); }
    fake_unit& unit() { return m.units.units["a.service"]; }

    void plan_file(std::string const& target) {
        planned().files = {{file, "/nix/store/static", target}};
        planned().action = "reload";
    }

    std::string target() {
        auto const found = m.plain.link_target(m.where.root + file);
        REQUIRE(found);
        return found->value_or("(none)");
    }
    std::string live() { return unit().has_read[file]; }

    unit_report_now now() {
        auto const status = current_status(m.seen);
        REQUIRE(status);
        return status->units.at(0);
    }
};

strings words(std::vector<step> const& steps) {
    strings all;
    for (auto const& one : steps)
        all.push_back(
            describe(one) + (one.mark == step_mark::done ? "" : ": " + to_string(one.mark)));
    return all;
}

} // namespace

TEST_CASE("what a plan may say of files is what a unit can take") {
    CHECK(std::ranges::equal(plan::file_actions, changes::of_files, {}, {}, &unit_change::name));
}

TEST_CASE("another file is switched and reloaded: the process stays, and has read it") {
    pond it;
    auto const run = it.m.invocation("a.service");
    auto const found = it.m.apply();
    REQUIRE_MESSAGE(found.result == apply_result::done, said(found));
    CHECK(
        words(found.steps) == strings{
                                  "write " + host::paths().drop_in("a.service"),
                                  "point the files of a.service below /etc at the new ones",
                                  "reload systemd (daemon-reload)", "reload a.service",
                                  "look at a.service after its reload"});
    CHECK(found.warnings.empty());
    CHECK(it.m.invocation("a.service") == run);
    CHECK(it.target() == "/nix/store/new");
    CHECK(it.live() == "/nix/store/new");
    CHECK(found.units.at(0).proved.outcome == verdict::proven);
    CHECK(it.now().standing == unit_standing::live);
    CHECK(it.m.apply().steps.empty());

    SUBCASE("a further one is reloaded too, and the reset reloads it back") {
        it.plan_file("/nix/store/newer");
        REQUIRE(it.m.apply().result == apply_result::done);
        CHECK(it.live() == "/nix/store/newer");
        REQUIRE(it.m.reset().result == apply_result::done);
        CHECK(it.live() == at_rest);
    }
    SUBCASE("an apply without the override takes it back") {
        it.plan_file("/nix/store/static");
        auto const back = it.m.apply();
        REQUIRE(back.result == apply_result::done);
        CHECK(words(back.steps).at(0) == "point the files of a.service below /etc back");
        CHECK(it.live() == at_rest);
        CHECK(it.m.view().drop_ins.empty());
    }
    SUBCASE("a plan that does not name the unit any more takes it back") {
        it.m.wanted.services.clear();
        REQUIRE(it.m.apply().result == apply_result::done);
        CHECK(it.live() == at_rest);
    }
    SUBCASE("a switch has put the link back itself: the process is reloaded") {
        REQUIRE(it.m.plain.link(at_rest, it.m.where.root + file));
        CHECK(it.now().standing == unit_standing::pending);
        REQUIRE(it.m.reset({.switching = true}).result == apply_result::done);
        CHECK(it.live() == at_rest);
    }
    SUBCASE("with a state that cannot be read, the drop-in says what to point back") {
        REQUIRE(it.m.plain.write(it.m.where.state(), "{"));
        REQUIRE(it.m.reset().result == apply_result::done);
        CHECK(it.live() == at_rest);
    }
    bool same_run = true;
    SUBCASE("without the drop-in, the state does") {
        REQUIRE(it.m.plain.remove(it.m.where.drop_in("a.service")));
        REQUIRE(it.m.reset().result == apply_result::done);
        CHECK(it.target() == at_rest);
        CHECK(it.live() == at_rest);
        same_run = false;
    }
    SUBCASE("what somebody has put there since is left alone by a reset") {
        REQUIRE(it.m.plain.link("/home/somebody/pond.conf", it.m.where.root + file));
        REQUIRE(it.m.reset().result == apply_result::done);
        CHECK(it.target() == "/home/somebody/pond.conf");
    }
    CHECK((it.m.invocation("a.service") == run) == same_run);
}

TEST_CASE("a link that cannot be put back keeps the drop-in that names it, for the next reset") {
    pond it;
    REQUIRE(it.m.apply().result == apply_result::done);
    auto const folder = std::filesystem::path(it.m.where.root + file).parent_path();
    std::filesystem::permissions(folder, std::filesystem::perms::all);
    auto const found = it.m.reset();
    CHECK(found.result == apply_result::failed_left);
    CHECK(found.left.at(0) == "'a.service' still has its files below /etc");
    CHECK(it.m.view().drop_ins.contains("a.service"));
    std::filesystem::permissions(folder, std::filesystem::perms(0755));
    CHECK(it.m.reset().result == apply_result::done);
    CHECK(it.live() == at_rest);
}

TEST_CASE("a reload that shows nothing is followed by a restart, and that is a warning") {
    struct {
        void (*make)(fake_unit&);
        char const* said;
    } const table[] = {
        {[](fake_unit& unit) { unit.ignores_reload = true; },
         "no process of 'a.service' has opened '/etc/pond/pond.conf' after its reload"},
        {[](fake_unit& unit) { unit.has_own_files = true; },
         "the process of 'a.service' has another file at '/etc/pond/pond.conf', in its own mounts"},
        {[](fake_unit&) {}, "'a.service' has started no new process after its reload"},
    };
    for (auto const& row : table) {
        pond it;
        row.make(it.unit());
        it.planned().starts_workers = true;
        auto const run = it.m.invocation("a.service");
        auto const found = it.m.apply();
        CHECK(found.result == apply_result::done);
        CHECK(it.m.invocation("a.service") != run);
        CHECK(it.live() == "/nix/store/new");
        CHECK(
            found.warnings ==
            strings{
                fmt::format("'a.service' is restarted, as a reload was not enough: {}", row.said)});
        CHECK(found.units.at(0).restarted);
        CHECK(
            words(found.steps) == strings{
                                      "write " + host::paths().drop_in("a.service"),
                                      "point the files of a.service below /etc at the new ones",
                                      "reload systemd (daemon-reload)", "reload a.service: failed",
                                      "reset the start limit of a.service", "restart a.service",
                                      "prove that a.service runs as planned"});
        CHECK(it.now().standing == unit_standing::live);
    }
}

TEST_CASE("new workers show that a service has taken its file") {
    pond it;
    it.unit().has_workers = true;
    it.planned().starts_workers = true;
    auto const run = it.m.invocation("a.service");
    CHECK(it.m.apply().warnings.empty());
    CHECK(it.m.invocation("a.service") == run);
}

TEST_CASE("a reload job that fails is followed by a restart") {
    pond it;
    it.m.units.fails = [](std::string const& call) { return call == "reload-unit a.service"; };
    auto const found = it.m.apply();
    CHECK(found.result == apply_result::done);
    CHECK(
        found.warnings ==
        strings{"'a.service' is restarted, as a reload was not enough: 'a.service' was not "
                "reloaded: job failed"});
    CHECK(it.live() == "/nix/store/new");
}

TEST_CASE("what takes a restart: other options, a unit that changes too, no way to reload") {
    struct {
        void (*make)(pond&);
        char const* what;
    } const table[] = {
        {[](pond& it) { it.planned().action = "restart"; }, "options that need one"},
        {[](pond& it) { it.planned().dynamic_text = std::string(text) + "Nice=1\n"; },
         "the unit changes"},
    };
    for (auto const& row : table) {
        CAPTURE(row.what);
        pond it;
        row.make(it);
        auto const run = it.m.invocation("a.service");
        REQUIRE(it.m.apply().result == apply_result::done);
        CHECK(it.m.invocation("a.service") != run);
        CHECK(it.live() == "/nix/store/new");
        // And so does the way back.
        auto const second = it.m.invocation("a.service");
        REQUIRE(it.m.reset().result == apply_result::done);
        CHECK(it.m.invocation("a.service") != second);
        CHECK(it.live() == at_rest);
    }
}

TEST_CASE("a stopped service takes the file at its next start") {
    pond it(false);
    auto const found = it.m.apply();
    CHECK(found.result == apply_result::done);
    CHECK(found.units.at(0).change == &changes::defer);
    CHECK(it.target() == "/nix/store/new");
}

TEST_CASE("what is no link of NixOS's is not switched: refused before anything changes") {
    struct {
        void (*make)(fake_machine&);
    } const table[] = {
        {[](fake_machine& m) { REQUIRE(m.plain.link("/elsewhere", m.where.root + file)); }},
        {[](fake_machine& m) {
            REQUIRE(m.plain.remove(m.where.root + file));
            REQUIRE(m.plain.write(m.where.root + file, "copied"));
        }},
        {[](fake_machine& m) { REQUIRE(m.plain.remove(m.where.root + file)); }},
    };
    for (auto const& row : table) {
        pond it;
        row.make(it.m);
        auto const before = it.target();
        auto const found = it.m.apply();
        CHECK(found.result == apply_result::refused);
        CHECK(
            said(found).find("'/etc/pond/pond.conf', a file of 'a.service', is not the link to "
                             "'/etc/static/pond/pond.conf' that NixOS makes") != std::string::npos);
        CHECK(it.target() == before);
    }
}

TEST_CASE("a static file that is not the one that runs is drift: nobody has switched to it") {
    pond it;
    REQUIRE(it.m.plain.link("/nix/store/running", it.m.where.root + at_rest));
    auto const found = it.m.apply();
    CHECK(found.result == apply_result::refused);
    CHECK(said(found).find("/nix/store/running") != std::string::npos);
    CHECK(it.target() == at_rest);
}

TEST_CASE("where the system that runs has no such file any more, the link goes") {
    pond it;
    REQUIRE(it.m.apply().result == apply_result::done);
    REQUIRE(it.m.plain.remove(it.m.where.root + at_rest));
    REQUIRE(it.m.reset({.switching = true}).result == apply_result::done);
    CHECK(it.target() == "(none)");
}

TEST_CASE("what is not confirmed goes back to the file that was applied before") {
    pond it;
    REQUIRE(it.m.apply().result == apply_result::done);
    it.plan_file("/nix/store/newer");
    confirmed_apply with({.wait = std::chrono::minutes(2), .by = "alice"}, it.m.seen);
    REQUIRE(it.m.apply({.with = &with}).result == apply_result::done);
    REQUIRE(with.waits());
    CHECK(it.live() == "/nix/store/newer");
    it.m.time.time += std::chrono::minutes(2);
    take_back_request request;
    request.id = with.waits()->id;
    request.only_when_due = true;
    request.require_root = false;
    request.lock_patience = host::milliseconds(0);
    REQUIRE(take_back(request, it.m.seen).went.result == apply_result::done);
    CHECK(it.target() == "/nix/store/new");
    CHECK(it.live() == "/nix/store/new");
    CHECK(it.now().standing == unit_standing::live);
}

TEST_CASE("the failure of another unit points the file back and reloads") {
    pond it;
    it.m.add("b.service", service("1"), service("2"));
    it.m.units.on_start = [](std::string const&, fake_unit& started) {
        if (started.loaded.last("Service", "ExecStart").ends_with("2"))
            fake_systemd::fail(started);
    };
    auto const run = it.m.invocation("a.service");
    CHECK(it.m.apply().result == apply_result::failed_restored);
    CHECK(it.target() == at_rest);
    CHECK(it.live() == at_rest);
    CHECK(it.m.invocation("a.service") == run);
}

TEST_CASE("a fault at every call: what is promised holds, and the next apply or reset converges") {
    for (auto const how : {manner::once, manner::from_then_on, manner::kill})
        for (bool const by_reset : {false, true})
            for (std::size_t at = 1;; ++at) {
                pond it;
                auto const run = with_fault(it.m, how, at, [&] { return it.m.apply(); });
                if (run.beyond)
                    break;
                auto const& found = run.found;
                CAPTURE(at);
                CAPTURE(run.call);
                if (found && found->result == apply_result::done)
                    CHECK(it.live() == "/nix/store/new");
                if (found && (found->result == apply_result::failed_restored ||
                              found->result == apply_result::refused)) {
                    CHECK(it.target() == at_rest);
                    CHECK(it.live() == at_rest);
                    CHECK(it.m.view().drop_ins.empty());
                }
                if (found && found->result == apply_result::failed_left)
                    CHECK_FALSE(found->left.empty());
                // A link of ours is never without a drop-in that names it.
                if (it.target() != at_rest) {
                    auto const status = current_status(it.m.seen);
                    REQUIRE(status);
                    CHECK((!status->all_live() || it.now().standing == unit_standing::live));
                    CHECK(it.m.view().drop_ins.contains("a.service"));
                }
                if (by_reset) {
                    REQUIRE(it.m.reset().result == apply_result::done);
                    CHECK(it.live() == at_rest);
                    CHECK(it.target() == at_rest);
                } else {
                    it.plan_file("/nix/store/newer");
                    auto const again = it.m.apply();
                    REQUIRE_MESSAGE(again.result == apply_result::done, said(again));
                    CHECK(it.live() == "/nix/store/newer");
                    CHECK(it.now().standing == unit_standing::live);
                }
                REQUIRE(at < 500);
            }
}

TEST_CASE("reset with a fault at every call goes on to the static file the next time") {
    for (auto const how : {manner::once, manner::from_then_on, manner::kill})
        for (std::size_t at = 1;; ++at) {
            pond it;
            REQUIRE(it.m.apply().result == apply_result::done);
            auto const run = with_fault(it.m, how, at, [&] { return it.m.reset(); });
            if (run.beyond)
                break;
            auto const& found = run.found;
            CAPTURE(at);
            CAPTURE(run.call);
            if (found && found->result == apply_result::done)
                CHECK(it.live() == at_rest);
            REQUIRE(it.m.reset().result == apply_result::done);
            CHECK(it.live() == at_rest);
            CHECK(it.target() == at_rest);
            CHECK(it.m.view().drop_ins.empty());
            REQUIRE(at < 500);
        }
}
