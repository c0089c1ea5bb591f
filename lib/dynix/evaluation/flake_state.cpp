#include "dynix/evaluation/flake_state.hpp"

#include "dynix/base/json_record.hpp"
#include "dynix/plan/flake_reference.hpp"
#include "dynix/plan/nix.hpp"
#include "dynix/plan/plan.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace dynix::evaluation {
namespace {

constexpr auto patience = std::chrono::minutes(5);

std::string lock_of(json::record_reader& from) {
    // With lazy-trees in nix.conf (Determinate Nix) a flake has no path in the store, and a
    // fingerprint where Nix knows that its files are the same.
    auto const source = from.has("path") ? "path" : "fingerprint";
    // JSON, so that no two states have one text.
    return plan::fingerprint_of(boost::json::serialize(
        boost::json::array{from.text(source), from.json_text("locked"), from.json_text("locks")}));
}

} // namespace

result<flake_state> look_at_flake(std::string_view reference, process::runner& with) {
    auto url = plan::flake_url(reference);
    if (!url)
        return url.error();
    auto command = plan::nix::command_of(plan::nix::program);
    plan::nix::allow_flakes(command);
    command.args.insert(
        command.args.end(), {"flake", "metadata", "--json", "--no-update-lock-file", *url});
    command.timeout = patience;
    auto const ended = with.run(command);
    if (!ended)
        return ended.error();
    if (!ended->success()) {
        auto failed = make_error(
            fmt::format(
                "Nix does not say what the flake '{}' is: {}", reference,
                process::describe(*ended)),
            fmt::format(
                "'nix flake lock' completes a lock file; see 'nix flake metadata {}'", *url));
        failed.notes = plan::nix::notes_on(ended->err);
        return failed;
    }
    auto lock = json::read_record(ended->out, "nix flake metadata", lock_of);
    if (!lock)
        return lock.error();
    return flake_state{std::move(*url), std::move(*lock)};
}

} // namespace dynix::evaluation
