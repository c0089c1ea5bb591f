#include "dynix/activation/steps/file_links.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace dynix::activation {
namespace {

constexpr std::string_view workers_word = "workers";
constexpr std::string_view etc = "/etc/";

file_link const* find(std::vector<file_link> const& all, std::string_view path) {
    for (auto const& one : all)
        if (one.path == path)
            return &one;
    return nullptr;
}

void put(std::vector<file_link>& all, file_link one) {
    std::erase_if(all, [&](file_link const& other) { return other.path == one.path; });
    all.push_back(std::move(one));
}

std::optional<file_link> read_link(std::string_view value) {
    auto const next = [&value] {
        auto const end = std::min(value.find(' '), value.size());
        auto word = std::string(value.substr(0, end));
        value.remove_prefix(std::min(end + 1, value.size()));
        return word;
    };
    file_link read;
    read.path = next();
    read.target = next();
    read.workers = next() == workers_word;
    // A drop-in that somebody has written leads nowhere else.
    if (!read.path.starts_with(etc) || read.path.find("/../") != std::string::npos ||
        !read.target.starts_with('/'))
        return std::nullopt;
    return read;
}

// Whether a link is one that NixOS or dynix has made.
bool is_known(checked_unit const& unit, file_link const& one, std::string const& target) {
    auto const* const before = find(unit.links_now, one.path);
    return target == static_target(one.path) || target == one.target ||
           (before && (target == before->target || target.starts_with("/nix/store/")));
}

result<void> point(
    host::machine& host, checked_unit const& unit, file_link const& one,
    std::string const& target) {
    auto const path = host.where.root + one.path;
    auto const now = host.files.link_target(path);
    if (!now)
        return now.error();
    if (!*now || !is_known(unit, one, **now))
        return {};
    if (**now == target)
        return {};
    // After a switch: the system that runs has no such file, and setup-etc leaves our link alone.
    if (target == static_target(one.path)) {
        auto const there = host.files.link_target(host.where.root + target);
        if (!there)
            return there.error();
        if (!*there)
            return host.files.remove(path);
    }
    return host.files.link(target, path);
}

} // namespace

std::vector<file_link> links_of(units::unit_file const& unit) {
    std::vector<file_link> all;
    for (auto const* change : changes::of_files)
        for (auto const& value : unit.effective("Unit", change->file_key))
            if (auto one = read_link(value))
                put(all, std::move(*one));
    return all;
}

std::string_view file_action_of(units::unit_file const& unit) {
    for (auto const* one : changes::of_files)
        if (!unit.effective("Unit", one->file_key).empty())
            return one->name;
    return changes::restart.name;
}

bool changes_files(plan::planned_unit const& planned) {
    return std::any_of(
        planned.files.begin(), planned.files.end(),
        [](plan::planned_file const& file) { return file.static_target != file.dynamic_target; });
}

void add_links(units::unit_file& to, plan::planned_unit const& planned) {
    auto const* const* const change =
        std::ranges::find(changes::of_files, planned.action, &unit_change::name);
    for (auto const& file : planned.files)
        if (file.static_target != file.dynamic_target)
            to.assignments.push_back(
                {"Unit", std::string((*change)->file_key),
                 fmt::format(
                     "{} {}{}", file.path, file.dynamic_target,
                     planned.starts_workers ? fmt::format(" {}", workers_word) : std::string())});
}

std::vector<std::optional<std::string>>
drop_ins_before(std::string_view unit, state const& recorded) {
    std::vector<std::optional<std::string>> all;
    auto const* const before = recorded.interrupted(unit);
    if (before)
        all.push_back(before->drop_in);
    auto const* const applied = recorded.find(unit);
    if (before && applied && applied->drop_in != before->drop_in)
        all.emplace_back(applied->drop_in);
    return all;
}

std::vector<file_link> links_before(
    std::string_view unit, std::optional<std::string> const& drop_in_now, state const& recorded) {
    std::vector<file_link> all;
    auto const add = [&](std::string const& text) {
        if (auto const parsed = units::parse_unit(text, unit))
            for (auto& one : links_of(*parsed))
                put(all, std::move(one));
    };
    if (auto const* const one = recorded.find(unit))
        add(one->drop_in);
    if (auto const* const one = recorded.interrupted(unit); one && one->drop_in)
        add(*one->drop_in);
    if (drop_in_now)
        add(*drop_in_now);
    return all;
}

std::string static_target(std::string const& path) {
    return "/etc/static/" + path.substr(etc.size());
}

result<std::optional<plan::drifted_unit>>
file_drift(plan::planned_unit const& planned, host::machine& host) {
    for (auto const& file : planned.files) {
        // What returns from a record knows of no other static file than the one that runs.
        if (file.static_target == static_target(file.path))
            continue;
        auto const runs = host.files.link_target(host.where.root + static_target(file.path));
        if (!runs)
            return runs.error();
        if (*runs && **runs != file.static_target)
            return std::optional(plan::drifted_unit{
                planned.name, fmt::format("{} -> {}\n", file.path, **runs),
                fmt::format("{} -> {}\n", file.path, file.static_target)});
    }
    return std::optional<plan::drifted_unit>();
}

result<bool> find_links(checked_unit& unit, state const& recorded, host::machine& host) {
    unit.links = links_of(unit.after);
    unit.links_now = links_before(unit.name, unit.drop_in_now, recorded);
    bool in_place = true;
    for (auto const& one : unit.links) {
        auto const now = host.files.link_target(host.where.root + one.path);
        if (!now)
            return now.error();
        if (!*now || !is_known(unit, one, **now))
            return make_error(
                fmt::format(
                    "'{}', a file of '{}', is not the link to '{}' that NixOS makes", one.path,
                    unit.name, static_target(one.path)),
                "remove what is there and run 'nixos-rebuild switch'");
        in_place = in_place && **now == one.target;
    }
    for (auto const& one : unit.links_now) {
        if (find(unit.links, one.path))
            continue;
        auto const now = host.files.link_target(host.where.root + one.path);
        if (!now)
            return now.error();
        in_place =
            in_place && (!*now || **now == static_target(one.path) || !is_known(unit, one, **now));
    }
    return in_place;
}

void look_at_links(checked_unit& unit, host::machine& host) {
    if (unit.links.empty() || unit.proved.outcome != verdict::proven)
        return;
    auto const now = host.units.status(unit.name);
    if (!now || now->main_pid == 0)
        return;
    for (auto const& link : unit.links)
        if (auto const same = host.live.sees_our_file(now->main_pid, host.where.root + link.path);
            same && !*same)
            unit.proved.now_not_provable(
                fmt::format("its process has another file at '{}', in its own mounts", link.path));
}

void put_back_files(transaction& in, std::vector<step>& now) {
    auto& one = now.front();
    auto& unit = *in.find(one.unit);
    for (auto const& link : unit.links_now)
        if (!find(unit.links, link.path) &&
            !transaction::good(one, point(in.host, unit, link, static_target(link.path)))) {
            unit.files_stuck = true;
            return;
        }
}

void switch_files(transaction& in, std::vector<step>& now) {
    auto& one = now.front();
    auto const& unit = *in.find(one.unit);
    for (auto const& link : unit.links)
        if (!transaction::good(one, point(in.host, unit, link, link.target)))
            return;
}

} // namespace dynix::activation
