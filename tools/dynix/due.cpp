#include "due.hpp"

#include "announce.hpp"
#include "author.hpp"
#include "build_plan.hpp"
#include "command.hpp"
#include "dynix/activation/confirmed_apply.hpp"
#include "dynix/activation/record/own_units.hpp"
#include "dynix/activation/reset.hpp"
#include "dynix/base/time_span.hpp"
#include "dynix/overrides/store.hpp"
#include "dynix/overrides/undo.hpp"
#include "dynix/plan/nix.hpp"
#include "dynix/session/chosen_file.hpp"
#include "dynix/session/lasting_entries.hpp"
#include "dynix/session/plan_overrides.hpp"
#include "outcome_output.hpp"
#include "shared/report.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <iterator>
#include <thread>
#include <utility>

namespace dynix::tool {
namespace {

constexpr std::string_view still_in_effect = "overrides that have ended are still in effect";
constexpr std::string_view not_known = "it is not known whether overrides that have ended are "
                                       "still in effect";
// Kept by the system, also when it is upgraded.
constexpr auto program_of_system = "/run/current-system/sw/bin/dynix";
constexpr auto lock_patience = std::chrono::hours(24);
constexpr auto due_interval = std::chrono::seconds(1);
// systemd schedules nothing behind the year 2199. What ends later, as a person may write it, is
// scheduled anew when this is over.
constexpr std::int64_t farthest_timer = std::int64_t{100} * 365 * 24 * 60 * 60;

// Else it would take back what somebody has applied since, or apply again what a switch has taken
// back.
class on_the_same : public activation::attendant {
  public:
    on_the_same(activation::state const& applied, host::machine& host)
        : applied_(activation::fingerprint_of(&applied)), host_(host) {}

    result<void> on_locked() override {
        auto const waits = activation::read_confirmation(host_);
        if (!waits)
            return waits.error();
        auto const now = activation::read_state(host_);
        if (!now)
            return now.error();
        bool const none_waits = activation::check_none_waits(host_).has_value();
        // With the lock held nobody is at it, and what it has left is for a person to end.
        if (none_waits && *now && (*now)->now == activation::record_state::activating)
            return make_error(
                "an activation has not ended", "'dynix status' shows what it has left");
        is_another_ = !none_waits || !*now || activation::fingerprint_of(&**now) != applied_;
        if (is_another_)
            return make_error("something else has been applied, or taken back, meanwhile");
        return {};
    }
    bool is_another() const { return is_another_; }

  private:
    std::string applied_;
    host::machine& host_;
    bool is_another_ = false;
};

// An apply would be refused while one waits, and the return could bring the override back.
void wait_for_confirmation(host::machine& host) {
    for (;;) {
        auto const found = activation::read_confirmation(host);
        if (!found || !*found || !activation::is_in_the_way(**found, host))
            return;
        std::this_thread::sleep_for(due_interval);
    }
}

// The text of what is applied without the entries that are over; nullopt when none of them is
// applied.
result<std::optional<std::string>>
applied_without_expired(activation::state const& applied, host::machine const& host) {
    auto file = session::applied_file(&applied);
    if (!file)
        return file.error();
    auto const expired = session::expired_entries(*file, host);
    if (expired.empty())
        return std::optional<std::string>();
    std::vector<overrides::undo_wish> wishes;
    wishes.reserve(expired.size());
    for (auto const number : expired)
        wishes.emplace_back(overrides::numbered_entry{number});
    auto rest = overrides::without(std::move(*file), wishes);
    if (!rest)
        return rest.error();
    return std::optional(std::move(rest->text));
}

// Only what was applied, so that nobody's pending entries come with it.
result<activation::apply_outcome> apply_text(
    activation::state const& applied, std::string const& text, activation::attendant& with,
    host::machine& host) {
    auto const is_public = host::readers_like(applied.dynamic_file) == host::readers::all;
    auto const remaining = session::chosen_file::write(host.where, text, is_public);
    if (!remaining)
        return remaining.error();
    build_arguments build;
    build.request.file = remaining->path();
    build.request.system = default_system_record;
    build.request.keep = true;
    build.quiet = true;
    auto built = build_plan(build);
    if (!built)
        return built.error();
    auto& plan = built->plan;
    if (auto const read = plan::read_configuration(plan); !read)
        return read.error();
    activation::apply_options options;
    options.plan_path = built->store_path + "/plan.json";
    options.overrides = session::recorded_overrides(plan);
    options.lock_patience = lock_patience;
    options.with = &with;
    plan.dynamic_file = applied.dynamic_file;
    return activation::apply(plan, options, host);
}

// Says it, and to everybody: nobody waits for a timer.
exit_code not_ended(error const& why, exit_code code, std::string_view what = still_in_effect) {
    announce_trouble(what, why);
    return code;
}

exit_code not_ended(error const& why, std::string_view what = still_in_effect) {
    return not_ended(why, report(why, false, exit_code::refused), what);
}

// nullopt: something else is applied by now, so it has to be looked at again.
std::optional<exit_code> try_end_in_services(host::machine& host) {
    wait_for_confirmation(host);
    auto const applied = activation::read_state(host);
    if (!applied)
        return not_ended(applied.error(), not_known);
    if (!*applied)
        return exit_code::done;
    auto const text = applied_without_expired(**applied, host);
    if (!text)
        return not_ended(text.error(), not_known);
    if (!*text)
        return exit_code::done;
    on_the_same with(**applied, host);
    auto const rest = overrides::read_dynamic_file(**text, (*applied)->dynamic_file);
    bool const to_static = rest && session::entry_numbers(*rest).empty();
    auto done = result<activation::apply_outcome>(activation::apply_outcome());
    if (to_static) {
        activation::reset_options options;
        options.lock_patience = lock_patience;
        options.with = &with;
        done = activation::reset(options, host);
    } else {
        done = apply_text(**applied, **text, with, host);
    }
    if (with.is_another())
        return std::nullopt;
    if (!done)
        return not_ended(done.error());
    auto const code =
        show_outcome(*done, false, false, to_static ? words_of_reset : words_of_apply);
    return done->result == activation::apply_result::done || done->errors.empty()
               ? code
               : not_ended(done->errors.front(), code);
}

exit_code end_in_services(host::machine& host) {
    for (;;) {
        if (auto const ended = try_end_in_services(host))
            return *ended;
        std::this_thread::sleep_for(due_interval);
    }
}

} // namespace

result<void> arm_what_waits(host::machine& host) {
    auto const found = activation::read_confirmation(host);
    if (!found)
        return found.error();
    if (!*found || !activation::is_in_the_way(**found, host))
        return {};
    return activation::arm_again(**found, host);
}

result<void> arm_end(overrides::ending const& ends, std::string const& file, host::machine& host) {
    auto const end = ends.date();
    if (!end)
        return {};
    auto const now = host.time.seconds();
    // A time that is past never comes.
    auto const date = std::clamp(*end, now + 1, now + farthest_timer);
    auto const time = print_time_stamp(date);
    std::error_code failed;
    std::filesystem::path program = program_of_system;
    if (!std::filesystem::exists(program, failed))
        program = std::filesystem::read_symlink("/proc/self/exe", failed);
    if (failed)
        return errno_error("look at", program.string(), failed.value());
    host::transient_timer what;
    // One for all of a file that end at the same time.
    what.name = activation::end_timer(date);
    what.description = fmt::format("Take back the overrides that end at {}", time);
    what.command = {program.string(), "due"};
    if (file != default_dynamic_file()) {
        auto const path = std::filesystem::absolute(file).lexically_normal().string();
        what.command.insert(what.command.end(), {"--file", path});
        what.name += '-' + plan::fingerprint_of(path);
    }
    what.environment = host::own_variables(plan::nix::variables);
    what.at = fmt::format("{} {} UTC", time.substr(0, 10), time.substr(11, 8));
    return host.units.start_timer(what);
}

bool is_lost(overrides::ending const& ends, host::machine& host) {
    auto const date = ends.date();
    return date && ends.is_over(session::moment_of(host.time)) &&
           !activation::is_end_armed(*date, host);
}

namespace {

// One that cannot be armed is no reason to leave out the others: the error is that of the first.
result<void> arm_each(
    std::vector<overrides::entry> const& entries, std::string const& file, host::machine& host) {
    result<void> all;
    for (auto const& one : entries)
        if (!one.overrides.empty())
            if (auto armed = arm_end(one.ends, file, host); !armed && all)
                all = std::move(armed);
    return all;
}

} // namespace

void undo_expired(std::string const& file, host::machine& host) {
    auto const read = overrides::load(file);
    if (!read)
        return;
    auto const ids = session::ids_of(*read);
    for (auto const number : session::expired_entries(*read, host)) {
        auto wanted = ids;
        std::erase_if(wanted, [&](auto const& one) { return one.entry != number; });
        auto const from = std::ranges::find(read->entries, number, &overrides::entry::number);
        auto const why = std::string(from->ends.reason());
        auto const problems = session::undo_each(file, wanted, current_user(), why, host);
        for (auto const& one : problems)
            say_line("warning", one);
        if (problems.empty())
            note_line(fmt::format("entry {} is taken back: {}", number, why));
    }
}

result<void> arm_ends(std::string const& file, host::machine& host) {
    std::vector<overrides::entry> entries;
    if (auto read = overrides::load(file))
        entries = std::move(read->entries);
    // What was taken out of the file since is in effect until its end, too.
    if (auto const applied = activation::read_state(host);
        applied && *applied && (*applied)->dynamic_file == file)
        if (auto running = session::applied_file(&**applied))
            std::ranges::move(running->entries, std::back_inserter(entries));
    auto const now = session::moment_of(host.time);
    std::erase_if(entries, [&](auto const& one) { return one.ends.is_over(now); });
    return arm_each(entries, file, host);
}

result<void>
arm_applied_ends(std::string const& configuration, std::string const& file, host::machine& host) {
    auto const read = overrides::read_dynamic_file(configuration, file);
    if (!read)
        return {};
    return arm_each(read->entries, file, host);
}

exit_code take_back_expired(std::string const& file, host::machine& host) {
    undo_expired(file, host);
    auto const code = end_in_services(host);
    auto const armed = arm_ends(file, host);
    return armed ? code : report(armed.error(), false, exit_code::refused);
}

} // namespace dynix::tool
