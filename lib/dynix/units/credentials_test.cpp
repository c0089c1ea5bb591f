#include "dynix/units/credentials.hpp"

#include "dynix/test.hpp"

#include <map>

using namespace dynix;
using namespace dynix::units;

namespace {

using credentials = std::map<std::string, credential>;

credentials of(std::string const& lines) {
    auto const unit = parse_unit("[Service]\n" + lines, "a.service");
    REQUIRE(unit);
    credentials found;
    for (auto const& one : planned_credentials(*unit))
        found.emplace(one.name, one);
    return found;
}

} // namespace

TEST_CASE("a credential is a file, a text, or one that only systemd knows") {
    auto const found = of("LoadCredential=a:/run/a:b\n"
                          "LoadCredential=b\n"
                          "LoadCredential=c:relative\n"
                          "LoadCredential=d:/run/%n\n"
                          "LoadCredential=e%i:/run/e\n"
                          "LoadCredential=f%%:/run/100%%\n"
                          "LoadCredentialEncrypted=g:/run/g\n"
                          "SetCredential=h:x:y\\nz%n\n"
                          "SetCredential=i:\\x00\\101\\s\\\\\n"
                          "SetCredential=j:\\q\n"
                          "SetCredentialEncrypted=k:AAAA\n"
                          "ImportCredential=l.*\n");
    CHECK(found.at("a").path == "/run/a:b");
    CHECK(found.at("b").unknown == "it comes from a credential store");
    CHECK(found.at("c").unknown == "it comes from a credential store");
    CHECK(found.at("d").unknown == "its path has a specifier");
    CHECK(found.at("e%i").unknown == "its name has a specifier");
    CHECK(found.at("f%").path == "/run/100%");
    CHECK(found.at("g").unknown == "it is encrypted");
    CHECK(found.at("h").text == "x:y\nz%n");
    CHECK(found.at("i").text == std::string("\0A \\", 4));
    CHECK_FALSE(found.contains("j")); // systemd ignores it
    CHECK(found.at("k").unknown == "it is encrypted");
    CHECK(found.at("l.*").unknown == "it is imported from a credential store");
    for (auto const* const name : {"a", "f%", "h", "i"})
        CHECK(found.at(name).unknown.empty());
}

TEST_CASE("of one name the last counts, a file goes before a text, and nothing clears a kind") {
    struct {
        char const* lines;
        char const* path;
        char const* text;
    } const table[] = {
        {"LoadCredential=a:/x\nLoadCredential=a:/y\n", "/y", nullptr},
        {"SetCredential=a:x\nSetCredential=a:y\n", nullptr, "y"},
        {"LoadCredential=a:/x\nSetCredential=a:y\n", "/x", "y"},
        {"LoadCredential=a:/x\nLoadCredentialEncrypted=\nSetCredential=a:y\n", nullptr, "y"},
        {"SetCredential=a:x\nSetCredential=\nLoadCredential=a:/x\n", "/x", nullptr},
    };
    for (auto const& row : table) {
        CAPTURE(row.lines);
        auto const found = of(row.lines).at("a");
        CHECK(found.path == (row.path ? std::optional<std::string>(row.path) : std::nullopt));
        CHECK(found.text == (row.text ? std::optional<std::string>(row.text) : std::nullopt));
    }
}
