#include "this_machine.hpp"

#include <utility>

namespace dynix::tool {

result<std::unique_ptr<this_machine>> this_machine::connect() {
    auto units = host::connect_systemd();
    if (!units)
        return units.error();
    return std::unique_ptr<this_machine>(new this_machine(std::move(*units)));
}

result<std::unique_ptr<this_machine>> this_machine::on_demand() {
    auto units = host::systemd_on_demand();
    if (!units)
        return units.error();
    return std::unique_ptr<this_machine>(new this_machine(std::move(*units)));
}

this_machine::this_machine(std::unique_ptr<host::systemd> units)
    : units_(std::move(units)), live_(host::proc_processes()) {}

host::machine this_machine::view() {
    return {*units_, *live_, files_, time_, {}};
}

} // namespace dynix::tool
