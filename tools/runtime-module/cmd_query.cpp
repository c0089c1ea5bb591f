// runtime-module list and status: what can be turned on, and what is.
#include "command.hpp"
#include "dynix/modules/closure.hpp"
#include "dynix/modules/extension.hpp"
#include "output.hpp"
#include "shared/progress_line.hpp"
#include "shared/report.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <optional>

namespace dynix::tool {
namespace {

using modules::running_system;

void tell(running_system const& now) {
    for (auto const& one : notes_on(now))
        note_line(one);
}

// What a module and all that it requires add to the base.
result<std::uint64_t> size_of(
    modules::runtime_module const& module, running_system const& now,
    modules::surroundings const& host, modules::extension_options options) {
    auto base = now;
    base.record.enabled.clear();
    auto const what = modules::resolve(base.record, modules::verb::enable, {module.name}, false);
    if (!what)
        return what.error();
    options.enabled = what->wanted;
    auto const path = modules::build_extension(now, options, host.programs);
    if (!path)
        return path.error();
    auto const built = modules::read_extension(*path, host.files);
    if (!built)
        return built.error();
    if (auto const refused = modules::refusal(*built, now))
        return *refused;
    return modules::added_size(built->system, now.base(), host.programs);
}

struct sizes {
    std::map<std::string, std::uint64_t> bytes{};
    std::vector<error> errors{};
};

// Each build is a phase, with its module's name.
sizes sizes_of(
    running_system const& now, modules::surroundings const& host, arguments const& given) {
    sizes out;
    progress_line line(given.json);
    modules::extension_options options;
    options.heap_bytes = heap_for_nix();
    options.lines_are_shown = given.verbose;
    options.on_line = [&](std::string_view said) {
        given.verbose ? line.pass_on(said) : line.detail(said);
    };
    for (auto const& module : now.record.modules) {
        auto const begun = std::chrono::steady_clock::now();
        line.begin(module.name);
        auto const size = size_of(module, now, host, options);
        line.end(std::chrono::duration_cast<host::milliseconds>(
            std::chrono::steady_clock::now() - begun));
        if (size) {
            out.bytes[module.name] = *size;
            continue;
        }
        auto failed = size.error();
        failed.message = fmt::format("the size of '{}': {}", module.name, failed.message);
        out.errors.push_back(std::move(failed));
    }
    return out;
}

std::string remarks_on(modules::runtime_module const& module, sizes const& of) {
    std::vector<std::string> remarks;
    if (!module.requires_modules.empty())
        remarks.push_back(fmt::format("requires {}", fmt::join(module.requires_modules, ", ")));
    if (!module.conflicts.empty())
        remarks.push_back(fmt::format("conflicts with {}", fmt::join(module.conflicts, ", ")));
    if (auto const size = of.bytes.find(module.name); size != of.bytes.end())
        remarks.push_back("+" + modules::size_text(size->second));
    return remarks.empty() ? "" : fmt::format("({})", fmt::join(remarks, "; "));
}

std::string list_text(running_system const& now, sizes const& of) {
    if (now.record.modules.empty())
        return "No module is declared in services.runtimeModules.modules.\n";
    std::size_t width = 0;
    for (auto const& one : now.record.modules)
        width = std::max(width, one.name.size());
    std::string out = "Available modules:\n";
    for (auto const& one : now.record.modules) {
        auto line = fmt::format(
            "  [{}] {:<{}}  {}", now.record.is_enabled(one.name) ? "✓" : " ", one.name, width,
            in_one_line(one.description));
        if (auto const remarks = remarks_on(one, of); !remarks.empty())
            line += (one.description.empty() ? "" : "  ") + remarks;
        line.resize(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    }
    return out;
}

boost::json::object about(running_system const& now) {
    return {
        {"system", now.system},
        {"base", now.base()},
        {"interrupted", now.interrupted},
        {"switchedOff", list_of(now.switched_off)},
        {"warnings", list_of(now.warnings)}};
}

exit_code list(arguments const& given) {
    this_machine machine(given.root);
    auto const host = machine.view();
    auto const now = modules::read_running(host);
    if (!now)
        return report(now.error(), given.json, exit_code::refused);
    auto const of = given.size ? sizes_of(*now, host, given) : sizes();
    if (given.json) {
        boost::json::array all;
        for (auto const& one : now->record.modules) {
            auto record = record_of(one, *now);
            if (given.size) {
                auto const size = of.bytes.find(one.name);
                auto& added = record["addedBytes"];
                if (size != of.bytes.end())
                    added = size->second;
            }
            all.push_back(std::move(record));
        }
        auto record = about(*now);
        record["modules"] = std::move(all);
        if (given.size)
            record["errors"] = to_json(of.errors);
        print(json::print(record));
    } else {
        print(list_text(*now, of));
    }
    for (auto const& one : of.errors)
        static_cast<void>(report(one, false, exit_code::refused));
    tell(*now);
    return of.errors.empty() ? exit_code::done : exit_code::refused;
}

exit_code status(arguments const& given) {
    this_machine machine(given.root);
    auto const now = modules::read_running(machine.view());
    if (!now)
        return report(now.error(), given.json, exit_code::refused);
    if (auto const unknown = modules::unknown_names(now->record, given.names))
        return report(*unknown, given.json, exit_code::unknown_name);
    bool all_enabled = true;
    boost::json::array records;
    std::string text;
    for (auto const& name : given.names) {
        bool const enabled = now->record.is_enabled(name);
        all_enabled = all_enabled && enabled;
        text += enabled ? "enabled\n" : "disabled\n";
        records.push_back(record_of(*now->record.find(name), *now));
    }
    if (given.names.empty())
        for (auto const& name : now->record.enabled) {
            text += name + "\n";
            records.push_back(record_of(*now->record.find(name), *now));
        }
    if (given.json) {
        auto record = about(*now);
        record["modules"] = std::move(records);
        record["allEnabled"] = all_enabled;
        print(json::print(record));
    } else {
        print(text);
    }
    tell(*now);
    return all_enabled && !now->interrupted ? exit_code::done : exit_code::refused;
}

} // namespace

void add_queries(CLI::App& app, arguments& given, exit_code& code) {
    auto* all = app.add_subcommand("list", "List the modules that can be turned on");
    all->add_flag("--size", given.size, "Build each module, and show what it adds to the store");
    all->callback([&] { code = list(given); });
    auto* some =
        app.add_subcommand("status", "Show whether modules are on; exit 0 only if all of them are");
    some->add_option("NAME", given.names, "Names of modules; none: those that are on are named");
    some->callback([&] { code = status(given); });
}

} // namespace dynix::tool
