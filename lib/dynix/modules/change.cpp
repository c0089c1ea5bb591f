#include "dynix/modules/change.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>

namespace dynix::modules {
namespace {

constexpr auto another_runs = "the system that runs is not the one that runtime-module activated: "
                              "perhaps a specialisation of it";

// What the running system has otherwise than the base. Its extension may be gone: nobody needs it
// but for this.
std::vector<base_difference>
running_differences(running_system const& now, surroundings const& host, prepared_change& into) {
    if (now.record.enabled.empty())
        return {};
    if (now.recorded && !now.recorded->extension.empty()) {
        auto const read = read_extension(now.recorded->extension, host.files);
        if (read && read->system == now.system)
            return read->differences;
    }
    into.warnings.push_back(fmt::format(
        "{}, so what differs is shown as from the base",
        now.is_another() ? another_runs : "no record of the system that runs can be read"));
    return {};
}

std::vector<std::string> what_waits_for_boot(std::vector<difference> const& differences) {
    std::vector<std::string> out;
    for (auto const& one : differences)
        if (one.kind == boot_kind)
            out.push_back(one.name);
    return out;
}

// What the next change will read. The evaluation has compared what the option says (extension.nix);
// what a module has put in the place of the file, only the file tells.
result<void> check_record(
    std::string const& system, std::vector<std::string> const& enabled, running_system const& now,
    surroundings const& host) {
    auto const file = module_record_file(system);
    auto changed = make_error(
        fmt::format(
            "a runtime module changes '{}', which says what is on", file.substr(system.size())),
        "correct the module; nothing was changed");
    auto const text = host.files.read(file);
    if (!text)
        return text.error();
    if (!*text)
        return changed;
    auto const record = read_module_record(**text, file);
    if (!record) {
        changed.notes.push_back({record.error().message, {}});
        return changed;
    }
    if (record->enabled != enabled || record->base != now.base())
        return changed;
    return {};
}

result<void> build(
    running_system const& now, change_options options, surroundings const& host,
    prepared_change& into) {
    into.extension = std::move(options.built);
    if (into.extension.empty()) {
        options.build.enabled = into.what.wanted;
        options.build.out_link = options.keep ? host.where.modules_pending() : "";
        auto path = build_extension(now, options.build, host.programs);
        if (!path)
            return path.error();
        into.extension = std::move(*path);
    }
    auto const built = read_extension(into.extension, host.files);
    if (!built)
        return built.error();
    if (auto const refused = refusal(*built, now))
        return *refused;
    if (built->enabled != into.what.wanted)
        return make_error(
            fmt::format("'{}' is a system with other modules", into.extension),
            "run the command again");
    if (auto good = check_record(built->system, built->enabled, now, host); !good)
        return good;
    into.system = built->system;
    into.warnings.insert(into.warnings.end(), built->warnings.begin(), built->warnings.end());
    into.differences = differences(running_differences(now, host, into), built->differences);
    if (auto const waits = what_waits_for_boot(into.differences); !waits.empty())
        into.warnings.push_back(fmt::format(
            "what changes at boot stays as the base has it, since a reboot returns to the base: {}",
            fmt::join(waits, ", ")));
    return {};
}

} // namespace

bool needs_activation(running_system const& now, resolution const& what, bool force) {
    return what.changes() || force || now.interrupted;
}

result<prepared_change> prepare(
    running_system const& now, resolution what, change_options options, surroundings const& host) {
    if (options.keep && !what.forced && now.is_another())
        return make_error(another_runs, "'--force' leaves it: units that only it has are stopped");
    prepared_change out;
    out.what = std::move(what);
    if (out.what.wanted.empty()) {
        out.system = now.base();
        out.differences = differences(running_differences(now, host, out), {});
        return out;
    }
    if (auto built = build(now, std::move(options), host, out); !built)
        return built.error();
    return out;
}

} // namespace dynix::modules
