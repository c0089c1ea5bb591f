#include "dynix/units/directives.hpp"

#include "dynix/test.hpp"

using namespace dynix::units;

TEST_CASE("directives are found by section and whole name") {
    struct {
        std::string_view section;
        std::string_view key;
        directive_kind kind;
    } const table[] = {
        {"Service", "ExecStart", directive_kind::list},
        {"Service", "Environment", directive_kind::list},
        {"Socket", "Environment", directive_kind::list},
        {"Service", "Restart", directive_kind::scalar},
        {"Unit", "After", directive_kind::additive},
        {"Unit", "Requires", directive_kind::fixed},
        {"Unit", "X-Restart-Triggers", directive_kind::list},
        {"Unit", "X-Reload-Triggers", directive_kind::list},
        {"Unit", "X-StopIfChanged", directive_kind::ignored},
        {"X-Anything", "A", directive_kind::ignored},
        {"Install", "WantedBy", directive_kind::fixed},
        {"Unit", "ConditionPathExists", directive_kind::list},
        {"Socket", "ListenStream", directive_kind::list},
        {"Timer", "OnCalendar", directive_kind::list},
        {"Path", "PathExists", directive_kind::list},
    };
    for (auto const& [section, key, kind] : table) {
        auto const& this_key = key; // clang 14 captures no structured binding
        CAPTURE(this_key);
        auto const* found = find_directive(section, key);
        REQUIRE(found);
        CHECK(found->kind == kind);
    }
}

TEST_CASE("what is not in the table is not guessed") {
    for (auto const& [section, key] :
         std::initializer_list<std::pair<std::string_view, std::string_view>>{
             {"Service", "Exec"},
             {"Service", "Start"},
             {"Service", ""},
             {"Service", "ExecStart ExecReload"},
             {"Service", "ListenStream"},
             {"Timer", "ExecStart"},
             {"Mount", "What"},
             {"service", "ExecStart"},
             {"", "ExecStart"}}) {
        auto const& this_key = key; // clang 14 captures no structured binding
        CAPTURE(this_key);
        CHECK(find_directive(section, key) == nullptr);
    }
}
