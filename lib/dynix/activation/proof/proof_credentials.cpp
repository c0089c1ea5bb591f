#include "dynix/activation/proof/proof_credentials.hpp"

#include "dynix/units/credentials.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>

namespace dynix::activation {
namespace {

using host::file_kind;
using units::credential;

credential const* find(std::vector<credential> const& all, std::string_view name) {
    auto const found = std::find_if(
        all.begin(), all.end(), [&](credential const& one) { return one.name == name; });
    return found == all.end() ? nullptr : &*found;
}

// What a source holds now, or why that is not known.
struct content {
    std::optional<std::string> bytes{};
    std::string unknown{};
};

// As a line of a contradiction, which is quoted as a whole.
std::string described(credential const& one) {
    return fmt::format(
        "credential {} of {}", one.name, one.path ? *one.path : std::string("SetCredential="));
}

class credential_prover {
  public:
    credential_prover(
        proof& found, host::unit_status const& status, host::unit_processes const& in_group,
        host::processes& live)
        : found_(found), folder_("/run/credentials/" + status.name + '/'), live_(live) {
        for (auto const& one : in_group.live)
            if (pid_ == 0 || one.pid == status.main_pid)
                pid_ = one.pid;
    }

    void judge(credential const& wanted, credential const* before) {
        bool const changes = !before || *before != wanted;
        auto const source = content_of(wanted);
        auto const seen = live_.file_seen_by(pid_, folder_ + wanted.name);
        if (!source.bytes || seen.kind == file_kind::unreadable) {
            if (changes)
                doubt(wanted, source.bytes ? "it cannot be read" : source.unknown);
            return;
        }
        if (seen.kind != file_kind::regular)
            return missing(wanted, changes);
        if (seen.bytes == source.bytes)
            return;
        if (changes && before && content_of(*before).bytes == seen.bytes)
            return contradict(described(wanted), described(*before));
        auto const holds = wanted.path ? fmt::format("'{}' holds now", *wanted.path)
                                       : std::string("SetCredential= says");
        if (changes)
            not_provable(fmt::format("credential '{}' is not what {}", wanted.name, holds));
        else
            found_.outdated.push_back(
                fmt::format("credential '{}' is not what {}", wanted.name, holds));
    }

    void judge_removed(credential const& before, bool may_be_imported) {
        if (live_.file_seen_by(pid_, folder_ + before.name).kind != file_kind::regular)
            return;
        if (may_be_imported)
            doubt(before, "ImportCredential= may have brought it");
        else
            contradict("no credential " + before.name, "credential " + before.name);
    }

  private:
    // systemd starts nothing without its credentials, so where the folder is not there either, the
    // processes have other mounts than it thinks (a container whose mounts are not shared).
    void missing(credential const& wanted, bool changes) {
        if (!changes)
            found_.outdated.push_back(fmt::format("credential '{}' is not there", wanted.name));
        else if (live_.file_seen_by(pid_, folder_ + '.').kind == file_kind::other)
            contradict(described(wanted), "no credential " + wanted.name);
        else
            doubt(wanted, "its processes have no folder of credentials");
    }

    content content_of(credential const& one) {
        if (!one.unknown.empty())
            return {{}, one.unknown};
        if (!one.path)
            return {one.text, {}};
        auto source = live_.file_seen_by(0, *one.path);
        switch (source.kind) {
        case file_kind::regular:
            return {std::move(source.bytes), {}};
        case file_kind::absent:
            if (one.text)
                return {one.text, {}};
            return {{}, fmt::format("'{}' is not there any more", *one.path)};
        case file_kind::other:
            return {{}, fmt::format("'{}' is no regular file", *one.path)};
        case file_kind::unreadable:
            break;
        }
        return {{}, fmt::format("'{}' cannot be read", *one.path)};
    }

    void contradict(std::string wanted, std::string live) {
        found_.outcome = verdict::contradicted;
        found_.wanted.push_back(std::move(wanted));
        found_.live.push_back(std::move(live));
    }

    void doubt(credential const& one, std::string_view why) {
        not_provable(fmt::format("credential '{}' is not compared: {}", one.name, why));
    }

    void not_provable(std::string why) {
        if (found_.outcome == verdict::proven)
            found_.outcome = verdict::not_provable;
        found_.notes.insert(found_.notes.begin(), std::move(why));
    }

    proof& found_;
    std::string folder_;
    host::processes& live_;
    std::int64_t pid_ = 0; // the main process, else any other; 0: none can be seen
};

} // namespace

void prove_credentials(
    proof& found, units::unit_file const& wanted, units::unit_file const& before,
    host::unit_status const& status, host::unit_processes const& in_group, host::processes& live) {
    if (!status.active() || !status.name.ends_with(".service") ||
        found.outcome == verdict::contradicted)
        return;
    auto const now = units::planned_credentials(wanted);
    auto const old = units::planned_credentials(before);
    bool const imports = !wanted.effective("Service", "ImportCredential").empty();
    credential_prover of_this_run(found, status, in_group, live);
    for (auto const& one : now)
        of_this_run.judge(one, find(old, one.name));
    for (auto const& one : old)
        if (one.unknown.empty() && !find(now, one.name))
            of_this_run.judge_removed(one, imports);
}

} // namespace dynix::activation
