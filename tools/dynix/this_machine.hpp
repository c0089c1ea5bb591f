// The machine that dynix runs on, as the activation room wants to see it.
#pragma once

#include "dynix/activation/machine.hpp"

#include <memory>

namespace dynix::tool {

class this_machine {
  public:
    // Connects to systemd; fails where none runs.
    static result<std::unique_ptr<this_machine>> connect();

    activation::machine view();

  private:
    explicit this_machine(std::unique_ptr<activation::systemd> units);

    std::unique_ptr<activation::systemd> units_;
    std::unique_ptr<activation::processes> live_;
    activation::real_files files_;
    activation::system_clock time_;
};

} // namespace dynix::tool
