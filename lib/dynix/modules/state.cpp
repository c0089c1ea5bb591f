#include "dynix/modules/state.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/json_record.hpp"

#include <boost/json/array.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <utility>

namespace dynix::modules {
namespace {

constexpr std::int64_t state_version = 1;

boost::json::object record_of(extended_system const& what) {
    return {
        {"system", what.system},
        {"enabled", boost::json::array(what.enabled.begin(), what.enabled.end())}};
}

extended_system read_system(json::record_reader from) {
    return {from.text("system"), from.texts("enabled")};
}

module_state state_of(json::record_reader& from) {
    from.expect_version(state_version, {});
    module_state out;
    out.since = from.text("since");
    out.base = from.text("base");
    out.extension = from.text("extension");
    out.applied = read_system(from.inner("applied"));
    if (from.has_value("activating"))
        out.activating = read_system(from.inner("activating"));
    return out;
}

} // namespace

result<module_state> parse_state(std::string_view text, std::string_view file) {
    auto read = json::read_record(text, file, state_of);
    if (read)
        return read;
    auto broken = read.error();
    broken.hint =
        "the next 'enable', 'disable', 'reset' or 'rebuild' of runtime-module writes it again, and "
        "keeps this one beside as 'state.json.damaged'";
    return broken;
}

std::string print_state(module_state const& what) {
    return json::print(boost::json::object{
        {"version", state_version},
        {"since", what.since},
        {"base", what.base},
        {"applied", record_of(what.applied)},
        {"activating", what.activating ? boost::json::value(record_of(*what.activating)) : nullptr},
        {"extension", what.extension}});
}

result<std::optional<module_state>>
read_state(host::runtime_files& files, host::paths const& where) {
    auto const path = where.modules_state();
    return parse_if_any(
        files.read(path), [&](auto const& text) { return parse_state(text, path); });
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
    auto const path = where.modules_state();
    if (!read_state(files, where))
        if (auto moved = files.set_aside(path, ".damaged"); !moved)
            return moved.error();
    return files.write(path, print_state(what));
}

} // namespace dynix::modules
