// Where things are; `root` is put before every path, so that tests have a system of their own.
#pragma once

#include <string>

namespace dynix::host {

inline constexpr char const* drop_in_name = "zz-dynix.conf";

struct paths {
    std::string root{};

    std::string static_units() const { return root + "/etc/systemd/system"; }
    std::string runtime_units() const { return root + "/run/systemd/system"; }
    std::string drop_in(std::string const& unit) const {
        return runtime_units() + '/' + unit + ".d/" + drop_in_name;
    }
    std::string runtime() const { return root + "/run/dynix"; }
    std::string state() const { return runtime() + "/state.json"; }
    std::string lock() const { return runtime() + "/lock"; }
    std::string pending() const { return runtime() + "/pending"; }
    std::string applied() const { return runtime() + "/applied"; }
    std::string switch_lock() const { return root + "/run/nixos/switch-to-configuration.lock"; }
    std::string gc_root() const { return root + "/nix/var/nix/gcroots/dynix-applied"; }
    std::string system_record() const { return root + "/etc/dynix/system.json"; }
};

} // namespace dynix::host
