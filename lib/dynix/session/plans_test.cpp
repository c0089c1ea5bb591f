#include "dynix/session/plans.hpp"

#include "dynix/base/test_folder.hpp"
#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::session;

TEST_CASE("a path is below another one only by whole names") {
    CHECK(is_at_or_below("a.b", "a.b"));
    CHECK(is_at_or_below("a.b.c", "a.b"));
    CHECK_FALSE(is_at_or_below("a.bc", "a.b"));
    CHECK_FALSE(is_at_or_below("a", "a.b"));
}

TEST_CASE("a plan says which services declare an option, and whether it differs") {
    plan::activation_plan plan;
    plan.services = {
        {"web", {"web.jobs", "web.hosts"}, std::chrono::seconds(1), {}},
        {"all", {"web"}, std::chrono::seconds(1), {}}};
    plan.overrides = {{"web.hosts", "{}", "{\"a\":1}"}};
    CHECK(services_of("web.jobs", plan).size() == 2);
    CHECK(services_of("web.hosts.a.root", plan).size() == 2);
    REQUIRE(services_of("web.jobsize", plan).size() == 1);
    CHECK(services_of("web.jobsize", plan).front() == &plan.services[1]);
    CHECK(services_of("webs", plan).empty());
    CHECK(differs("web.hosts", plan));
    CHECK(differs("web.hosts.a", plan));
    CHECK_FALSE(differs("web", plan));
    CHECK_FALSE(differs("web.jobs", plan));
}

TEST_CASE("where no plan was built, there is no last one") {
    test_folder const root;
    host::paths where;
    where.root = root.path("");
    CHECK_FALSE(last_plan(where));
}
