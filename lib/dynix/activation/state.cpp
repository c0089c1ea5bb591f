#include "dynix/activation/state.hpp"

#include "dynix/activation/way_back.hpp"
#include "dynix/base/file.hpp"
#include "dynix/base/json.hpp"
#include "dynix/plan/plan.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <unistd.h>
#include <utility>

namespace dynix::activation {
namespace {

constexpr std::int64_t supported_version = 1;
constexpr std::string_view activating_word = "activating";
constexpr std::string_view applied_word = "applied";

// The first error met while reading members; later reads then give empty values. A state has some
// twenty members, and every one of them would need the same three lines.
class members {
  public:
    members(boost::json::object const& record, std::string place, std::optional<error>& failed)
        : record_(record), place_(std::move(place)), failed_(failed) {}

    std::string text(std::string_view name) {
        return take<std::string>(json::string_member(record_, name, place_));
    }
    std::int64_t integer(std::string_view name) {
        return take<std::int64_t>(json::integer_member(record_, name, place_));
    }

    // Members that an older dynix did not write.
    bool truth_or(std::string_view name, bool otherwise) {
        return record_.if_contains(name) == nullptr ? otherwise : truth(name);
    }
    std::int64_t integer_or(std::string_view name, std::int64_t otherwise) {
        return record_.if_contains(name) == nullptr ? otherwise : integer(name);
    }

    bool truth(std::string_view name) {
        auto const* found = record_.if_contains(name);
        if (found && found->is_bool())
            return found->get_bool();
        if (!failed_)
            failed_ = fault(fmt::format("{}: member '{}' is not true or false", place_, name));
        return false;
    }

    std::optional<std::string> text_or_null(std::string_view name) {
        auto const* found = record_.if_contains(name);
        if (found && found->is_null())
            return std::nullopt;
        return text(name);
    }

    std::string unit_name() {
        auto name = text("name");
        if (auto good = plan::check_unit_name(name); !good && !failed_)
            failed_ = fault(fmt::format("{}: {}", place_, good.error().message));
        return name;
    }

    template <class Read>
    void each(std::string_view name, Read const& read) {
        auto const* items =
            take<boost::json::array const*>(json::array_member(record_, name, place_));
        for (std::size_t i = 0; items && i < items->size() && !failed_; ++i) {
            auto const where = fmt::format("{}: {}[{}]", place_, name, i);
            if (auto const* item = (*items)[i].if_object()) {
                members inner(*item, where, failed_);
                read(inner);
            } else {
                failed_ = fault(fmt::format("{} is not an object", where));
            }
        }
    }

    std::vector<std::string> texts(std::string_view name) {
        std::vector<std::string> all;
        auto const* items =
            take<boost::json::array const*>(json::array_member(record_, name, place_));
        for (std::size_t i = 0; items && i < items->size() && !failed_; ++i) {
            if ((*items)[i].is_string())
                all.emplace_back((*items)[i].get_string());
            else
                failed_ = fault(fmt::format("{}: {}[{}] is not a string", place_, name, i));
        }
        return all;
    }

  private:
    template <class T>
    T take(result<T> value) {
        if (value)
            return std::move(*value);
        if (!failed_)
            failed_ = value.error();
        return T();
    }

    boost::json::object const& record_;
    std::string place_;
    std::optional<error>& failed_;
};

// A record of what others may not read in the dynamic file is not for them either.
host::readers readers_of(state const& what) {
    bool const empty = what.configuration.empty() && what.overrides.empty();
    return empty || is_public(what.dynamic_file) ? host::readers::all : host::readers::owner;
}

} // namespace

previous_unit const* state::interrupted(std::string_view unit) const {
    if (now == phase::activating)
        for (auto const& one : previous)
            if (one.name == unit)
                return &one;
    return nullptr;
}

result<state> parse_state(std::string_view text, std::string_view file) {
    auto const record = json::parse_record(text, file);
    if (!record)
        return record.error();
    std::optional<error> failed;
    members top(*record, std::string(file), failed);
    auto const version = top.integer("version");
    if (failed)
        return *failed;
    if (version != supported_version)
        return fault(fmt::format("{}: version {} was written by a newer dynix", file, version));
    state read;
    auto const word = top.text("phase");
    if (word != applied_word && word != activating_word && !failed)
        failed = fault(fmt::format("{}: unknown phase '{}'", file, word));
    read.now = word == activating_word ? phase::activating : phase::applied;
    read.since = top.text("since");
    read.plan = top.text("plan");
    read.dynamic_file = top.text("dynamicFile");
    read.configuration = top.text("configuration");
    top.each("overrides", [&](members& one) {
        read.overrides.push_back({one.text("option"), one.text("value"), one.integer("entry")});
    });
    top.each("units", [&](members& one) {
        read.units.push_back(
            {one.unit_name(), one.text("dropIn"), one.text("static"), one.text("dynamic"),
             one.text("invocationId"), one.truth_or("shown", true),
             host::milliseconds(one.integer_or("settleMilliseconds", 1000))});
    });
    top.each("previous", [&](members& one) {
        read.previous.push_back(
            {one.unit_name(), one.text_or_null("dropIn"), one.truth("ran"),
             one.truth_or("waited", false)});
    });
    read.left = top.texts("left");
    if (failed)
        return *failed;
    return read;
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
            {"settleMilliseconds", one.settle.count()}});
    boost::json::array previous;
    for (auto const& one : what.previous) {
        boost::json::object unit{
            {"name", one.name}, {"dropIn", nullptr}, {"ran", one.ran}, {"waited", one.waited}};
        if (one.drop_in)
            unit["dropIn"] = *one.drop_in;
        previous.push_back(std::move(unit));
    }
    boost::json::array left;
    for (auto const& one : what.left)
        left.emplace_back(one);
    return json::print(boost::json::object{
        {"version", supported_version},
        {"phase", what.now == phase::applied ? applied_word : activating_word},
        {"since", what.since},
        {"plan", what.plan},
        {"dynamicFile", what.dynamic_file},
        {"configuration", what.configuration},
        {"overrides", std::move(overrides)},
        {"units", std::move(units)},
        {"previous", std::move(previous)},
        {"left", std::move(left)}});
}

result<std::optional<state>> read_state(host::machine& on) {
    auto const path = on.where.state();
    auto const unreadable = [&](error what) {
        if (!what.hint.empty())
            what.hint += "; ";
        what.hint += ::geteuid() == 0 ? "'dynix reset' takes back what is applied without it, and "
                                        "keeps it beside as 'state.json.damaged'"
                                      : "run the command as root";
        return what;
    };
    auto const text = on.files.read(path);
    if (!text)
        return unreadable(text.error());
    if (!*text)
        return std::optional<state>();
    auto read = parse_state(**text, path);
    if (!read)
        return unreadable(read.error());
    return std::optional(std::move(*read));
}

result<void> write_state(host::machine& on, state const& what) {
    // From the first change on, a switch must find the way back.
    if (what.now == phase::activating)
        if (auto laid = lay_way_back(on); !laid)
            return laid;
    auto const path = on.where.state();
    auto const text = print_state(what);
    // Else it could be written, but not read.
    if (text.size() > host::largest_own_file)
        return fault(fmt::format(
            "the record of this plan would be larger than {} bytes", host::largest_own_file));
    auto const who = readers_of(what);
    auto written = on.files.write(path, text, who);
    if (written)
        return written;
    // On a full disk there may be room for one state but not for the old one beside it. Should we
    // be killed in between, the next reset or apply goes by the drop-ins alone.
    if (!on.files.remove(path))
        return written;
    return on.files.write(path, text, who);
}

result<void> clear_state(host::machine& on) {
    if (auto removed = on.files.remove(on.where.state()); !removed)
        return removed;
    return remove_way_back(on);
}

result<void> set_state_aside(host::machine& on) {
    auto const moved = on.files.set_aside(on.where.state(), ".damaged");
    return moved ? result<void>() : moved.error();
}

} // namespace dynix::activation
