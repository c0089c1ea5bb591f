// dynix reapply: what a boot or a switch has taken back is applied again, as far as it can be.
#include "command.hpp"
#include "command_line.hpp"
#include "dynix/activation/record/confirmation.hpp"
#include "dynix/activation/steps/progress.hpp"
#include "dynix/host/clock.hpp"
#include "dynix/overrides/effective.hpp"
#include "dynix/process/runner.hpp"
#include "dynix/session/build.hpp"
#include "dynix/session/lasting_entries.hpp"
#include "dynix/session/reapply.hpp"
#include "dynix/session/selection.hpp"
#include "shared/report.hpp"
#include "shared/usage_error.hpp"
#include "this_machine.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>
#include <optional>
#include <unistd.h>
#include <utility>

namespace dynix::tool {
namespace {

using numbers = std::vector<std::int64_t>;

struct reapply_arguments {
    std::optional<unsigned> wait;
    bool json = false;
};

// Why an apply was not done, by its record.
std::string why_not(process::outcome const& ended, result<boost::json::object> const& record) {
    if (!record)
        return process::describe(ended);
    auto const* first = record->if_contains("error");
    if (auto const* all = record->if_contains("errors");
        all != nullptr && all->is_array() && !all->get_array().empty())
        first = &all->get_array().front();
    auto const* message = first != nullptr && first->is_object()
                              ? first->get_object().if_contains("message")
                              : nullptr;
    if (message == nullptr || !message->is_string())
        return process::describe(ended);
    return one_line(make_error(std::string(message->get_string())));
}

std::string fingerprint_of_applied(host::machine& world) {
    auto const recorded = activation::read_state(world);
    return activation::fingerprint_of(recorded && *recorded ? &**recorded : nullptr);
}

// Else no override is to blame.
bool builds_without_overrides() {
    session::build_request nothing;
    nothing.file = default_dynamic_file();
    nothing.system = default_system_record;
    nothing.chosen = "{ ... }: { }\n"; // as the static configuration
    auto const runner = process::make_runner();
    host::system_clock time;
    return session::build(nothing, {*runner, time, {}}).has_value();
}

// Whether a refused apply has come so far as to look at its plan, by its record: before that it
// takes the locks.
bool has_checked(boost::json::object const& record) {
    auto const* const times = record.if_contains("milliseconds");
    return times == nullptr || !times->is_object() ||
           times->get_object().contains(activation::apply_phase::check.word);
}

// Applies some entries, and finds out whose fault it is where that is refused.
class applies {
  public:
    applies(numbers all, reapply_arguments const& given, host::machine& world)
        : all_(std::move(all)), given_(given), world_(world) {}

    session::attempt operator()(numbers const& some);

  private:
    session::fault
    whose_fault(result<boost::json::object> const& record, std::string const& before) {
        using session::fault;
        if (fingerprint_of_applied(world_) != before)
            return fault::of_race;
        if (!activation::check_none_waits(world_))
            return fault::of_machine;
        if (!record)
            return fault::of_entries;
        if (!record->contains("error"))
            return has_checked(*record) ? fault::of_entries : fault::of_machine;
        can_build_ = can_build_ || builds_without_overrides();
        return can_build_ ? fault::of_entries : fault::of_machine;
    }

    numbers all_;
    reapply_arguments const& given_;
    host::machine& world_;
    bool can_build_ = false;
};

// The whole file when `some` is all that is in effect: then it is recorded as it stands.
session::attempt applies::operator()(numbers const& some) {
    auto const before = fingerprint_of_applied(world_);
    std::error_code failed;
    process::command what;
    what.program = std::filesystem::read_symlink("/proc/self/exe", failed).string();
    what.args = {"apply", "--json"};
    if (given_.wait) {
        what.args.emplace_back("--wait-for-lock");
        what.args.push_back(std::to_string(*given_.wait));
    }
    if (some != all_)
        for (auto const number : some)
            what.args.push_back(std::to_string(number));
    what.out = process::destination::capture;
    what.err = process::destination::pass_through;
    // An activation that was asked to stop takes as long as its units take.
    what.grace = std::chrono::hours(1);
    auto const ended = process::make_runner()->run(what);
    if (!ended)
        return {exit_code::refused, one_line(ended.error()), session::fault::of_machine};
    if (ended->signal != 0)
        return {exit_code::failed_left, process::describe(*ended)};
    auto const code = static_cast<exit_code>(ended->exit_code);
    if (code == exit_code::done)
        return {};
    auto const record = json::parse_record(ended->out, "apply");
    auto const whose =
        code == exit_code::refused ? whose_fault(record, before) : session::fault::of_entries;
    return {code, why_not(*ended, record), whose};
}

// Whether the file is applied as it is: after a soft-reboot, or a switch that took nothing back.
bool is_applied(overrides::dynamic_file const& file, host::machine& world) {
    auto const recorded = activation::read_state(world);
    return recorded && *recorded && (*recorded)->now == activation::record_state::applied &&
           (*recorded)->configuration == file.text &&
           // A change of modules takes back some of them and leaves the text as it was.
           (*recorded)->overrides.size() == overrides::effective_overrides(file).size();
}

// Those that have been applied and kept before and are not over, without what others of them
// override: a boot is not what applies an entry for the first time.
result<numbers> kept_of(overrides::dynamic_file file, host::machine& world) {
    auto const lasting = session::lasting_entries(file, world);
    if (!lasting)
        return lasting.error();
    std::erase_if(file.entries, [&](overrides::entry const& one) {
        return std::find(lasting->begin(), lasting->end(), one.number) == lasting->end();
    });
    return session::entries_in_effect(file);
}

result<session::reapplied>
reapply(overrides::dynamic_file const& file, reapply_arguments const& given) {
    auto const machine = this_machine::connect();
    if (!machine)
        return machine.error();
    auto world = (*machine)->view();
    auto done = session::reapplied();
    if (!is_applied(file, world)) {
        auto const kept = kept_of(file, world);
        if (!kept)
            return kept.error();
        done = session::reapply(*kept, applies(session::entries_in_effect(file), given, world));
    }
    // Else it is not known yet which ones are to be left out.
    if (done.trouble.empty() || !done.left_out.empty())
        if (auto const written = session::write_left_out(world, done.left_out); !written)
            say_line("warning", one_line(written.error()));
    return done;
}

exit_code show(session::reapplied const& what, bool json) {
    if (json) {
        boost::json::array left_out;
        for (auto const& one : what.left_out)
            left_out.push_back(boost::json::object{{"entry", one.entry}, {"why", one.why}});
        print(json::print(boost::json::object{
            {"exitCode", static_cast<int>(what.code)},
            {"applied", boost::json::array(what.applied.begin(), what.applied.end())},
            {"leftOut", std::move(left_out)},
            {"trouble", what.trouble}}));
    } else if (!what.applied.empty()) {
        print(fmt::format("applied again: {}\n", fmt::join(what.applied, ", ")));
    } else if (what.left_out.empty() && what.trouble.empty()) {
        print("nothing to do\n");
    }
    for (auto const& one : what.left_out)
        say_line("error", fmt::format("entry {} is left out: {}", one.entry, one.why));
    if (!what.trouble.empty())
        say_line("error", fmt::format("not all is applied again: {}", what.trouble));
    return what.code;
}

exit_code run(reapply_arguments const& given) {
    if (::geteuid() != 0)
        return report(
            make_error("only root can change what runs", "try again with sudo"), given.json,
            exit_code::refused);
    auto const file = load_overrides(default_dynamic_file());
    if (!file)
        return report(file.error(), given.json, exit_code::refused);
    auto const done = reapply(*file, given);
    if (!done)
        return report(done.error(), given.json, exit_code::refused);
    return show(*done, given.json);
}

} // namespace

void add_reapply(CLI::App& app, exit_code& code) {
    command_line line(
        app, "reapply", "Apply again what a boot or a switch has taken back, as far as it can be");
    auto const given = std::make_shared<reapply_arguments>();
    add_wait_option(line, given->wait);
    add_json_option(line, given->json);
    line.footer(
        "Example:\n  dynix reapply --wait-for-lock 600\n\n" +
        exit_status_help({exit_code::done, exit_code::refused, exit_code::failed_left}));
    line.runs([given] { return run(*given); }, code);
}

} // namespace dynix::tool
