#include "dynix/plan/system_record.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/json_record.hpp"

#include <fmt/format.h>

namespace dynix::plan {
namespace {

constexpr std::int64_t record_version = 1;

// A path is used from whatever folder dynix is started in.
std::string read_path(json::record_reader& from, std::string_view name) {
    auto path = from.text(name);
    if (!path.starts_with('/'))
        from.refuse(fmt::format("'{}' is '{}', expected an absolute path", name, path));
    return path;
}

system_source read_source(json::record_reader from) {
    system_source source;
    auto const kind = from.text("kind");
    if (kind == "configuration") {
        source.nixpkgs = read_path(from, "nixpkgs");
        source.configuration = read_path(from, "configuration");
        return source;
    }
    if (kind == "file") {
        source.kind = source_kind::file;
        source.file = read_path(from, "file");
    } else if (kind == "flake") {
        source.kind = source_kind::flake;
        source.flake = from.text("flake");
    } else {
        from.refuse(
            fmt::format("'kind' is '{}', expected 'configuration', 'file' or 'flake'", kind));
    }
    source.attribute = from.texts("attribute");
    return source;
}

system_record record_of(json::record_reader& from) {
    from.expect_version(
        record_version,
        "the system was built with another version of dynix: 'nixos-rebuild switch', or run the "
        "'dynix' of /run/current-system/sw/bin");
    system_record out;
    out.dynamic_file = read_path(from, "dynamicFile");
    out.source = read_source(from.inner("source"));
    auto units = from.inner("units");
    for (auto const& name : units.names())
        out.units.emplace(name, units.text(name));
    if (from.has("roots"))
        out.roots = from.texts("roots");
    if (from.has("moreRoots"))
        out.more_roots = from.texts("moreRoots");
    if (!from.has("services"))
        return out;
    auto services = from.inner("services");
    for (auto const& name : services.names())
        out.services.emplace(name, services.texts(name));
    return out;
}

} // namespace

result<system_source> read_system_source(std::string_view text, std::string_view file) {
    return json::read_record(
        text, file, [](json::record_reader& from) { return read_source(from.inner("source")); });
}

result<system_record> read_system_record(std::string_view text, std::string_view file) {
    return json::read_record(text, file, record_of, "'nixos-rebuild switch' writes it again");
}

result<std::vector<std::string>>
read_enabled_modules(std::string_view text, std::string_view file) {
    return json::read_record(text, file, [](json::record_reader& from) {
        from.expect_version(
            record_version, "run the 'dynix' of /run/current-system/sw/bin, or 'runtime-module "
                            "reset' of it");
        return from.texts("enabled");
    });
}

result<std::vector<std::string>> enabled_modules_of(std::string const& system) {
    auto const file = system + "/etc/dynix/modules.json";
    auto const text = read_file_if_any(file);
    if (!text)
        return text.error();
    return *text ? read_enabled_modules(**text, file) : std::vector<std::string>();
}

} // namespace dynix::plan
