// Where things are; `root` is put before every path, so that tests have a system of their own.
#pragma once

#include <string>

namespace dynix::host {

inline constexpr char const* drop_in_name = "zz-dynix.conf";

struct paths {
    std::string root{};

    std::string etc() const { return root + "/etc"; }
    std::string static_units() const { return root + "/etc/systemd/system"; }
    std::string run() const { return root + "/run"; }
    std::string runtime_units() const { return run() + "/systemd/system"; }
    std::string drop_in(std::string const& unit) const {
        return runtime_units() + '/' + unit + ".d/" + drop_in_name;
    }
    std::string runtime() const { return run() + "/dynix"; }
    std::string state() const { return runtime() + "/state.json"; }
    std::string left_out() const { return runtime() + "/left-out.json"; }
    std::string lock() const { return runtime() + "/lock"; }
    std::string pending() const { return runtime() + "/pending"; }
    std::string applied() const { return runtime() + "/applied"; }
    std::string switch_lock() const { return run() + "/nixos/switch-to-configuration.lock"; }
    std::string journal_stream() const { return run() + "/systemd/journal/stdout"; }
    std::string gc_root() const { return root + "/nix/var/nix/gcroots/dynix-applied"; }
    // The way back (activation/way_back.hpp).
    std::string program() const { return runtime() + "/program"; }
    std::string program_gc_root() const { return root + "/nix/var/nix/gcroots/dynix-program"; }
    std::string return_unit() const { return runtime_units() + "/dynix-return.service"; }
    std::string return_wanted() const {
        return runtime_units() + "/sysinit-reactivation.target.wants/dynix-return.service";
    }
    // What outlives a reboot.
    std::string lasting() const { return root + "/var/lib/dynix"; }
    // An activation that waits to be confirmed (activation/confirmation.hpp), what was applied
    // before it, and the GC root of that.
    std::string confirmation() const { return lasting() + "/confirmation.json"; }
    // The same record, as long as the machine is not rebooted.
    std::string confirmation_now() const { return runtime() + "/confirmation.json"; }
    std::string before(std::string const& id) const {
        return runtime() + "/before-" + id + ".json";
    }
    std::string applied_before() const { return runtime() + "/applied-before"; }
    std::string gc_root_before() const {
        return root + "/nix/var/nix/gcroots/dynix-applied-before";
    }
    std::string kept_entries() const { return lasting() + "/entries.json"; }
    std::string system_record() const { return root + "/etc/dynix/system.json"; }
    // Runtime modules (lib/dynix/modules).
    std::string current_system() const { return run() + "/current-system"; }
    std::string modules() const { return run() + "/runtime-modules"; }
    std::string modules_state() const { return modules() + "/state.json"; }
    std::string modules_lock() const { return modules() + "/lock"; }
    std::string modules_pending() const { return modules() + "/pending"; }
    std::string modules_applied() const { return modules() + "/applied"; }
    std::string modules_gc_root() const { return root + "/nix/var/nix/gcroots/runtime-modules"; }
};

} // namespace dynix::host
