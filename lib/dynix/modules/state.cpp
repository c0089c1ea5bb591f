#include "dynix/modules/state.hpp"

#include "dynix/base/json.hpp"

#include <boost/json/array.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <utility>

namespace dynix::modules {
namespace {

constexpr std::int64_t supported_version = 1;

boost::json::object record_of(extended_system const& what) {
    return {
        {"system", what.system},
        {"enabled", boost::json::array(what.enabled.begin(), what.enabled.end())}};
}

result<extended_system> read_system(boost::json::object const& record, std::string const& place) {
    extended_system out;
    auto system = json::string_member(record, "system", place);
    if (!system)
        return system.error();
    out.system = std::move(*system);
    auto const enabled = json::array_member(record, "enabled", place);
    if (!enabled)
        return enabled.error();
    for (auto const& one : **enabled) {
        if (!one.is_string())
            return fault(fmt::format("{}: 'enabled' holds something else than names", place));
        out.enabled.emplace_back(one.get_string());
    }
    return out;
}

result<module_state> read_record(std::string_view text, std::string_view file) {
    auto const record = json::parse_record(text, file);
    if (!record)
        return record.error();
    auto const version = json::integer_member(*record, "version", file);
    if (!version)
        return version.error();
    if (*version != supported_version)
        return fault(
            fmt::format("{} has version {}, expected {}", file, *version, supported_version));
    module_state out;
    for (auto const& [member, into] :
         {std::pair{"since", &out.since}, {"base", &out.base}, {"extension", &out.extension}}) {
        auto value = json::string_member(*record, member, file);
        if (!value)
            return value.error();
        *into = std::move(*value);
    }
    auto const applied = json::object_member(*record, "applied", file);
    if (!applied)
        return applied.error();
    auto system = read_system(**applied, fmt::format("{}: applied", file));
    if (!system)
        return system.error();
    out.applied = std::move(*system);
    auto const* activating = record->if_contains("activating");
    if (activating == nullptr || activating->is_null())
        return out;
    auto const under_way = json::object_member(*record, "activating", file);
    if (!under_way)
        return under_way.error();
    auto target = read_system(**under_way, fmt::format("{}: activating", file));
    if (!target)
        return target.error();
    out.activating = std::move(*target);
    return out;
}

} // namespace

result<module_state> parse_state(std::string_view text, std::string_view file) {
    auto read = read_record(text, file);
    if (read)
        return read;
    auto broken = read.error();
    broken.hint =
        "the next 'enable', 'disable', 'reset' or 'rebuild' of runtime-module writes it again";
    return broken;
}

std::string print_state(module_state const& what) {
    return json::print(boost::json::object{
        {"version", supported_version},
        {"since", what.since},
        {"base", what.base},
        {"applied", record_of(what.applied)},
        {"activating", what.activating ? boost::json::value(record_of(*what.activating)) : nullptr},
        {"extension", what.extension}});
}

result<std::optional<module_state>>
read_state(host::runtime_files& files, host::paths const& where) {
    auto const path = where.modules_state();
    auto const text = files.read(path);
    if (!text)
        return text.error();
    if (!*text)
        return std::optional<module_state>();
    auto state = parse_state(**text, path);
    if (!state)
        return state.error();
    return std::optional(std::move(*state));
}

std::optional<extended_system>
being_activated(host::runtime_files& files, host::paths const& where) {
    auto const state = read_state(files, where);
    std::error_code ignored;
    auto const current = std::filesystem::read_symlink(where.current_system(), ignored).string();
    if (!state || !*state || !(*state)->activating || (*state)->activating->system != current)
        return std::nullopt;
    return (*state)->activating;
}

result<void>
write_state(host::runtime_files& files, host::paths const& where, module_state const& what) {
    return files.write(where.modules_state(), print_state(what));
}

} // namespace dynix::modules
