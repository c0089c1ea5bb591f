#include "dynix/plan/system_record.hpp"

#include "dynix/base/json.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <utility>

namespace dynix::plan {
namespace {

constexpr std::int64_t record_version = 1;

result<void> check_version(boost::json::object const& record, std::string_view file) {
    auto const version = json::integer_member(record, "version", file);
    if (!version)
        return version.error();
    if (*version != record_version)
        return fault(
            fmt::format("{} has version {}, expected {}", file, *version, record_version),
            "the system was built with another version of dynix: 'nixos-rebuild switch', or run "
            "the 'dynix' of /run/current-system/sw/bin");
    return {};
}

// Reads member `name` of `record` into `into`.
result<void> read_text(
    boost::json::object const& record, std::string_view name, std::string_view place,
    std::string& into) {
    auto text = json::string_member(record, name, place);
    if (!text)
        return text.error();
    into = std::move(*text);
    return {};
}

// The same for a path, which is used from whatever folder dynix is started in.
result<void> read_path(
    boost::json::object const& record, std::string_view name, std::string_view place,
    std::string& into) {
    if (auto read = read_text(record, name, place, into); !read)
        return read;
    if (!into.starts_with('/'))
        return fault(fmt::format("{}: '{}' is '{}', expected an absolute path", place, name, into));
    return {};
}

result<void> read_names(
    boost::json::object const& record, std::string_view member, std::string_view place,
    std::vector<std::string>& into) {
    auto const names = json::array_member(record, member, place);
    if (!names)
        return names.error();
    for (auto const& name : **names) {
        if (!name.is_string())
            return fault(fmt::format("{}: '{}' holds something else than names", place, member));
        into.emplace_back(name.get_string());
    }
    return {};
}

result<system_source> read_source(boost::json::object const& record, std::string const& place) {
    system_source source;
    auto const kind = json::string_member(record, "kind", place);
    if (!kind)
        return kind.error();
    result<void> read;
    if (*kind == "configuration") {
        source.kind = source_kind::configuration;
        read = read_path(record, "nixpkgs", place, source.nixpkgs);
        if (read)
            read = read_path(record, "configuration", place, source.configuration);
    } else if (*kind == "file") {
        source.kind = source_kind::file;
        read = read_path(record, "file", place, source.file);
    } else if (*kind == "flake") {
        source.kind = source_kind::flake;
        read = read_text(record, "flake", place, source.flake);
    } else {
        read = fault(fmt::format(
            "{}: 'kind' is '{}', expected 'configuration', 'file' or 'flake'", place, *kind));
    }
    if (read && source.kind != source_kind::configuration)
        read = read_names(record, "attribute", place, source.attribute);
    if (!read)
        return read.error();
    return source;
}

result<system_source> source_in(boost::json::object const& record, std::string_view file) {
    auto const source = json::object_member(record, "source", file);
    if (!source)
        return source.error();
    return read_source(**source, fmt::format("{}: source", file));
}

result<system_record> read_record(std::string_view text, std::string_view file) {
    auto const record = json::parse_record(text, file);
    if (!record)
        return record.error();
    if (auto good = check_version(*record, file); !good)
        return good.error();
    system_record out;
    if (auto read = read_path(*record, "dynamicFile", file, out.dynamic_file); !read)
        return read.error();
    auto source = source_in(*record, file);
    if (!source)
        return source.error();
    out.source = std::move(*source);
    auto const units = json::object_member(*record, "units", file);
    if (!units)
        return units.error();
    for (auto const& [name, path] : **units) {
        if (!path.is_string())
            return fault(fmt::format(
                "{}: the path of unit '{}' is no string", file, std::string_view(name)));
        out.units.emplace(name, path.get_string());
    }
    if (record->if_contains("services") == nullptr)
        return out;
    auto const services = json::object_member(*record, "services", file);
    if (!services)
        return services.error();
    auto const place = fmt::format("{}: services", file);
    for (auto const& [name, names] : **services)
        if (auto good = read_names(**services, name, place, out.services[name]); !good)
            return good.error();
    return out;
}

} // namespace

result<system_source> read_system_source(std::string_view text, std::string_view file) {
    auto const record = json::parse_record(text, file);
    if (!record)
        return record.error();
    return source_in(*record, file);
}

result<system_record> read_system_record(std::string_view text, std::string_view file) {
    auto read = read_record(text, file);
    if (read || !read.error().hint.empty())
        return read;
    auto broken = read.error();
    broken.hint = "'nixos-rebuild switch' writes it again";
    return broken;
}

} // namespace dynix::plan
