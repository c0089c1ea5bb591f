// A machine in a folder whose plans a fake Nix builds, without and with a certificate.
#pragma once

#include "dynix/evaluation/certify.hpp"
#include "dynix/host/fake_clock.hpp"
#include "dynix/process/fake_runner.hpp"
#include "dynix/session/build.hpp"
#include "dynix/session/certificates.hpp"
#include "dynix/session/test_system.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace dynix::session {

using words = std::vector<std::string>;

// A machine in a folder, and a Nix that prints `said` and builds /nix/store/x-activate.
struct test_machine {
    explicit test_machine(std::string const& entries = {}, std::string said = {}) : host(entries) {
        std::filesystem::permissions(
            host.folder.path(""), std::filesystem::perms(0755)); // others may read what is in it
        std::ofstream(host.folder.path("system.json"))
            << R"({"version": 1, "units": {}, "services": {}, "dynamicFile": ")" << host.file
            << R"(", "source": {"kind": "file", "file": "/etc/nixos/system.nix", "attribute": []}})";
        process::outcome ended;
        ended.out = "/nix/store/x-activate\n";
        ended.err = std::move(said);
        nix.answers.emplace_back(std::move(ended));
        where.root = host.folder.path("root");
        request.system = host.folder.path("system.json");
        request.on_progress = [this](build_progress const& what) {
            seen.push_back(
                std::string(to_string(what.stage)) + (what.begins ? " begins" : " ended"));
        };
    }

    result<built_plan> build() { return session::build(request, {nix, time, where}); }

    // The value of --argstr NAME.
    std::string given(std::string const& name) const {
        auto const& args = nix.calls.at(0).args;
        auto const found = std::find(args.begin(), args.end(), name);
        return found == args.end() || found + 1 == args.end() ? "(none)" : *(found + 1);
    }

    test_files host;
    process::fake_runner nix{};
    host::fake_clock time{std::chrono::seconds(1)}; // whenever it is looked at
    host::paths where{};
    build_request request{};
    std::vector<std::string> seen{};
};

// One whose system has a certificate with slices.
struct certified_machine : test_machine {
    explicit certified_machine(std::string slices = "{}") {
        auto const& folder = host.folder;
        for (auto const* name : {"bin", "conf", "system", "root/run", "root/var/cache"})
            std::filesystem::create_directories(folder.path(name));
        for (auto const* program : {"bin/nix-build", "bin/nix-instantiate"}) {
            std::ofstream(folder.path(program)) << "#!/bin/sh\n";
            std::filesystem::permissions(folder.path(program), std::filesystem::perms(0755));
        }
        setenv("PATH", folder.path("bin").c_str(), 1);
        std::ofstream(folder.path("conf/system.nix")) << "{ }";
        std::ofstream(folder.path("system.json"))
            << R"({"version": 1, "units": {}, "services": {}, "dynamicFile": ")" << host.file
            << R"(", "source": {"kind": "file", "file": ")" << folder.path("conf/system.nix")
            << R"(", "attribute": []}})";
        std::filesystem::create_symlink(folder.path("system"), where.root + "/run/current-system");
        auto const record = read_system(request.system);
        REQUIRE(record);
        auto const what = binding_of(*record, where, nix);
        REQUIRE(what);
        auto key = evaluation::current_key(*what);
        REQUIRE(key);
        made.key = *key;
        made.running = what->running;
        made.search_path = what->search_path;
        evaluation::store const store{where.root};
        REQUIRE(evaluation::save_slices(store, made, {std::move(slices), {}}));
        file = store.slices_of(made.running);
        request.on_note = [this](std::string_view what_is) { notes.emplace_back(what_is); };
    }
    ~certified_machine() { setenv("PATH", path.c_str(), 1); }
    certified_machine(certified_machine const&) = delete;
    certified_machine& operator=(certified_machine const&) = delete;

    bool has(std::size_t call, std::string const& word) const {
        auto const& args = nix.calls.at(call).args;
        return std::find(args.begin(), args.end(), word) != args.end();
    }
    void ends_first(std::string said) {
        process::outcome ended;
        ended.exit_code = 1;
        ended.err = std::move(said);
        nix.answers.emplace_front(std::move(ended));
    }

    std::string path = std::getenv("PATH");
    evaluation::certificate made{};
    std::string file{};
    words notes{};
};

} // namespace dynix::session
