// The certificate of the system that runs on a machine.
#pragma once

#include "dynix/evaluation/certify.hpp"
#include "dynix/host/paths.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace dynix::session {

// The record of how the system is evaluated, by its file. An error: the system was built without
// dynix, or the record cannot be read.
result<plan::system_record> read_system(std::string const& path);

// The store path of the system that runs; empty where there is none.
std::string running_system(host::paths const& where);

// What a certificate of that system holds for. An error: there is no Nix, or no NixOS, or the flake
// is not what it was locked as.
result<evaluation::binding>
binding_of(plan::system_record const& record, host::paths const& where, process::runner& with);

// The one that holds now, if there is one. `on_note` is called with the reason why one that is
// there does not.
std::optional<evaluation::certificate> certificate_of(
    plan::system_record const& record, host::paths const& where, process::runner& with,
    std::function<void(std::string_view)> const& on_note = {});

// The file of its slices, where it has some. `on_note` is called with the reason why one that is
// there is not used.
std::optional<std::string> slices_of(
    evaluation::certificate const& what, host::paths const& where,
    std::function<void(std::string_view)> const& on_note = {});

} // namespace dynix::session
