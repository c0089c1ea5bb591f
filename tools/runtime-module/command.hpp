// What every command of runtime-module is made of.
#pragma once

#include "dynix/base/exit_code.hpp"
#include "dynix/modules/resolution.hpp"
#include "dynix/modules/running.hpp"
#include "this_machine.hpp"

#include <CLI/CLI.hpp>
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

} // namespace dynix::tool
