#include "dynix/activation/record/state.hpp"

#include "dynix/activation/record/own_record.hpp"
#include "dynix/activation/record/way_back.hpp"
#include "dynix/activation/steps/unit_change.hpp"
#include "dynix/base/file.hpp"
#include "dynix/base/json_record.hpp"
#include "dynix/plan/plan.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <utility>

namespace dynix::activation {
namespace {

constexpr std::int64_t supported_version = 1;
constexpr std::string_view activating_word = "activating";
constexpr std::string_view applied_word = "applied";

constexpr std::pair<taken, std::string_view> taken_words[] = {
    {taken::at_start, "at-start"},
    {taken::by_reload, "by-reload"},
    {taken::by_shown_reload, "by-shown-reload"},
    {taken::not_yet, "not-yet"}};

std::string_view word_of(taken how) {
    for (auto const& [one, word] : taken_words)
        if (one == how)
            return word;
    return {};
}

taken read_taken(json::record_reader& from) {
    auto const read = from.text_or("taken", std::string(word_of(taken::at_start)));
    for (auto const& [one, word] : taken_words)
        if (word == read)
            return one;
    from.refuse(fmt::format("unknown word '{}' in 'taken'", read));
    return taken::at_start;
}

std::string read_unit_name(json::record_reader& from) {
    auto name = from.text("name");
    from.check(plan::check_unit_name(name));
    return name;
}

applied_unit read_unit(json::record_reader& from) {
    return {
        .name = read_unit_name(from),
        .drop_in = from.text("dropIn"),
        .static_text = from.text("static"),
        .dynamic_text = from.text("dynamic"),
        .invocation_id = from.text("invocationId"),
        .shown = from.truth_or("shown", true),
        .settle = host::milliseconds(from.integer_or("settleMilliseconds", 1000)),
        .how = read_taken(from)};
}

// A dynix that knew no other way than a reload wrote only whether it was that.
unit_change const* read_change(json::record_reader& from) {
    bool const reloads = from.truth_or("reloads", false);
    if (!from.has("change"))
        return reloads ? &changes::reload : nullptr;
    auto const word = from.text("change");
    auto const* const found = changes::find(word);
    if (!found)
        from.refuse(fmt::format("unknown word '{}' in 'change'", word));
    return found;
}

previous_unit read_previous(json::record_reader& from) {
    return {
        .name = read_unit_name(from),
        .drop_in = from.text_or_null("dropIn"),
        .ran = from.truth("ran"),
        .waited = from.truth_or("waited", false),
        .invocation_id = from.text_or("invocationId", {}),
        .change = read_change(from)};
}

state state_of(json::record_reader& from) {
    if (auto const version = from.integer("version"); version != supported_version)
        from.refuse(fmt::format("version {} was written by a newer dynix", version));
    state read;
    auto const word = from.text("phase");
    if (word != applied_word && word != activating_word)
        from.refuse(fmt::format("unknown phase '{}'", word));
    read.now = word == activating_word ? record_state::activating : record_state::applied;
    read.since = from.text("since");
    read.plan = from.text("plan");
    read.dynamic_file = from.text("dynamicFile");
    read.configuration = from.text("configuration");
    from.each("overrides", [&](auto& one) {
        read.overrides.push_back({one.text("option"), one.text("value"), one.integer("entry")});
    });
    from.each("units", [&](auto& one) { read.units.push_back(read_unit(one)); });
    from.each("previous", [&](auto& one) { read.previous.push_back(read_previous(one)); });
    read.left = from.texts("left");
    return read;
}

// A record of what others may not read in the dynamic file is not for them either.
host::readers readers_of(state const& what) {
    bool const empty = what.configuration.empty() && what.overrides.empty();
    return empty ? host::readers::all : host::readers_like(what.dynamic_file);
}

} // namespace

std::string fingerprint_of(state const* applied) {
    boost::json::array all;
    if (applied != nullptr) {
        all.push_back(boost::json::string(applied->configuration));
        for (auto const& one : applied->overrides)
            all.push_back(boost::json::array{one.option, one.value, one.entry});
    }
    return plan::fingerprint_of(json::print(all));
}

applied_unit const* state::find(std::string_view unit) const {
    for (auto const& one : units)
        if (one.name == unit)
            return &one;
    return nullptr;
}

previous_unit const* state::interrupted(std::string_view unit) const {
    if (now == record_state::activating)
        for (auto const& one : previous)
            if (one.name == unit)
                return &one;
    return nullptr;
}

result<state> parse_state(std::string_view text, std::string_view file) {
    return json::read_record(text, file, state_of);
}

std::string print_state(state const& what) {
    boost::json::array overrides;
    for (auto const& one : what.overrides)
        overrides.push_back(boost::json::object{
            {"option", one.option}, {"value", one.value}, {"entry", one.entry}});
    boost::json::array units;
    for (auto const& one : what.units)
        units.push_back(boost::json::object{
            {"name", one.name},
            {"dropIn", one.drop_in},
            {"static", one.static_text},
            {"dynamic", one.dynamic_text},
            {"invocationId", one.invocation_id},
            {"shown", one.shown},
            {"settleMilliseconds", one.settle.count()},
            {"taken", word_of(one.how)}});
    boost::json::array previous;
    for (auto const& one : what.previous) {
        boost::json::object unit{
            {"name", one.name},
            {"dropIn", nullptr},
            {"ran", one.ran},
            {"waited", one.waited},
            {"invocationId", one.invocation_id},
            {"reloads", one.change == &changes::reload}};
        if (one.change)
            unit["change"] = one.change->name;
        if (one.drop_in)
            unit["dropIn"] = *one.drop_in;
        previous.push_back(std::move(unit));
    }
    boost::json::array left;
    for (auto const& one : what.left)
        left.emplace_back(one);
    return json::print(boost::json::object{
        {"version", supported_version},
        {"phase", what.now == record_state::applied ? applied_word : activating_word},
        {"since", what.since},
        {"plan", what.plan},
        {"dynamicFile", what.dynamic_file},
        {"configuration", what.configuration},
        {"overrides", std::move(overrides)},
        {"units", std::move(units)},
        {"previous", std::move(previous)},
        {"left", std::move(left)}});
}

result<std::optional<state>> read_state(host::machine& host) {
    auto const path = host.where.state();
    return read_own_record(
        path,
        "'dynix reset' takes back what is applied without it, and keeps it beside as "
        "'state.json.damaged'",
        host, [&](auto const& text) { return parse_state(text, path); });
}

result<void> write_state(host::machine& host, state const& what) {
    // From the first change on, a switch must find the way back.
    if (what.now == record_state::activating)
        if (auto laid = lay_way_back(host); !laid)
            return laid;
    return write_state_at(host, host.where.state(), what);
}

result<void> write_state_at(host::machine& host, std::string const& path, state const& what) {
    auto const text = print_state(what);
    // Else it could be written, but not read.
    if (text.size() > host::largest_own_file)
        return make_error(fmt::format(
            "the record of this plan would be larger than {} bytes", host::largest_own_file));
    auto const who = readers_of(what);
    auto written = host.files.write(path, text, who);
    if (written)
        return written;
    // On a full disk there may be room for one state but not for the old one beside it. Should we
    // be killed in between, the next reset or apply goes by the drop-ins alone.
    if (!host.files.remove(path))
        return written;
    return host.files.write(path, text, who);
}

result<void> clear_state(host::machine& host) {
    if (auto removed = host.files.remove(host.where.state()); !removed)
        return removed;
    return remove_way_back(host);
}

} // namespace dynix::activation
