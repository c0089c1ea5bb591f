#include "dynix/modules/record.hpp"

#include "dynix/base/json_record.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_set>
#include <utility>

namespace dynix::modules {
namespace {

constexpr std::int64_t record_version = 1;

runtime_module read_module(json::record_reader& from) {
    runtime_module out;
    out.name = from.text("name");
    out.description = from.text_or_null("description").value_or("");
    out.path = from.text_or_null("path").value_or("");
    out.requires_modules = from.texts("requires");
    out.conflicts = from.texts("conflicts");
    if (!is_module_name(out.name))
        from.refuse(fmt::format("'{}' is no name of a module", out.name));
    return out;
}

// By itself: to read all modules twice takes twice as long.
result<plan::system_source> read_source(json::record_reader& from) {
    return plan::read_system_source(
        fmt::format(R"({{"source": {}}})", from.json_text("source")), from.place());
}

module_record module_record_of(json::record_reader& from) {
    from.expect_version(
        record_version,
        "the system was built with another version of dynix: run the 'runtime-module' of "
        "/run/current-system/sw/bin");
    module_record out;
    if (auto source = read_source(from); source)
        out.source = std::move(*source);
    else
        from.check(source.error());
    out.base = from.text_or_null("base").value_or("");
    out.enabled = from.texts("enabled");
    out.elevation = from.texts("elevation");
    std::unordered_set<std::string> names;
    from.each("modules", [&](auto& one) {
        auto module = read_module(one);
        if (!names.insert(module.name).second)
            one.refuse(fmt::format("there is a '{}' before it", module.name));
        out.modules.push_back(std::move(module));
    });
    for (auto const& name : out.enabled)
        if (!names.contains(name))
            from.refuse(fmt::format("'{}' is enabled, but is no module", name));
    if (out.enabled.empty() != out.base.empty())
        from.refuse("'enabled' and 'base' contradict each other");
    return out;
}

} // namespace

runtime_module const* module_record::find(std::string_view name) const {
    auto const found = std::ranges::find(modules, name, &runtime_module::name);
    return found == modules.end() ? nullptr : &*found;
}

bool module_record::is_enabled(std::string_view name) const {
    return std::ranges::find(enabled, name) != enabled.end();
}

std::vector<std::string> module_record::names() const {
    std::vector<std::string> out;
    for (auto const& one : modules)
        out.push_back(one.name);
    return out;
}

bool is_module_name(std::string_view name) {
    constexpr std::string_view first =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    constexpr std::string_view others = "._+-";
    return !name.empty() && first.find(name.front()) != first.npos &&
           std::ranges::all_of(name, [&](char const c) {
               return first.find(c) != first.npos || others.find(c) != others.npos;
           });
}

std::string module_record_file(std::string const& system) {
    return system + "/etc/dynix/modules.json";
}

result<module_record> read_module_record(std::string_view text, std::string_view file) {
    return json::read_record(
        text, file, module_record_of, "'nixos-rebuild switch' writes it again");
}

} // namespace dynix::modules
