#include "dynix/activation/fakes/fake_machine.hpp"
#include "dynix/activation/status.hpp"

#include "dynix/test.hpp"

#include <fmt/format.h>

using namespace dynix;
using namespace dynix::activation;

namespace {

host::seen_file holding(std::string const& bytes) {
    return {host::file_kind::regular, bytes};
}

// Files to load credentials from, and a service that has one.
struct credential_machine : fake_machine {
    credential_machine(std::string const& before, std::string const& after) {
        units.outside = {
            {"/run/a", holding("of a")},
            {"/run/b", holding("of b")},
            {"/run/folder", {host::file_kind::other, {}}},
            {"/run/secret", {host::file_kind::unreadable, {}}}};
        add("a.service", with(before), with(after));
    }

    static std::string with(std::string const& lines) {
        return "[Service]\nExecStart=/bin/x\n" + lines + "\n";
    }

    // After each start of the changed unit: what its processes have instead.
    void spoil(std::string const& name, std::optional<host::seen_file> const& file) {
        units.on_start = [=, this](std::string const&, fake_unit& started) {
            if (plain.read(where.drop_in("a.service")).value()) {
                started.credentials.erase(name);
                started.credentials["."] = {host::file_kind::other, {}}; // their folder
                if (file)
                    started.credentials[name] = *file;
            }
        };
    }

    unit_report_now now() {
        auto const found = current_status(seen);
        REQUIRE(found);
        return found->units.at(0);
    }
};

} // namespace

TEST_CASE("a credential that its unit gives it is proved, whichever way it comes") {
    struct {
        char const* before;
        char const* after;
    } const table[] = {
        {"LoadCredential=key:/run/a", "LoadCredential=key:/run/b"},
        {"", "LoadCredential=key:/run/b"},
        {"LoadCredential=key:/run/a", ""},
        {"SetCredential=key:x", "SetCredential=key:y\\n"},
        {"SetCredential=key:of b", "LoadCredential=key:/run/b"},
        {"LoadCredential=key:/run/a", "LoadCredential=key:/run/none\nSetCredential=key:y"},
    };
    for (auto const& row : table) {
        CAPTURE(row.after);
        credential_machine m(row.before, row.after);
        auto const found = m.apply();
        CHECK(found.result == apply_result::done);
        CHECK(found.units.at(0).proved.show() == "proven");
        CHECK(m.now().standing == unit_standing::live);
        CHECK(m.now().reason.empty());
    }
}

TEST_CASE("a credential that is missing, still there or the old one is a contradiction") {
    struct {
        char const* before;
        char const* after;
        std::optional<host::seen_file> has;
        char const* said;
    } const table[] = {
        {"LoadCredential=key:/run/a", "LoadCredential=key:/run/b", holding("of a"),
         "wanted='credential key of /run/b' live='credential key of /run/a'"},
        {"SetCredential=key:hidden", "LoadCredential=key:/run/b", holding("hidden"),
         "wanted='credential key of /run/b' live='credential key of SetCredential='"},
        {"", "SetCredential=key:hidden", std::nullopt,
         "wanted='credential key of SetCredential=' live='no credential key'"},
        {"SetCredential=key:hidden", "", holding("hidden"),
         "wanted='no credential key' live='credential key'"},
    };
    for (auto const& row : table) {
        CAPTURE(row.said);
        credential_machine m(row.before, row.after);
        m.spoil("key", row.has);
        auto const found = m.apply();
        CHECK(found.result == apply_result::failed_restored);
        REQUIRE(found.errors.size() == 1);
        CHECK(
            found.errors[0].message ==
            fmt::format("'a.service' does not run what was planned: {}", row.said));
        CHECK(render(found.errors[0]).find("hidden") == std::string::npos);
    }
}

TEST_CASE("a credential that cannot be compared is called so, when the plan changes it") {
    struct {
        char const* after;
        char const* why;
    } const table[] = {
        {"LoadCredential=key:/run/folder", "'/run/folder' is no regular file"},
        {"LoadCredential=key:/run/secret", "'/run/secret' cannot be read"},
        {"LoadCredential=key", "it comes from a credential store"},
        {"LoadCredential=key:/run/%n", "its path has a specifier"},
        {"LoadCredentialEncrypted=key:/run/b", "it is encrypted"},
        {"SetCredentialEncrypted=key:AAAA", "it is encrypted"},
        {"ImportCredential=key", "it is imported from a credential store"},
    };
    for (auto const& row : table) {
        CAPTURE(row.after);
        credential_machine m("LoadCredential=key:/run/a", row.after);
        auto const found = m.apply();
        CHECK(found.result == apply_result::done);
        auto const said = fmt::format("credential 'key' is not compared: {}", row.why);
        CHECK(found.units.at(0).proved.show() == "not provable: " + said);
        CHECK(m.now().standing == unit_standing::applied);
        CHECK(m.now().reason == said);
        // What the plan leaves alone is no question of it.
        credential_machine other(
            row.after, std::string(row.after) + "\nLoadCredential=more:/run/b");
        CHECK(other.apply().units.at(0).proved.show() == "proven");
    }
}

TEST_CASE("a credential that only root can see is not compared by others") {
    credential_machine m("LoadCredential=key:/run/a", "LoadCredential=key:/run/b");
    REQUIRE(m.apply().result == apply_result::done);
    m.units.units["a.service"].credentials["key"] = {host::file_kind::unreadable, {}};
    CHECK(m.now().standing == unit_standing::applied);
    CHECK(m.now().reason == "credential 'key' is not compared: it cannot be read");
}

TEST_CASE("where no process sees any credential, that proves nothing") {
    credential_machine m("LoadCredential=key:/run/a", "LoadCredential=key:/run/b");
    m.units.on_start = [](std::string const&, fake_unit& started) { started.credentials.clear(); };
    auto const found = m.apply();
    CHECK(found.result == apply_result::done);
    CHECK(
        found.units.at(0).proved.show() ==
        "not provable: credential 'key' is not compared: its processes have no folder of "
        "credentials");
    // Nor does it stand in the way of another change.
    credential_machine other("LoadCredential=key:/run/a", "LoadCredential=key:/run/a\nNice=5");
    other.units.on_start = m.units.on_start;
    CHECK(other.apply().units.at(0).proved.show() == "proven");
    CHECK(other.now().standing == unit_standing::live);
}

TEST_CASE("a source that has changed since the start: not what the override brought, or named") {
    // The override brings it.
    credential_machine m("LoadCredential=key:/run/a", "LoadCredential=key:/run/b");
    REQUIRE(m.apply().result == apply_result::done);
    m.units.outside["/run/b"].bytes = "newer";
    CHECK(m.now().standing == unit_standing::applied);
    CHECK(m.now().reason == "credential 'key' is not what '/run/b' holds now");
    // The override changes something else.
    credential_machine other("LoadCredential=key:/run/a", "LoadCredential=key:/run/a\nNice=5");
    REQUIRE(other.apply().result == apply_result::done);
    CHECK(other.now().reason.empty());
    other.units.outside["/run/a"].bytes = "newer";
    CHECK(other.now().standing == unit_standing::live);
    CHECK(
        other.now().reason ==
        "credential 'key' is not what '/run/a' holds now: 'systemctl restart a.service' loads it");
    auto const again = other.apply();
    CHECK(again.steps.empty());
    REQUIRE(again.warnings.size() == 1);
    CHECK(
        again.warnings[0] == "'a.service': credential 'key' is not what '/run/a' holds now; "
                             "'systemctl restart a.service' loads it");
}
