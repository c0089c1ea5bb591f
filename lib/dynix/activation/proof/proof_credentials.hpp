// Whether the live processes of a unit have the credentials that were planned.
#pragma once

#include "dynix/activation/proof/proof.hpp"

namespace dynix::activation {

// The rules, for a service that is active; bytes are compared and neither shown nor kept:
// 1. systemd loads credentials when a unit starts (systemd.exec(5), "Credentials"). What the unit's
//    processes have is what they see in /run/credentials/UNIT.
// 2. A credential whose definition differs between `before` and `wanted` must be there and hold
//    what its source holds. It is contradicted when it is missing, when it holds what `before`
//    gives it, and when `wanted` has it no more; otherwise the change is not provable.
// 3. So is the change of one that cannot be compared: what is encrypted, comes from a credential
//    store, a socket or a folder, has specifiers, or cannot be read by this user; and where the
//    processes do not even see the unit's folder.
// 4. A credential that the plan does not change holds what its file held when the unit started.
//    Where the file has something else by now, or the credential is gone, the configuration is what
//    runs all the same, and it is named in `outdated`.
void prove_credentials(
    proof& found, units::unit_file const& wanted, units::unit_file const& before,
    host::unit_status const& status, host::unit_processes const& in_group, host::processes& live);

} // namespace dynix::activation
