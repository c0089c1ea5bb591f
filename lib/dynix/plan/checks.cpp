#include "dynix/plan/checks.hpp"

#include "dynix/base/json_record.hpp"

#include <fmt/format.h>
#include <set>
#include <string_view>

namespace dynix::plan {
namespace {

constexpr std::int64_t longest_seconds = 3600;

std::chrono::milliseconds
read_seconds(json::record_reader& from, std::string_view name, std::int64_t least = 0) {
    auto const seconds = from.integer(name);
    if (seconds < least || seconds > longest_seconds) {
        from.refuse(
            fmt::format("{} is {}, expected {} to {}", name, seconds, least, longest_seconds));
        return {};
    }
    return std::chrono::seconds(seconds);
}

std::vector<std::string> read_command(json::record_reader& from, std::string_view member) {
    auto command = from.texts(member);
    if (command.empty() || !command.front().starts_with('/'))
        from.refuse(fmt::format("{} does not begin with the absolute path of a program", member));
    return command;
}

} // namespace

unit_checks read_checks(json::record_reader& unit) {
    unit_checks found;
    std::set<std::string> names;
    auto const read_name = [&names](json::record_reader& from) {
        auto name = from.text("name");
        if (name.empty())
            from.refuse("name is empty");
        if (!names.insert(name).second)
            from.refuse(fmt::format("there are two checks '{}'", name));
        return name;
    };
    if (unit.has("preflights"))
        unit.each("preflights", [&](json::record_reader& one) {
            found.preflights.push_back(
                {.name = read_name(one),
                 .command = read_command(one, "command"),
                 .at_most = read_seconds(one, "timeoutSeconds", 1)});
        });
    names.clear();
    if (unit.has("probes"))
        unit.each("probes", [&](json::record_reader& one) {
            found.probes.push_back(
                {.name = read_name(one),
                 .command = read_command(one, "command"),
                 .at_most = read_seconds(one, "timeoutSeconds", 1),
                 .grace = read_seconds(one, "graceSeconds"),
                 .interval = read_seconds(one, "intervalSeconds"),
                 .deadline = read_seconds(one, "deadlineSeconds"),
                 .before =
                     one.has("before") ? read_command(one, "before") : std::vector<std::string>()});
        });
    return found;
}

} // namespace dynix::plan
