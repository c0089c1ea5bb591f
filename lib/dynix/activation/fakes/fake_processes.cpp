#include "dynix/activation/fakes/fake_processes.hpp"

namespace dynix::activation {

result<host::unit_processes> fake_processes::in_group(std::string const& control_group) {
    if (failing("processes " + control_group))
        return make_error("cannot read '/proc'");
    for (auto const& [name, unit] : units)
        if (!control_group.empty() && unit.status.control_group == control_group) {
            host::unit_processes found;
            if (unit.hidden)
                found.hidden = 1;
            else
                found.live.push_back(unit.process);
            if (unit.worker != 0) {
                found.live.push_back(unit.process);
                found.live.back().pid = unit.worker;
            }
            if (left_over.contains(name))
                found.live.push_back(left_over[name]);
            return found;
        }
    return host::unit_processes();
}

host::seen_file fake_processes::file_seen_by(std::int64_t pid, std::string const& path) {
    if (pid == 0)
        return outside[path];
    for (auto const& [name, unit] : units) {
        auto const folder = "/run/credentials/" + name + '/';
        if (unit.process.pid == pid && path.starts_with(folder))
            if (auto const found = unit.credentials.find(path.substr(folder.size()));
                found != unit.credentials.end())
                return found->second;
    }
    return {};
}

result<bool> fake_processes::sees_our_file(std::int64_t pid, std::string const& path) {
    if (failing("processes file " + path.substr(where_.root.size())))
        return make_error("the process has gone");
    for (auto const& [name, unit] : units)
        if (unit.process.pid == pid)
            return !unit.has_own_files;
    return false;
}

result<std::unique_ptr<host::file_watch>> fake_processes::watch(std::string const& path) {
    if (failing("processes watch " + path.substr(where_.root.size())))
        return make_error("no watch");
    return std::unique_ptr<host::file_watch>(std::make_unique<fake_watch>(opened_, leads_to(path)));
}

bool fake_processes::failing(std::string const& call) {
    calls.push_back(call);
    return fails && fails(call);
}

void fake_processes::read_files(fake_unit& unit) {
    for (auto const& path : unit.reads) {
        unit.has_read[path] = leads_to(where_.root + path);
        opened_.emplace_back(unit.has_read[path], unit.process.pid);
    }
    if (unit.has_workers)
        unit.worker = 100'000 + static_cast<std::int64_t>(opened_.size());
}

std::string fake_processes::leads_to(std::string const& path) {
    auto const target = files_.link_target(path);
    return target && *target ? **target : path;
}

} // namespace dynix::activation
