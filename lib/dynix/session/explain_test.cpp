#include "dynix/session/explain.hpp"

#include "dynix/session/test_system.hpp"
#include "dynix/syntax/attribute_path.hpp"

using namespace dynix;
using namespace dynix::session;

namespace {

using words = std::vector<std::string>;

// What explain() makes of a path, of a file with these entries and of a machine.
struct explained {
    explained(
        std::string const& text, std::string const& entries, machine_view const& machine = {},
        bool with_schema = true)
        : path(*syntax::parse_attribute_path(text, "PATH")), file(file_with(entries)),
          schema(*options::schema::read(small_schema, "options.json")) {
        auto const* known = with_schema ? &schema : nullptr;
        auto found = find_option(known, path, overrides::effective_overrides(file));
        REQUIRE(found);
        what = explain(std::move(found->option), known, file, machine);
    }

    words verdicts() const {
        words out;
        for (auto const& one : what.overrides)
            out.push_back(std::to_string(one.from->number) + " " + describe(one));
        return out;
    }

    options::option_path path;
    overrides::dynamic_file file;
    options::schema schema;
    explanation what;
};

plan::activation_plan plan_with(std::string const& unit_name) {
    plan::activation_plan out;
    plan::planned_unit unit;
    unit.name = unit_name;
    out.services = {{"web", {"services.web"}, std::chrono::seconds(1), {unit}}};
    return out;
}

// Entry 1, services.web.jobs = `value`, is applied and web.service runs it.
machine_view applied(std::string const& value) {
    machine_view out;
    out.now.emplace();
    out.now->recorded.emplace();
    out.now->recorded->overrides = {{"services.web.jobs", value, 1}};
    activation::unit_report_now unit;
    unit.name = "web.service";
    unit.standing = activation::unit_standing::live;
    out.now->units = {unit};
    out.applied = plan_with("web.service");
    return out;
}

} // namespace

TEST_CASE("the last entry wins, and hides those before it") {
    explained const jobs(
        "services.web.jobs", "{ services.web.jobs = lib.mkOverride (-1) 4; }"
                             "{ services.web.level = lib.mkOverride (-2) null; }"
                             "{ services.web.jobs = lib.mkOverride (-3) 8; }");
    CHECK(jobs.verdicts() == words{"3 wins", "1 hidden by entry 3"});
    CHECK_FALSE(jobs.what.is_group);
    explained const web("services.web", "{ services.web.jobs = lib.mkOverride (-1) 4; }");
    CHECK(web.verdicts() == words{"1 wins"});
    CHECK(web.what.is_group);
}

TEST_CASE("an override below one that replaces the whole is lost") {
    explained const root(
        "services.web.hosts.x.root",
        "{ services.web.hosts.x.root = lib.mkOverride (-1) \"/1\"; }"
        "{ services.web.hosts.x = lib.mkOverride (-2) { root = \"/2\"; }; }"
        "{ services.web.hosts.x.root = lib.mkOverride (-3) \"/3\"; }");
    CHECK(
        root.verdicts() == words{
                               "3 lost: entry 2 replaces services.web.hosts.x as a whole", "2 wins",
                               "1 hidden by entry 2"});
}

TEST_CASE("services and units are those of the plan, the applied one first") {
    machine_view machine;
    CHECK(explained("services.web.jobs", "", machine).what.services == words{"web"});
    CHECK_FALSE(explained("services.web.jobs", "", machine).what.units);

    machine.system.emplace();
    machine.system->services = {
        {"web", {"recorded.service", "recorded.socket"}}, {"mail", {"mail.service"}}};
    CHECK(
        explained("services.web.jobs", "", machine).what.units ==
        words{"recorded.service", "recorded.socket"});
    // A group's are those of all its options.
    explained const all("services", "", machine);
    CHECK(all.what.services == words{"mail", "web"});
    CHECK(all.what.units == words{"mail.service", "recorded.service", "recorded.socket"});

    machine.pending = plan_with("pending.service");
    CHECK(explained("services.web.jobs", "", machine).what.units == words{"pending.service"});
    machine.applied = plan_with("applied.service");
    CHECK(explained("services.web.jobs", "", machine).what.units == words{"applied.service"});
    // The plan does not have that service.
    CHECK(explained("services.mail.enable", "", machine).what.units == words{"mail.service"});
}

TEST_CASE("states are those at the option, above it and below it") {
    auto const machine = applied("4");
    explained const jobs(
        "services.web.jobs", "{ services.web.jobs = lib.mkOverride (-1) 4; }", machine);
    REQUIRE(jobs.what.states);
    REQUIRE(jobs.what.states->size() == 1);
    CHECK(jobs.what.states->front().state == override_state::live);
    explained const level(
        "services.web.level", "{ services.web.jobs = lib.mkOverride (-1) 4; }", machine);
    REQUIRE(level.what.states);
    CHECK(level.what.states->empty());
    explained const group(
        "services.web", "{ services.web.jobs = lib.mkOverride (-1) 8; }", machine);
    REQUIRE(group.what.states);
    REQUIRE(group.what.states->size() == 1);
    CHECK(group.what.states->front().reason == "4 is applied");
}

TEST_CASE("where the machine cannot be asked, the states are not known") {
    machine_view machine;
    machine.unknown = "cannot connect to systemd";
    machine.pending = plan_with("pending.service");
    explained const jobs(
        "services.web.jobs", "{ services.web.jobs = lib.mkOverride (-1) 4; }", machine);
    CHECK_FALSE(jobs.what.states);
    CHECK(jobs.what.unknown == "cannot connect to systemd");
    CHECK(jobs.what.units == words{"pending.service"});
}

TEST_CASE("an applied entry that Nix made nothing of is without effect") {
    auto const entry = "{ services.web.jobs = lib.mkOverride (-1) 4; }";
    auto machine = applied("4");
    CHECK(explained("services.web.jobs", entry, machine).what.without_effect == 1);
    // The plan has it: the value is another one.
    machine.applied->overrides = {{"services.web.jobs", "2", "4"}};
    CHECK_FALSE(explained("services.web.jobs", entry, machine).what.without_effect);
    // It is the static value, so there is nothing to see.
    CHECK_FALSE(explained("services.web.jobs", entry, applied("2")).what.without_effect);
    // What an expression gives is not known here.
    CHECK_FALSE(explained("services.web.jobs", entry, applied("2 + 2")).what.without_effect);
    // Another option is applied.
    CHECK_FALSE(explained("services.web.level", entry, applied("4")).what.without_effect);
}

TEST_CASE("without a schema, what the file and the plan say is all") {
    machine_view machine;
    machine.pending = plan_with("pending.service");
    explained const jobs(
        "services.web.jobs", "{ services.web.jobs = lib.mkOverride (-1) 4; }", machine, false);
    CHECK(jobs.verdicts() == words{"1 wins"});
    CHECK(jobs.what.services == words{"web"});
    CHECK_FALSE(jobs.what.is_group);
    explained const alone(
        "services.web.jobs", "{ services.web.jobs = lib.mkOverride (-1) 4; }", {}, false);
    CHECK(alone.what.services.empty());
    CHECK_FALSE(alone.what.units);
}
