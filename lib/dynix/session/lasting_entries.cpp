#include "dynix/session/lasting_entries.hpp"

#include "dynix/base/json_record.hpp"
#include "dynix/overrides/store.hpp"
#include "dynix/overrides/undo.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <utility>

namespace dynix::session {
namespace {

using numbers = std::vector<std::int64_t>;

constexpr std::int64_t supported_version = 1;

bool has(numbers const& all, std::int64_t number) {
    return std::find(all.begin(), all.end(), number) != all.end();
}

// Of this dynamic file; none is known of another one.
result<numbers> kept_entries(std::string const& dynamic_file, host::machine& host) {
    auto const path = host.where.kept_entries();
    auto const text = host.files.read(path);
    if (!text)
        return text.error();
    if (!*text)
        return numbers();
    return json::read_record(**text, path, [&](json::record_reader& from) {
        from.expect_version(supported_version, "it was written by a newer dynix");
        numbers found;
        bool const meant = from.text("dynamicFile") == dynamic_file;
        from.each("entries", [&](auto& one) { found.push_back(one.integer("entry")); });
        return meant ? found : numbers();
    });
}

numbers entries_of(std::string const& configuration, std::string const& name) {
    auto const file = overrides::read_dynamic_file(configuration, name);
    return file ? entry_numbers(*file) : numbers();
}

} // namespace

numbers entry_numbers(overrides::dynamic_file const& file) {
    numbers found;
    for (auto const& one : file.entries)
        if (!one.overrides.empty())
            found.push_back(one.number);
    return found;
}

numbers expired_entries(overrides::dynamic_file const& file, std::string_view now) {
    numbers found;
    for (auto const& one : file.entries)
        if (!one.overrides.empty() && !one.until.empty() && one.until <= now)
            found.push_back(one.number);
    return found;
}

result<void> keep_entries(
    std::string const& dynamic_file, std::string const& configuration, host::machine& host) {
    auto kept = entries_of(configuration, dynamic_file);
    auto const before = kept_entries(dynamic_file, host);
    // What was kept and is not applied now stays kept, as long as the file has it.
    if (auto const file = overrides::load(dynamic_file); file && before)
        for (auto const number : entry_numbers(*file))
            if (has(*before, number) && !has(kept, number))
                kept.push_back(number);
    std::sort(kept.begin(), kept.end());
    if (before && *before == kept)
        return {};
    boost::json::array list;
    for (auto const number : kept)
        list.push_back(boost::json::object{{"entry", number}});
    return host.files.write(
        host.where.kept_entries(), json::print(boost::json::object{
                                       {"version", supported_version},
                                       {"dynamicFile", dynamic_file},
                                       {"entries", std::move(list)}}));
}

result<numbers> new_entries(
    std::string const& dynamic_file, std::string const& configuration,
    activation::state const& applied, host::machine& host) {
    auto const kept = kept_entries(dynamic_file, host);
    if (!kept)
        return kept.error();
    auto const known = entries_of(applied.configuration, dynamic_file);
    auto found = entries_of(configuration, dynamic_file);
    std::erase_if(found, [&](auto number) { return has(known, number) || has(*kept, number); });
    return found;
}

result<numbers>
lasting_entries(overrides::dynamic_file const& file, std::string_view now, host::machine& host) {
    auto const kept = kept_entries(file.name, host);
    if (!kept)
        return kept.error();
    auto const over = expired_entries(file, now);
    auto found = entry_numbers(file);
    std::erase_if(found, [&](auto number) { return !has(*kept, number) || has(over, number); });
    return found;
}

std::vector<std::string> undo_each(
    std::string const& path, numbers const& wanted, std::string const& user, std::string const& why,
    host::machine& host) {
    std::vector<std::string> problems;
    for (auto const number : wanted) {
        auto const file = overrides::load(path);
        if (file && !has(entry_numbers(*file), number))
            continue;
        auto went = file ? result<void>() : result<void>(file.error());
        if (file) {
            overrides::undo_request request;
            request.path = path;
            request.time = host.time.date();
            request.user = user;
            request.message = why;
            auto const done = overrides::undo(request, overrides::numbered_entry{number});
            if (!done)
                went = done.error();
        }
        if (!went)
            problems.push_back(fmt::format(
                "entry {} stays in '{}', and the next apply would bring it: {}", number, path,
                one_line(went.error())));
    }
    return problems;
}

} // namespace dynix::session
