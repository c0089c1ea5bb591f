#include "dynix/session/certificates.hpp"

#include "dynix/base/file.hpp"
#include "dynix/plan/nix.hpp"
#include "dynix/process/runner.hpp"

#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <system_error>
#include <utility>

namespace dynix::session {

result<plan::system_record> read_system(std::string const& path) {
    auto const text = read_file_if_any(path);
    if (!text)
        return text.error();
    if (!*text)
        return make_error(
            fmt::format("'{}' is not there: this system was built without dynix", path),
            "set 'dynamicism.enable = true;' in its configuration and run 'nixos-rebuild switch'");
    return plan::read_system_record(**text, path);
}

std::string running_system(host::paths const& where) {
    std::error_code none;
    return std::filesystem::read_symlink(where.root + "/run/current-system", none).string();
}

result<evaluation::binding>
binding_of(plan::system_record const& record, host::paths const& where, process::runner& with) {
    evaluation::binding out;
    out.running = running_system(where);
    if (out.running.empty())
        return make_error("there is no '/run/current-system': no NixOS runs");
    for (auto const* name : plan::nix::evaluating) {
        auto const program = process::find_program(name);
        if (!program)
            return program.error();
        auto const identity = evaluation::identity_of(*program);
        if (!identity)
            return identity.error();
        // They mostly are links to the same.
        if (out.nix != *identity)
            out.nix += *identity;
    }
    auto const* search_path = std::getenv("NIX_PATH");
    out.search_path = search_path ? search_path : "";
    out.record = record;
    if (record.source.kind == plan::source_kind::flake) {
        auto flake = evaluation::look_at_flake(record.source.flake, with);
        if (!flake)
            return flake.error();
        out.flake = std::move(*flake);
    }
    return out;
}

std::optional<evaluation::certificate> certificate_of(
    plan::system_record const& record, host::paths const& where, process::runner& with,
    std::function<void(std::string_view)> const& on_note) {
    auto const running = running_system(where);
    if (running.empty())
        return std::nullopt;
    // Without one there is nothing to compare a flake with.
    auto found = evaluation::load({where.root}, running);
    if (found && !*found)
        return std::nullopt;
    auto const what = binding_of(record, where, with);
    if (!what)
        found = what.error();
    else if (found)
        found = evaluation::find_certificate({where.root}, *what);
    if (found)
        return std::move(*found);
    if (on_note)
        on_note(fmt::format("the certificate is not used: {}", one_line(found.error())));
    return std::nullopt;
}

std::optional<std::string> slices_of(
    evaluation::certificate const& what, host::paths const& where,
    std::function<void(std::string_view)> const& on_note) {
    auto found = evaluation::load_slices({where.root}, what);
    if (found)
        return std::move(*found);
    if (on_note)
        on_note(fmt::format("the slices are not used: {}", one_line(found.error())));
    return std::nullopt;
}

} // namespace dynix::session
