#include "dynix/activation/running_texts.hpp"

#include "dynix/activation/preflight/hidden.hpp"
#include "dynix/activation/preflight/unit_layers.hpp"
#include "dynix/activation/steps/file_links.hpp"
#include "dynix/activation/steps/unit_states.hpp"

#include <utility>

namespace dynix::activation {

void read_running_texts(checked_unit& unit, state const& recorded, host::machine& host) {
    auto paths = unit.status.drop_in_paths;
    paths.insert(paths.begin(), unit.status.fragment_path);
    for (auto const& path : paths) {
        auto const text = host.files.read(path);
        auto parsed = text && *text ? units::parse_unit(**text, path)
                                    : result<units::unit_file>(units::unit_file());
        // Of ours it is known what systemd has read.
        if (auto const* const one = recorded.find(unit.name);
            !parsed && one && path == host.where.drop_in(unit.name))
            parsed = units::parse_unit(one->drop_in, path);
        if (!parsed) {
            unit.running = unit.after = {};
            return;
        }
        unit.running.append(*parsed);
        if (path != host.where.drop_in(unit.name))
            unit.after.append(*parsed);
    }
    for (auto const& text : drop_ins_before(unit.name, recorded)) {
        auto& one = unit.may_run.emplace_back(unit.after);
        if (auto const parsed = units::parse_unit(text.value_or(""), unit.name))
            one.append(*parsed);
    }
    if (unit.may_run.empty())
        unit.shown = shown_now(unit.running, unit.status, host);
}

void name_what_hides(std::vector<checked_unit>& units, state const& recorded, host::machine& host) {
    for (auto& unit : units) {
        auto const* const applied = recorded.find(unit.name);
        if (!applied || unit.proved.outcome != verdict::proven)
            continue;
        auto layers = read_layers(unit.status, applied->static_text, applied->dynamic_text, host);
        if (!layers || layers->drift)
            continue;
        std::swap(layers->planned_static, layers->planned_dynamic);
        std::swap(layers->below_static, layers->below_dynamic);
        if (auto const visible = check_hidden(*layers, unit.name, host.live); !visible)
            unit.proved.now_not_provable(visible.error().message);
    }
}

} // namespace dynix::activation
