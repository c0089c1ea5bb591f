#include "dynix/host/unit_relations.hpp"

namespace dynix::host {

std::vector<std::string> const& job_properties() {
    static std::vector<std::string> const all = {
        "Requires",    "Requisite", "Wants",      "BindsTo",   "Upholds",      "RequiredBy",
        "RequisiteOf", "BoundBy",   "ConsistsOf", "Conflicts", "ConflictedBy", "PropagatesStopTo"};
    return all;
}

std::vector<std::string> const& link_properties() {
    static std::vector<std::string> const all = [] {
        auto names = job_properties();
        names.insert(
            names.end(), {"PropagatesReloadTo", "WantedBy", "UpheldBy", "OnFailureOf",
                          "OnSuccessOf", "TriggeredBy"});
        return names;
    }();
    return all;
}

} // namespace dynix::host
