#include "dynix/evaluation/certify.hpp"
#include "dynix/evaluation/test_configuration.hpp"
#include "dynix/process/fake_runner.hpp"
#include "dynix/test.hpp"

#include <filesystem>

using namespace dynix;
using namespace dynix::evaluation;

namespace {

namespace fs = std::filesystem;

// A configuration whose folder is named by a link, with a certificate of no option.
struct linked {
    test_folder folder{};
    certify_request request{};

    linked() {
        write(
            path("persist/nixos/system.nix"),
            "{ config.dynamicism.certificate.screen = import ./parts.nix; }");
        write(path("persist/nixos/parts.nix"), "import <more>");
        write(path("srv/more/default.nix"), "[ ]");
        fs::create_directory_symlink("persist", path("etc"));
        fs::create_directory_symlink("srv/more", path("more"));
        // Which lead to nothing that may be read.
        fs::create_directory_symlink("/nix", path("persist/nixos/result"));
        fs::create_symlink(path("dynamic.nix"), path("persist/nixos/dynamic.nix"));
        request.quiet = std::chrono::milliseconds(0);
        request.what.search_path = "more=" + path("more");
        request.what.record.dynamic_file = path("etc/nixos/dynamic.nix");
        request.what.record.source.kind = plan::source_kind::file;
        request.what.record.source.file = path("etc/nixos/system.nix");
    }

    std::string path(std::string const& name) const {
        return fs::canonical(folder.path(".")).string() + "/" + name;
    }

    // What is wrong with it.
    std::string error() const {
        auto const nix = process::make_runner();
        auto const made = certify(request, *nix);
        return made ? std::string() : render(made.error());
    }
};

result<certificate> made_by_fake(certify_request const& request) {
    process::fake_runner nix;
    process::outcome answer;
    answer.out = "[]";
    nix.answers.push_back(answer);
    return certify(request, nix);
}

} // namespace

TEST_CASE("Nix reads a configuration by the links that name it, and no more by those beside it") {
    if (!process::find_program("nix-instantiate")) {
        MESSAGE("skipped: there is no Nix");
        return;
    }
    linked host;
    SUBCASE("of its folder") {
        CHECK(host.error().empty());
    }
    SUBCASE("of its file") {
        fs::create_symlink("etc/nixos/system.nix", host.path("main.nix"));
        host.request.what.record.source.file = host.path("main.nix");
        CHECK(host.error().empty());
    }
    SUBCASE("of what else the record names") {
        fs::create_directory_symlink("srv/more", host.path("named"));
        write(host.path("persist/nixos/parts.nix"), "import " + host.path("named"));
        CHECK(host.error().find("forbidden") != std::string::npos);
        host.request.what.record.more_roots = {host.path("named")};
        CHECK(host.error().empty());
    }
    SUBCASE("but nothing else") {
        write(host.path("persist/other.nix"), "[ ]");
        write(host.path("persist/nixos/parts.nix"), "import ../other.nix");
        CHECK(host.error().find("forbidden") != std::string::npos);
    }
    SUBCASE("nor the dynamic file") {
        write(host.path("dynamic.nix"), "[ ]");
        write(host.path("persist/nixos/parts.nix"), "import ./dynamic.nix");
        CHECK(host.error().find("forbidden") != std::string::npos);
    }
}

TEST_CASE("a certificate holds as long as the links lead to the same files") {
    linked host;
    auto& what = host.request.what;
    fs::create_directories(host.path("a"));
    fs::create_directories(host.path("b"));
    fs::create_directory_symlink("a", host.path("one"));
    fs::create_directory_symlink("b", host.path("other"));
    what.record.more_roots = {host.path("one"), host.path("other")};
    auto const exchange = [&] {
        fs::rename(host.path("one"), host.path("x"));
        fs::rename(host.path("other"), host.path("one"));
        fs::rename(host.path("x"), host.path("other"));
    };
    auto const made = made_by_fake(host.request);
    REQUIRE(made);
    CHECK(made->key == *current_key(what));
    exchange();
    CHECK(made->key != *current_key(what));
    exchange();
    CHECK(made->key == *current_key(what));
    // And while Nix reads them they are the same links.
    host.request.on_step = [&](std::string_view) {
        exchange();
        exchange();
    };
    auto const meanwhile = made_by_fake(host.request);
    REQUIRE(!meanwhile);
    CHECK(meanwhile.error().message.find("changed while") != std::string::npos);
}
