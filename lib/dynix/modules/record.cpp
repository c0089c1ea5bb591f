#include "dynix/modules/record.hpp"

#include "dynix/base/json.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <unordered_set>
#include <utility>

namespace dynix::modules {
namespace {

constexpr std::int64_t supported_version = 1;

// A string, or "" for null.
result<std::string>
text_or_null(boost::json::object const& record, std::string_view name, std::string_view place) {
    auto const* found = record.if_contains(name);
    if (found != nullptr && found->is_null())
        return std::string();
    return json::string_member(record, name, place);
}

result<std::vector<std::string>>
texts(boost::json::object const& record, std::string_view name, std::string_view place) {
    auto const list = json::array_member(record, name, place);
    if (!list)
        return list.error();
    std::vector<std::string> out;
    for (auto const& one : **list) {
        if (!one.is_string())
            return fault(fmt::format("{}: '{}' holds something else than strings", place, name));
        out.emplace_back(one.get_string());
    }
    return out;
}

result<runtime_module> read_module(boost::json::value const& value, std::string const& place) {
    if (!value.is_object())
        return fault(fmt::format("{} is no object", place));
    auto const& record = value.get_object();
    runtime_module out;
    for (auto const& [member, into] :
         {std::pair{"name", &out.name}, {"description", &out.description}, {"path", &out.path}}) {
        auto text = text_or_null(record, member, place);
        if (!text)
            return text.error();
        *into = std::move(*text);
    }
    for (auto const& [member, into] :
         {std::pair{"requires", &out.requires_modules}, {"conflicts", &out.conflicts}}) {
        auto names = texts(record, member, place);
        if (!names)
            return names.error();
        *into = std::move(*names);
    }
    if (!is_module_name(out.name))
        return fault(fmt::format("{}: '{}' is no name of a module", place, out.name));
    return out;
}

result<module_record> read_record(std::string_view text, std::string_view file) {
    auto const record = json::parse_record(text, file);
    if (!record)
        return record.error();
    auto const version = json::integer_member(*record, "version", file);
    if (!version)
        return version.error();
    if (*version != supported_version)
        return fault(
            fmt::format("{} has version {}, expected {}", file, *version, supported_version),
            "the system was built with another version of dynix: run the 'runtime-module' of "
            "/run/current-system/sw/bin");
    module_record out;
    auto source = plan::read_system_source(text, file);
    if (!source)
        return source.error();
    out.source = std::move(*source);
    auto base = text_or_null(*record, "base", file);
    if (!base)
        return base.error();
    out.base = std::move(*base);
    for (auto const& [member, into] :
         {std::pair{"enabled", &out.enabled}, {"elevation", &out.elevation}}) {
        auto names = texts(*record, member, file);
        if (!names)
            return names.error();
        *into = std::move(*names);
    }
    auto const modules = json::array_member(*record, "modules", file);
    if (!modules)
        return modules.error();
    std::unordered_set<std::string> names;
    for (auto const& one : **modules) {
        auto const place = fmt::format("{}: modules[{}]", file, out.modules.size());
        auto module = read_module(one, place);
        if (!module)
            return module.error();
        if (!names.insert(module->name).second)
            return fault(fmt::format("{}: there is a '{}' before it", place, module->name));
        out.modules.push_back(std::move(*module));
    }
    for (auto const& name : out.enabled)
        if (!names.contains(name))
            return fault(fmt::format("{}: '{}' is enabled, but is no module", file, name));
    if (out.enabled.empty() != out.base.empty())
        return fault(fmt::format("{}: 'enabled' and 'base' contradict each other", file));
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

result<module_record> read_module_record(std::string_view text, std::string_view file) {
    auto read = read_record(text, file);
    if (read || !read.error().hint.empty())
        return read;
    auto broken = read.error();
    broken.hint = "'nixos-rebuild switch' writes it again";
    return broken;
}

} // namespace dynix::modules
