#include "dynix/activation/preflight/unit_layers.hpp"

#include <fmt/format.h>
#include <utility>

namespace dynix::activation {
namespace {

std::string_view file_name(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

} // namespace

result<layered_unit> read_layers(
    host::unit_status const& status, std::string_view static_text, std::string_view dynamic_text,
    host::machine& host) {
    auto const ours = host.where.drop_in(status.name);
    auto const units = host.where.static_units() + '/';
    if (!status.fragment_path.starts_with(units))
        return make_error(
            fmt::format(
                "the unit file of '{}' is '{}', not one of NixOS's under '{}'", status.name,
                status.fragment_path, host.where.static_units()),
            "stop or remove what replaces the unit ('systemctl revert', a transient unit)");
    layered_unit found;
    auto planned_static = units::parse_unit(static_text, "the plan's static " + status.name);
    if (!planned_static)
        return planned_static.error();
    auto planned_dynamic = units::parse_unit(dynamic_text, "the plan's dynamic " + status.name);
    if (!planned_dynamic)
        return planned_dynamic.error();
    // NixOS's own file is the unit file, or overrides.conf beside a unit file of a package.
    bool met = false;
    plan::drifted_unit nixos{status.name, {}, std::string(static_text)};
    auto paths = status.drop_in_paths;
    paths.insert(paths.begin(), status.fragment_path);
    for (auto const& path : paths) {
        if (path == ours)
            continue;
        auto const text = host.files.read(path);
        if (!text)
            return text.error();
        if (!*text)
            continue; // a dangling link: systemd skips it too
        found.texts.emplace_back(path, **text);
        auto parsed = units::parse_unit(**text, path);
        if (!parsed)
            return parsed.error();
        bool const is_unit_file = path == status.fragment_path;
        if (!is_unit_file && file_name(path) == host::drop_in_name)
            return make_error(
                fmt::format("'{}' hides the drop-in of dynix for '{}'", path, status.name),
                "remove that file");
        if (!is_unit_file && file_name(path) > host::drop_in_name) {
            found.above.emplace_back(path, std::move(*parsed));
            continue;
        }
        bool const planned = !met && path.starts_with(units) && **text == static_text;
        met = met || planned;
        if (path.starts_with(units))
            nixos.running_text =
                **text; // the last of them: overrides.conf comes after a package's file
        found.below_static.append(*parsed);
        found.below_dynamic.append(planned ? *planned_dynamic : *parsed);
        if (!is_unit_file && !planned)
            found.below.emplace_back(path, std::move(*parsed));
    }
    found.planned_static = std::move(*planned_static);
    found.planned_dynamic = std::move(*planned_dynamic);
    if (!met)
        found.drift = std::move(nixos);
    return found;
}

} // namespace dynix::activation
