#include "dynix/activation/preflight/drift.hpp"

#include "dynix/plan/system_record.hpp"

#include <string>

namespace dynix::activation {

error refuse_drift(std::vector<plan::drifted_unit> const& units, host::machine& host) {
    auto const modules = plan::enabled_modules_of(host.where.current_system());
    return plan::drift_refusal(units, modules ? *modules : std::vector<std::string>());
}

} // namespace dynix::activation
