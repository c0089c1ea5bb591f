// Works the module list of a system or of one unit out, and verifies it.
#pragma once

#include "dynix/modulelist/needed.hpp"
#include "dynix/plan/system_record.hpp"
#include "dynix/process/runner.hpp"

#include <cstdint>
#include <string>

namespace dynix::modulelist {

struct request {
    plan::system_source source{}; // a flake as builtins.getFlake takes it
    std::string folder{};         // nixmodules/minimal
    std::string unit{};           // empty: the whole system
    unsigned tries = 0;           // how often to try to leave something out
    std::uint64_t heap_bytes = 0; // to begin with; 0: as Nix does
};

struct module_list {
    evidence from{};
    needed_modules by_evidence{};
    std::vector<std::string> modules{}; // what is left of it
    unsigned evaluations = 0;           // of the system or the unit, with whatever list
};

// One evaluation of a list: whether its result is that of the whole list. The error is Nix's own,
// of a list that lacks what is read.
result<std::string>
evaluate_list(request const& of, std::vector<std::string> const& list, process::runner& with);

// Evaluates once with the whole list and watches who reads what.
result<evidence> watch(request const& of, process::runner& with);

// The list: what follows from watching, verified, then shrunk and verified once more. An error when
// no list was found that gives the result of the whole one.
result<module_list> work_out(request const& of, process::runner& with);

// The modules that declare what is at or below an option's path; none: nothing is. From the index
// of the system.
result<std::vector<std::string>>
declaring_modules(request const& of, std::vector<std::string> const& path, process::runner& with);

} // namespace dynix::modulelist
