#include "dynix/modules/running.hpp"

#include "dynix/base/lock.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <utility>

namespace dynix::modules {
namespace {

// What the state file adds to the truth.
void add_recorded(running_system& now, surroundings const& host, bool locked) {
    auto recorded = read_state(host.files, host.where);
    if (!recorded) {
        auto const& why = recorded.error();
        now.warnings.push_back(
            why.hint.empty() ? one_line(why) : fmt::format("{}; {}", one_line(why), why.hint));
        return;
    }
    if (!*recorded)
        return;
    now.recorded = std::move(**recorded);
    auto const& state = *now.recorded;
    // An activation whose end was not written, but which is not under way.
    now.interrupted = state.activating && (locked || !file_lock::holder(host.where.modules_lock()));
    if (!now.record.enabled.empty())
        return;
    // A switch to another system ends what was between two. One to the same base may have been the
    // activation itself, as long as that has not ended.
    bool const of_other_base = state.base != now.base();
    if (of_other_base)
        now.interrupted = false;
    if (of_other_base || !state.activating)
        now.switched_off = state.applied.enabled;
}

} // namespace

bool running_system::is_another() const {
    if (record.enabled.empty() || !recorded)
        return false;
    return system != recorded->applied.system &&
           (!recorded->activating || system != recorded->activating->system);
}

result<running_system> read_running(surroundings const& host, bool locked) {
    running_system now;
    auto const link = host.where.current_system();
    std::error_code failed;
    now.system = std::filesystem::read_symlink(link, failed).string();
    if (failed)
        return errno_error("read the link", link, failed.value());
    auto const file = module_record_file(link);
    auto const text = host.files.read(file);
    if (!text)
        return text.error();
    if (!*text)
        return make_error(
            fmt::format("'{}' is not there: this system was built without runtime modules", file),
            "set 'services.runtimeModules.enable = true;' in its configuration and run "
            "'nixos-rebuild switch'");
    auto record = read_module_record(**text, file);
    if (!record)
        return record.error();
    now.record = std::move(*record);
    add_recorded(now, host, locked);
    return now;
}

} // namespace dynix::modules
