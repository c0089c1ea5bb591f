// The machine that dynix runs on, as the activation room wants to see it.
#pragma once

#include "dynix/host/machine.hpp"

#include <memory>

namespace dynix::tool {

class this_machine {
  public:
    // Connects to systemd; fails where none runs.
    static result<std::unique_ptr<this_machine>> connect();

    // Connects when systemd is first asked something. Fails where none runs.
    static result<std::unique_ptr<this_machine>> on_demand();

    host::machine view();

  private:
    explicit this_machine(std::unique_ptr<host::systemd> units);

    std::unique_ptr<host::systemd> units_;
    std::unique_ptr<host::processes> live_;
    host::real_files files_;
    host::system_clock time_;
};

} // namespace dynix::tool
