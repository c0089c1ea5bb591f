// The examples of files in FORMATS.md are read as dynix reads the real ones, and what its tables
// call optional is what may be missing.
#include "dynix/activation/record/confirmation.hpp"
#include "dynix/activation/record/state.hpp"
#include "dynix/base/file.hpp"
#include "dynix/base/json.hpp"
#include "dynix/evaluation/certificate.hpp"
#include "dynix/modules/record.hpp"
#include "dynix/modules/state.hpp"
#include "dynix/options/schema.hpp"
#include "dynix/plan/plan.hpp"
#include "dynix/plan/system_record.hpp"
#include "dynix/test.hpp"

using namespace dynix;

namespace {

std::string page() {
    auto const text = read_file(DYNIX_SOURCES "/FORMATS.md");
    REQUIRE(text);
    return *text;
}

// The part of the page from `begin` to the next `end`.
std::string part(std::string const& begin, std::string const& end) {
    auto const text = page();
    auto const from = text.find(begin);
    REQUIRE(from != std::string::npos);
    auto const to = text.find(end, from + begin.size());
    REQUIRE(to != std::string::npos);
    return text.substr(from + begin.size(), to - from - begin.size());
}

std::string example(std::string const& name) {
    return part("\n```json " + name + "\n", "```\n");
}

// Whether the table of a file says that a member may be missing.
bool is_optional(std::string const& file, std::string const& member) {
    auto const section = part("\n### " + file + "\n", "\n### ");
    for (auto const* end : {"`", ".", "["})
        if (auto const row = section.find("`" + member + end); row != std::string::npos)
            return section.substr(row, section.find('\n', row) - row).find("optional") !=
                   std::string::npos;
    FAIL("no row for " << member);
    return false;
}

std::string error_of(std::string const& file, std::string const& text) {
    auto const said = [](auto const& read) { return read ? std::string() : read.error().message; };
    if (file == "plan.json")
        return said(plan::read_plan(text, file));
    if (file == "/run/dynix/state.json")
        return said(activation::parse_state(text, file));
    if (file == "/var/lib/dynix/confirmation.json")
        return said(activation::parse_confirmation(text, file));
    if (file == "/etc/dynix/modules.json")
        return said(modules::read_module_record(text, file));
    if (file == "/run/runtime-modules/state.json")
        return said(modules::parse_state(text, file));
    if (file == "/etc/dynix/system.json")
        return said(plan::read_system_record(text, file));
    if (file == "/var/cache/dynix/NAME.json")
        return said(evaluation::read_certificate(text, file));
    return said(options::schema::read(text, file));
}

} // namespace

TEST_CASE("the examples of files are read, of this version and no other") {
    for (std::string const file :
         {"plan.json", "/run/dynix/state.json", "/etc/dynix/system.json", "/etc/dynix/options.json",
          "/etc/dynix/modules.json", "/run/runtime-modules/state.json",
          "/var/cache/dynix/NAME.json", "/var/lib/dynix/confirmation.json"}) {
        CAPTURE(file);
        auto text = example(file);
        CHECK(error_of(file, text) == "");
        std::string const version = "\"version\": 1";
        auto const at = text.find(version);
        REQUIRE(at != std::string::npos);
        CHECK(error_of(file, text.replace(at, version.size(), "\"version\": 2")) != "");
    }
}

TEST_CASE("a member may be missing where the table says so, and an unknown one is passed over") {
    for (std::string const file :
         {"plan.json", "/run/dynix/state.json", "/etc/dynix/system.json", "/etc/dynix/modules.json",
          "/run/runtime-modules/state.json", "/var/cache/dynix/NAME.json",
          "/var/lib/dynix/confirmation.json"}) {
        auto const record = json::parse_record(example(file), file);
        REQUIRE(record);
        for (auto const& [name, value] : *record) {
            std::string const member(name);
            CAPTURE(file);
            CAPTURE(member);
            auto without = *record;
            without.erase(name);
            CHECK(error_of(file, json::print(without)).empty() == is_optional(file, member));
        }
        auto more = *record;
        more["later"] = 1;
        CHECK(error_of(file, json::print(more)) == "");
    }
}

TEST_CASE("a state is written with the members of the example") {
    auto const same = [](std::string const& written, std::string const& file) {
        return *json::parse_record(written, file) == *json::parse_record(example(file), file);
    };
    std::string const of_dynix = "/run/dynix/state.json";
    auto const state = activation::parse_state(example(of_dynix), of_dynix);
    REQUIRE(state);
    CHECK(same(activation::print_state(*state), of_dynix));
    std::string const waiting = "/var/lib/dynix/confirmation.json";
    auto const confirmation = activation::parse_confirmation(example(waiting), waiting);
    REQUIRE(confirmation);
    CHECK(same(activation::print_confirmation(*confirmation), waiting));
    std::string const of_modules = "/run/runtime-modules/state.json";
    std::string const certificate = "/var/cache/dynix/NAME.json";
    auto const proved = evaluation::read_certificate(example(certificate), certificate);
    REQUIRE(proved);
    CHECK(same(evaluation::print_certificate(*proved), certificate));
    auto const other = modules::parse_state(example(of_modules), of_modules);
    REQUIRE(other);
    CHECK(same(modules::print_state(*other), of_modules));
}
