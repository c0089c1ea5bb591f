// The machine that runtime-module works on.
#pragma once

#include "dynix/host/clock.hpp"
#include "dynix/host/runtime_files.hpp"
#include "dynix/modules/running.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace dynix::tool {

// The heap that Nix is to begin with here; 0 where that is left to Nix, or said by the environment.
std::uint64_t heap_for_nix();

// This machine, as lib/dynix/modules wants to see it.
class this_machine {
  public:
    explicit this_machine(std::string const& root);

    modules::surroundings view();

  private:
    host::paths where_;
    std::unique_ptr<process::runner> programs_;
    host::real_files files_;
    host::system_clock time_;
};

} // namespace dynix::tool
