#include "dynix/plan/evaluation.hpp"

#include "dynix/base/test_folder.hpp"
#include "dynix/process/runner.hpp"
#include "dynix/test.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>

using namespace dynix;
using namespace dynix::plan;

namespace {

namespace fs = std::filesystem;

// A channel, as it is found: by two links, of which the first says another name beside it.
struct channel : test_folder {
    channel() {
        fs::create_directories(path("store/nixos"));
        std::ofstream(path("store/nixos/default.nix")) << "\"read\"";
        fs::create_directory_symlink("channels-1-link", path("channels"));
        fs::create_directory_symlink(path("store"), path("channels-1-link"));
    }
};

// The paths that the command says may be read.
std::vector<std::string> read_by(process::command const& command) {
    std::vector<std::string> out;
    for (auto const& word : command.args)
        if (word.starts_with("dynix-root-"))
            out.push_back(word.substr(word.find('=') + 1));
    return out;
}

} // namespace

TEST_CASE("what links lead to may be read before the names by which it is reached") {
    channel const at;
    process::command command;
    restrict_to(command, {at.path("channels/nixos"), "/is/not/there", at.path("store")}, "");
    CHECK(
        read_by(command) == std::vector{
                                std::string("/is/not/there"), at.path("store"),
                                at.path("channels-1-link/nixos"), at.path("channels/nixos")});
}

TEST_CASE("so may the names by which the search path is reached") {
    channel const at;
    process::command command;
    auto const search_path = fmt::format("nixpkgs={}:https://a/b", at.path("channels/nixos"));
    restrict_to(command, {at.path("store")}, search_path);
    CHECK(
        read_by(command) ==
        std::vector{at.path("store"), at.path("channels-1-link/nixos"), at.path("channels/nixos")});
}

TEST_CASE("a link that leads to what may not be read is none that Nix has to follow") {
    channel const at;
    fs::create_directory_symlink("elsewhere", at.path("result"));
    process::command command;
    restrict_to(command, {at.path("result"), at.path("channels"), at.path("store/nixos")}, "");
    CHECK(
        read_by(command) ==
        std::vector{at.path("store/nixos"), at.path("channels-1-link"), at.path("channels")});
}

TEST_CASE("a path has a name before each of its links, and none behind the last one") {
    channel const at;
    auto const found = links_of(at.path("channels/nixos"));
    CHECK(found.links == std::vector{at.path("channels"), at.path("channels-1-link")});
    CHECK(found.names == std::vector{at.path("channels/nixos"), at.path("channels-1-link/nixos")});
    CHECK(found.leads_to == at.path("store/nixos"));
    CHECK(links_of("/is/not/there").names.empty());
    CHECK(links_of("/is/not/there").leads_to == "/is/not/there");
}

TEST_CASE("links that lead to each other have an end") {
    channel const at;
    fs::create_symlink("b", at.path("a"));
    fs::create_symlink("a", at.path("b"));
    process::command command;
    restrict_to(command, {at.path("a"), at.path("store")}, "");
    CHECK(read_by(command) == std::vector{at.path("store")});
}

TEST_CASE("Nix reads by links what it may read, and nothing else") {
    if (!process::find_program("nix-instantiate")) {
        MESSAGE("skipped: there is no Nix");
        return;
    }
    channel const at;
    auto const runs = [&](std::vector<std::string> const& readable) {
        auto command = json_evaluator();
        auto const search_path = fmt::format("nixpkgs={}", at.path("channels/nixos"));
        restrict_to(command, readable, search_path);
        command.environment["NIX_PATH"] = search_path;
        command.args.insert(
            command.args.end(),
            {"--expr",
             fmt::format("[ (import {}) (import <nixpkgs>) ]", at.path("channels/nixos"))});
        auto const ended = process::make_runner()->run(command);
        REQUIRE(ended);
        return ended->success() && ended->out.starts_with(R"(["read","read"])");
    };
    CHECK(runs({at.path("channels/nixos"), at.path("store")}));
    CHECK_FALSE(runs({at.path("channels/nixos"), at.path("channels")}));
}

TEST_CASE("what Nix says begins as it says it, whatever the environment wants of its lines") {
    if (!process::find_program("nix-instantiate")) {
        MESSAGE("skipped: there is no Nix");
        return;
    }
    for (auto const* const name : {"IN_SYSTEMD", "FORCE_COLOR", "CLICOLOR_FORCE"})
        ::setenv(name, "1", 1);
    auto command = json_evaluator();
    command.args.insert(command.args.end(), {"--expr", R"(builtins.trace "said" 1)"});
    std::vector<std::string> lines;
    command.on_err_line = [&](std::string_view line) { lines.emplace_back(line); };
    auto const ended = process::make_runner()->run(command);
    for (auto const* const name : {"IN_SYSTEMD", "FORCE_COLOR", "CLICOLOR_FORCE"})
        ::unsetenv(name);
    REQUIRE(ended);
    CHECK(ended->success());
    CHECK(std::ranges::count(lines, "trace: said") == 1);
}
