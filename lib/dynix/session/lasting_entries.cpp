#include "dynix/session/lasting_entries.hpp"

#include "dynix/activation/record/own_record.hpp"
#include "dynix/base/json_record.hpp"
#include "dynix/overrides/store.hpp"
#include "dynix/overrides/undo.hpp"
#include "dynix/session/certificates.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <utility>

namespace dynix::session {
namespace {

using numbers = std::vector<std::int64_t>;

constexpr std::int64_t supported_version = 1;

bool is_one_of(numbers const& all, std::int64_t number) {
    return std::find(all.begin(), all.end(), number) != all.end();
}

struct known_file {
    std::string name{}; // by which what is kept of it is written down
    bool is_of_system =
        true; // there is one record: what somebody tries out must not take its place
};

// The system's own dynamic file is known by the name that the system has for it, whatever path
// leads to it.
known_file known(std::string const& dynamic_file, host::machine& host) {
    auto const record = read_system(host.where.system_record());
    std::error_code failed;
    if (!record || record->dynamic_file == dynamic_file)
        return {dynamic_file};
    if (std::filesystem::equivalent(record->dynamic_file, dynamic_file, failed))
        return {record->dynamic_file};
    return {dynamic_file, false};
}

// Of the dynamic file of this name; nothing is known of another one.
result<override_ids> kept_overrides(std::string const& name, host::machine& host) {
    auto const path = host.where.kept_entries();
    auto const ids_in_record = [&](json::record_reader& from) {
        from.expect_version(supported_version, "it was written by a newer dynix");
        override_ids found;
        bool const meant = from.text("dynamicFile") == name;
        from.each("entries", [&](auto& one) {
            // Without one it is of an older dynix, and it is not known what it was.
            if (auto id =
                    activation::override_id{one.integer("entry"), one.text_or("fingerprint", "")};
                !id.fingerprint.empty())
                found.push_back(std::move(id));
        });
        return meant ? found : override_ids();
    };
    auto read = activation::read_own_record(
        path,
        "a 'dynix apply' without '--confirm' writes a new one of what it applies, and keeps this "
        "one beside as 'entries.json.damaged'",
        host, [&](auto const& text) { return json::read_record(text, path, ids_in_record); });
    if (!read)
        return read.error();
    return std::move(*read).value_or(override_ids());
}

override_ids ids_in(std::string const& configuration, std::string const& name) {
    auto const file = overrides::read_dynamic_file(configuration, name);
    return file ? ids_of(*file) : override_ids();
}

// Of the entry in the file what is wanted of it. False: the entry has something else by now.
result<bool>
undo_one(overrides::write_request const& request, std::int64_t number, override_ids const& wanted) {
    auto const file = overrides::load(request.path);
    if (!file)
        return file.error();
    auto const from = std::find_if(file->entries.begin(), file->entries.end(), [&](auto const& it) {
        return it.number == number;
    });
    if (from == file->entries.end() || from->overrides.empty())
        return true;
    auto const is_meant = [&](overrides::option_override const& what) {
        return has(wanted, id_of(*from, what));
    };
    auto const meant = std::count_if(from->overrides.begin(), from->overrides.end(), is_meant);
    auto const all = std::count_if(
        wanted.begin(), wanted.end(), [&](auto const& one) { return one.entry == number; });
    bool const as_applied =
        meant == all || meant == static_cast<std::ptrdiff_t>(from->overrides.size());
    if (meant == 0)
        return as_applied;
    auto const done = overrides::undo(request, overrides::part_of_entry{number, is_meant});
    return done ? result<bool>(as_applied) : done.error();
}

} // namespace

numbers entry_numbers(overrides::dynamic_file const& file) {
    numbers found;
    for (auto const& one : file.entries)
        if (!one.overrides.empty())
            found.push_back(one.number);
    return found;
}

overrides::moment moment_of(host::clock& time) {
    return {time.seconds()};
}

numbers expired_entries(overrides::dynamic_file const& file, host::machine const& host) {
    auto const now = moment_of(host.time);
    numbers found;
    for (auto const& one : file.entries)
        if (!one.overrides.empty() && one.ends.is_over(now))
            found.push_back(one.number);
    return found;
}

result<std::vector<std::string>> keep_entries(
    std::string const& dynamic_file, std::string const& configuration, host::machine& host) {
    std::vector<std::string> warnings;
    auto const [name, is_of_system] = known(dynamic_file, host);
    if (!is_of_system)
        return warnings;
    auto kept = ids_in(configuration, dynamic_file);
    auto const before = kept_overrides(name, host);
    // What was kept and is not applied now stays kept, as long as the file has it.
    if (auto const file = overrides::load(dynamic_file); file && before)
        for (auto const& one : ids_of(*file))
            if (has(*before, one) && !has(kept, one))
                kept.push_back(one);
    std::stable_sort(kept.begin(), kept.end(), [](auto const& one, auto const& other) {
        return one.entry < other.entry;
    });
    if (before && *before == kept)
        return warnings;
    auto const path = host.where.kept_entries();
    if (!before) {
        if (auto moved = activation::set_record_aside(host, path); !moved)
            return moved.error();
        warnings.push_back(fmt::format(
            "'{}' cannot be read, so that only what is applied now is known to be kept; what was "
            "there is in 'entries.json.damaged': {}",
            path, one_line(before.error())));
    }
    boost::json::array list;
    for (auto const& one : kept)
        list.push_back(boost::json::object{{"entry", one.entry}, {"fingerprint", one.fingerprint}});
    auto const written = host.files.write(
        path,
        json::print(boost::json::object{
            {"version", supported_version}, {"dynamicFile", name}, {"entries", std::move(list)}}),
        host::readers_like(dynamic_file));
    if (!written)
        return written.error();
    return warnings;
}

result<override_ids> new_overrides(
    std::string const& dynamic_file, std::string const& configuration,
    activation::state const& applied, host::machine& host) {
    auto const kept = kept_overrides(known(dynamic_file, host).name, host);
    if (!kept)
        return kept.error();
    auto const file = applied_file(&applied);
    auto const runs = file ? ids_of(*file) : override_ids();
    auto found = ids_in(configuration, dynamic_file);
    std::erase_if(found, [&](auto const& one) { return has(runs, one) || has(*kept, one); });
    return found;
}

result<numbers> lasting_entries(overrides::dynamic_file const& file, host::machine& host) {
    auto const kept = kept_overrides(known(file.name, host).name, host);
    if (!kept)
        return kept.error();
    auto const over = expired_entries(file, host);
    numbers found;
    for (auto const& from : file.entries)
        if (!from.overrides.empty() && !is_one_of(over, from.number) &&
            std::all_of(from.overrides.begin(), from.overrides.end(), [&](auto const& what) {
                return has(*kept, id_of(from, what));
            }))
            found.push_back(from.number);
    return found;
}

std::vector<std::string> undo_each(
    std::string const& path, override_ids const& wanted, std::string const& user,
    std::string const& why, host::machine& host) {
    std::vector<std::string> problems;
    numbers all;
    for (auto const& one : wanted)
        if (!is_one_of(all, one.entry))
            all.push_back(one.entry);
    for (auto const number : all) {
        overrides::write_request request;
        request.path = path;
        request.time = host.time.date();
        request.user = user;
        request.message = why;
        auto const went = undo_one(request, number, wanted);
        if (!went)
            problems.push_back(fmt::format(
                "entry {} stays in '{}', and the next apply would bring it: {}", number, path,
                one_line(went.error())));
        else if (!*went)
            problems.push_back(fmt::format(
                "entry {} in '{}' has been changed since it was applied, and what it has now stays "
                "there: the next apply would bring it",
                number, path));
    }
    return problems;
}

} // namespace dynix::session
