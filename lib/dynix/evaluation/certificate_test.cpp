#include "dynix/evaluation/certificate.hpp"

#include "dynix/base/test_folder.hpp"
#include "dynix/test.hpp"

#include <fstream>

using namespace dynix;
using namespace dynix::evaluation;

namespace {

certificate example() {
    certificate out;
    out.key = "0b18";
    out.running = "/nix/store/x-nixos-system";
    out.proved = {"services.bar.threads", "services.bar.\"a.b\""};
    out.unchecked = {"services.bar.threads"};
    out.reaches = {{"services.bar.port", {{"unit", "firewall.service"}, {"etc", "bar.conf"}}}};
    out.warnings = {"old"};
    out.assertions = 350;
    out.search_path = "nixpkgs=/nixpkgs";
    out.made = "2026-11-23T01:33:00Z";
    out.milliseconds = 4200;
    out.peak_kib = 531'000;
    return out;
}

std::string changed(std::string_view from, std::string_view to) {
    auto text = print_certificate(example());
    return text.replace(text.find(from), from.size(), to);
}

} // namespace

TEST_CASE("a certificate is read as it was written") {
    auto const read = read_certificate(print_certificate(example()), "c.json");
    REQUIRE(read);
    CHECK(read->key == "0b18");
    CHECK(read->running == "/nix/store/x-nixos-system");
    CHECK(read->proved == example().proved);
    CHECK(read->unchecked == example().unchecked);
    CHECK(read->reaches == example().reaches);
    CHECK(read->warnings == example().warnings);
    CHECK(read->assertions == 350);
    CHECK(read->search_path == "nixpkgs=/nixpkgs");
    CHECK(read->made == "2026-11-23T01:33:00Z");
    CHECK(read->milliseconds == 4200);
    CHECK(read->peak_kib == 531'000);
}

TEST_CASE("one that is cut short is never half read") {
    auto const text = print_certificate(example());
    for (std::size_t size = 0; size + 2 < text.size(); ++size) {
        CAPTURE(size);
        auto const read = read_certificate(std::string_view(text).substr(0, size), "c.json");
        REQUIRE(!read);
        CHECK(read.error().hint == "'dynix certify' makes another one");
    }
}

TEST_CASE("another version and wrong types are refused with their place") {
    auto const said = [](std::string const& text) {
        auto const read = read_certificate(text, "c.json");
        return read ? std::string("read") : read.error().message;
    };
    CHECK(said(changed("\"version\": 1", "\"version\": 2")) == "c.json has version 2, expected 1");
    CHECK(said(changed("350", "\"many\"")).find("'assertions'") != std::string::npos);
    CHECK(said(changed("\"old\"", "1")).find("warnings") != std::string::npos);
    CHECK(said(changed("\"kind\"", "\"sort\"")).find("reaches") != std::string::npos);
}

TEST_CASE("an option is proved by itself, and by the one that it is a part of") {
    auto const what = example();
    CHECK(is_proved(what, "services.bar.threads"));
    CHECK(is_proved(what, "services.bar.threads.most"));
    CHECK(!is_proved(what, "services.bar.threadsMax"));
    CHECK(!is_proved(what, "services.bar"));
    CHECK(!is_proved(what, "services.bar.port"));
}

TEST_CASE("what is proved, and what is reached, in words") {
    auto const what = example();
    CHECK(words_for(what, "services.bar.threads") == "proved for every value");
    CHECK(
        words_for(what, "services.bar.port") == "reaches '/etc/bar.conf', 'firewall.service' too");
    CHECK(words_for(what, "services.bar.port.x") == words_for(what, "services.bar.port"));
    CHECK(words_for(what, "services.other") == "not tried");
    CHECK(subject({"unit", "*"}) == "which units there are");
    CHECK(subject({"etc", "*"}) == "which /etc files there are");
    CHECK(subject({"packages", "foo"}) == "package 'foo'");
    CHECK(subject({"system", "boot.kernelParams"}) == "'boot.kernelParams'");
    CHECK(subject({"system", "toplevel"}) == "another part of the system");
}

TEST_CASE("the key is another one for everything that a certificate holds for") {
    binding what;
    what.running = "/nix/store/x";
    what.nix = "nix 1";
    what.search_path = "nixpkgs=/nixpkgs";
    what.record.dynamic_file = "/etc/nixos/dynamic.nix";
    what.record.source.kind = plan::source_kind::file;
    what.record.source.file = "/etc/nixos/system.nix";
    auto const key = key_of(what, "files");
    CHECK(key == key_of(what, "files"));
    CHECK(key != key_of(what, "other files"));
    auto const differs = [&](auto change) {
        auto other = what;
        change(other);
        return key_of(other, "files") != key;
    };
    CHECK(differs([](binding& it) { it.running = "/nix/store/y"; }));
    CHECK(differs([](binding& it) { it.nix = "nix 2"; }));
    CHECK(differs([](binding& it) { it.search_path.clear(); }));
    CHECK(differs([](binding& it) { it.record.dynamic_file = "/other.nix"; }));
    CHECK(differs([](binding& it) { it.record.source.file = "/other.nix"; }));
    CHECK(differs([](binding& it) { it.record.source.attribute = {"host"}; }));
    CHECK(differs([](binding& it) { it.record.source.kind = plan::source_kind::configuration; }));
}

TEST_CASE("another program is another identity") {
    test_folder const folder;
    auto const path = folder.path("nix");
    std::ofstream(path) << "one";
    auto const before = identity_of(path);
    REQUIRE(before);
    CHECK(*identity_of(path) == *before);
    std::filesystem::remove(path);
    std::ofstream(path) << "another";
    CHECK(*identity_of(path) != *before);
    CHECK(!identity_of(folder.path("none")));
}
