#include "dynix/activation/drift.hpp"

#include "dynix/plan/system_record.hpp"

#include <string>
#include <utility>

namespace dynix::activation {
namespace {

// None where that cannot be read.
std::vector<std::string> running_modules(host::machine& host) {
    auto const file = host.where.current_system() + "/etc/dynix/modules.json";
    auto const text = host.files.read(file);
    if (!text || !*text)
        return {};
    auto names = plan::read_enabled_modules(**text, file);
    return names ? std::move(*names) : std::vector<std::string>();
}

} // namespace

error refuse_drift(std::vector<plan::drifted_unit> const& units, host::machine& host) {
    return plan::drift_refusal(units, running_modules(host));
}

} // namespace dynix::activation
