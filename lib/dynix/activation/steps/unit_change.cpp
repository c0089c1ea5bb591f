#include "dynix/activation/steps/unit_change.hpp"

#include "dynix/activation/steps/step.hpp"

#include <algorithm>
#include <iterator>

namespace dynix::activation::changes {

unit_change const none{.name = "unchanged", .done = "unchanged"};
unit_change const restart{
    .name = "restart",
    .done = "restarted; its live process has {}",
    .unproven = "restarted with {}, which no live process can show",
    .before_reason = ": ",
    .takes = true,
    .begins = true,
    .file_key = "X-Dynix-Restart-File"};
unit_change const defer{
    .name = "defer",
    .done = "is not running; it will start with {}",
    .takes = true,
    .when_read = &steps::defer};
unit_change const leave{
    .name = "leave",
    .done = "runs on as it is; it takes {} when it is started again",
    .takes = true,
    .keeps_run = true,
    .how = taken::not_yet,
    .when_read = &steps::leave};
unit_change const stop{.name = "stop", .done = "stopped"};

unit_change const* find(std::string_view name) {
    auto const* const found = std::ranges::find(all, name, &unit_change::name);
    return found == std::end(all) ? nullptr : *found;
}

} // namespace dynix::activation::changes
