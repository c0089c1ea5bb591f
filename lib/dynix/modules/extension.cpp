#include "dynix/modules/extension.hpp"

#include "dynix/base/json.hpp"
#include "dynix/plan/evaluation.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <utility>

namespace dynix::modules {
namespace {

constexpr std::int64_t supported_version = 1;

constexpr auto the_extension =
    R"((system.config.services.runtimeModules.extension
  or (throw "the configuration on disk has no runtime modules: import the module 'runtimeModules', and set 'services.runtimeModules.enable = true;'")
) { enabled = builtins.fromJSON enabled; inherit runningBase; }
)";

result<void> read_texts(
    boost::json::object const& record, std::string_view name, std::string_view place,
    std::vector<std::string>& into) {
    auto const list = json::array_member(record, name, place);
    if (!list)
        return list.error();
    for (auto const& one : **list) {
        if (!one.is_string())
            return fault(fmt::format("{}: '{}' holds something else than strings", place, name));
        into.emplace_back(one.get_string());
    }
    return {};
}

result<std::optional<std::string>>
text_if_any(boost::json::object const& record, std::string_view name, std::string_view place) {
    auto const* found = record.if_contains(name);
    if (found != nullptr && found->is_null())
        return std::optional<std::string>();
    auto text = json::string_member(record, name, place);
    if (!text)
        return text.error();
    return std::optional(std::move(*text));
}

result<base_difference> read_difference(boost::json::value const& value, std::string const& place) {
    if (!value.is_object())
        return fault(fmt::format("{} is no object", place));
    auto const& record = value.get_object();
    base_difference out;
    auto kind = json::string_member(record, "kind", place);
    auto name = json::string_member(record, "name", place);
    auto base = text_if_any(record, "base", place);
    auto extended = text_if_any(record, "extended", place);
    if (!kind)
        return kind.error();
    if (!name)
        return name.error();
    if (!base)
        return base.error();
    if (!extended)
        return extended.error();
    return base_difference{
        std::move(*kind), std::move(*name), std::move(*base), std::move(*extended)};
}

} // namespace

result<extension> parse_extension(std::string_view text, std::string_view file) {
    auto const record = json::parse_record(text, file);
    if (!record)
        return record.error();
    auto const version = json::integer_member(*record, "version", file);
    if (!version)
        return version.error();
    if (*version != supported_version)
        return fault(
            fmt::format("{} has version {}, expected {}", file, *version, supported_version),
            "the configuration on disk has another version of dynix: 'nixos-rebuild switch' first");
    extension out;
    auto base = json::string_member(*record, "base", file);
    if (!base)
        return base.error();
    out.base = std::move(*base);
    auto system = text_if_any(*record, "toplevel", file);
    if (!system)
        return system.error();
    out.system = std::move(*system).value_or("");
    for (auto const& [member, into] :
         {std::pair{"enabled", &out.enabled},
          {"problems", &out.problems},
          {"warnings", &out.warnings}})
        if (auto read = read_texts(*record, member, file, *into); !read)
            return read.error();
    auto const differences = json::array_member(*record, "differences", file);
    if (!differences)
        return differences.error();
    for (auto const& one : **differences) {
        auto difference =
            read_difference(one, fmt::format("{}: differences[{}]", file, out.differences.size()));
        if (!difference)
            return difference.error();
        out.differences.push_back(std::move(*difference));
    }
    return out;
}

result<extension> read_extension(std::string const& path, host::runtime_files& files) {
    auto const text = files.read(path);
    if (!text)
        return text.error();
    if (!*text)
        return fault(fmt::format("'{}' is not there", path));
    return parse_extension(**text, path);
}

result<std::string> build_extension(
    running_system const& now, extension_options const& options, process::runner& with) {
    plan::evaluation what;
    what.source = now.record.source;
    what.body = the_extension;
    what.arguments = {
        {"enabled", boost::json::serialize(
                        boost::json::array(options.enabled.begin(), options.enabled.end()))},
        {"runningBase", now.base()}};
    what.subject = "the system with these modules";
    what.heap_bytes = options.heap_bytes;
    what.out_link = options.out_link;
    what.timeout = options.timeout;
    what.on_line = options.on_line;
    what.lines_are_shown = options.lines_are_shown;
    return plan::build(std::move(what), with);
}

std::optional<error> refusal(extension const& what, running_system const& now) {
    if (what.base != now.base()) {
        auto drift = fault(
            "the configuration on disk is not the one that runs",
            "'nixos-rebuild switch' brings in what has changed, or undo the change; then run the "
            "command again");
        drift.notes.push_back({fmt::format("the base that runs: {}", now.base()), {}});
        drift.notes.push_back({fmt::format("the base on disk:   {}", what.base), {}});
        return drift;
    }
    if (!what.problems.empty()) {
        auto refused =
            fault("the modules do not go with this system", "correct them; nothing was changed");
        for (auto const& one : what.problems)
            refused.notes.push_back({one, {}});
        return refused;
    }
    if (what.system.empty())
        return fault("Nix built no system with these modules");
    return std::nullopt;
}

} // namespace dynix::modules
