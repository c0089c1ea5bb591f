#include "dynix/activation/fakes/fake_unit.hpp"

#include <algorithm>
#include <iterator>

namespace dynix::activation {

bool only_looks(std::string_view call) {
    constexpr std::string_view looks[] = {"status",    "timeouts", "processes",   "shutting down",
                                          "relations", "runs",     "read-units",  "changed files",
                                          "loads",     "run of",   "loaded units"};
    return std::any_of(std::begin(looks), std::end(looks), [&](std::string_view look) {
        return call.starts_with(look);
    });
}

host::unit_status as_asked(host::unit_status status) {
    if (status.active()) {
        status.condition_result = true;
        status.result.clear();
        status.main_exit_status = 0;
        status.remain_after_exit = false;
    }
    if (status.n_restarts == 0)
        status.active_since_usec = 0;
    status.relations.stop_when_unneeded = false;
    std::erase_if(status.relations.links, [](host::unit_link const& link) {
        return std::ranges::count(host::job_properties(), link.property) == 0;
    });
    return status;
}

host::unit_status run_alone(host::unit_status status) {
    status.fragment_path.clear();
    status.drop_in_paths.clear();
    status.relations = {};
    status.stopped_with_it.clear();
    status.active_since_usec = 0;
    return as_asked(std::move(status));
}

host::unit_status end_alone(host::unit_status run) {
    if (!run.active())
        return run;
    return {
        .name = run.name,
        .load_state = run.load_state,
        .active_state = run.active_state,
        .sub_state = run.sub_state,
        .job = run.job,
        .n_restarts = run.n_restarts};
}

std::set<std::int64_t> fake_watch::readers() {
    std::set<std::int64_t> found;
    for (auto at = begin_; at < all_.size(); ++at)
        if (all_[at].first == file_)
            found.insert(all_[at].second);
    return found;
}

result<std::vector<host::unit_reading>>
read_like_systemd(std::vector<host::unit_text> const& texts) {
    std::vector<host::unit_reading> found;
    for (auto const& text : texts) {
        auto& one = found.emplace_back();
        auto const parsed = units::parse_unit(text.text, text.name);
        if (!parsed)
            return parsed.error();
        for (auto const& line : parsed->assignments) {
            if (line.value == "lots")
                one.remarks.push_back({line.line, "Invalid value 'lots', ignoring"});
            if (line.key != "WorkingDirectory" || line.value.starts_with('/'))
                continue;
            one.loads = false;
            one.remarks.push_back({line.line, "path is not absolute: " + line.value});
        }
    }
    return found;
}

} // namespace dynix::activation
