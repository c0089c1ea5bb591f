// What every command of runtime-module is made of.
#pragma once

#include "dynix/base/exit_code.hpp"
#include "dynix/host/clock.hpp"
#include "dynix/host/runtime_files.hpp"
#include "dynix/modules/resolution.hpp"
#include "dynix/modules/running.hpp"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace dynix::tool {

// The command line, without the command.
struct arguments {
    std::string program{}; // as it was called
    std::vector<std::string> names{};
    bool json = false;
    bool force = false;
    bool dry_run = false;
    bool verbose = false;
    bool size = false;
    unsigned wait = 60; // seconds, for each lock
    // For the process that is root, of one that is not: the extension that this one has built.
    bool elevated = false;
    std::string built{};
    std::string root{};              // of another system, for tests
    std::vector<std::string> line{}; // for complete: the words so far
};

// Each adds its commands to `app`; the one that is called runs and sets `code`.
void add_queries(CLI::App& app, arguments& given, exit_code& code);
void add_changes(CLI::App& app, arguments& given, exit_code& code);
void add_complete(CLI::App& app, arguments& given, exit_code& code);

// The heap that Nix is to begin with here; 0 where that is left to Nix, or said by the environment.
std::uint64_t heap_for_nix();

// This machine, as lib/dynix/modules wants to see it.
class this_machine {
  public:
    explicit this_machine(std::string const& root);

    modules::surroundings view();

  private:
    host::paths where_;
    std::unique_ptr<process::runner> programs_;
    host::real_files files_;
    host::system_clock time_;
};

} // namespace dynix::tool
