// Questions of the configuration that Nix answers otherwise while a certificate is made than at any
// other time.
#pragma once

#include "dynix/base/result.hpp"
#include "dynix/plan/system_record.hpp"

#include <string>
#include <vector>

namespace dynix::evaluation {

// Nix does not refuse to tell whether a file is there, as it refuses to read one that is no root:
// it says that there is none (Nix manual, "restrict-eval"). An error names the first place in the
// files below `roots` that asks for a file other than './name', where its coming is noticed: below
// a folder among the roots, or beside the file of the source, and not the dynamic file itself. So
// does one that asks for a variable of the environment, the search path or the time, or by a name
// that is computed. Passed over are a nixpkgs and dynix's own modules, which the record names.
result<void>
check_file_questions(std::vector<std::string> const& roots, plan::system_record const& record);

} // namespace dynix::evaluation
