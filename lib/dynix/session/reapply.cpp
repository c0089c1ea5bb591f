#include "dynix/session/reapply.hpp"

#include "dynix/activation/record/own_record.hpp"
#include "dynix/base/json.hpp"
#include "dynix/base/json_record.hpp"
#include "dynix/overrides/effective.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <optional>
#include <set>
#include <utility>

namespace dynix::session {
namespace {

constexpr std::int64_t left_out_version = 1;
constexpr int most_races = 5;

using numbers = std::vector<std::int64_t>;

class search {
  public:
    explicit search(std::function<attempt(numbers const&)> const& apply) : apply_(apply) {}

    void run(numbers const& entries) {
        if (entries.empty() || !out_.trouble.empty())
            return;
        if (out_.code == exit_code::failed_left) {
            leave(entries, "an activation before it could not be restored");
            return;
        }
        auto const ended = apply_again(entries);
        if (ended.code == exit_code::refused && ended.whose != fault::of_entries) {
            out_.code = ended.code;
            out_.trouble = ended.why;
        } else if (ended.code == exit_code::done) {
            out_.applied.insert(out_.applied.end(), entries.begin(), entries.end());
        } else if (ended.code == exit_code::failed_left || entries.size() == 1) {
            out_.code = ended.code == exit_code::failed_left ? ended.code : exit_code::refused;
            leave(entries, ended.why);
        } else {
            auto const middle = entries.begin() + static_cast<std::ptrdiff_t>(entries.size() / 2);
            run({entries.begin(), middle});
            run({middle, entries.end()});
        }
    }

    reapplied take() { return std::move(out_); }

  private:
    attempt apply_again(numbers const& entries) {
        auto ended = apply_(entries);
        for (int i = 1;
             i < most_races && ended.code == exit_code::refused && ended.whose == fault::of_race;
             ++i)
            ended = apply_(entries);
        return ended;
    }

    void leave(numbers const& entries, std::string const& why) {
        for (auto const number : entries)
            out_.left_out.push_back({number, why});
    }

    std::function<attempt(numbers const&)> const& apply_;
    reapplied out_;
};

std::vector<left_out_entry> left_out_of(json::record_reader& from) {
    from.expect_version(left_out_version, "it was written by a newer dynix");
    std::vector<left_out_entry> out;
    from.each("entries", [&](auto& one) {
        out.push_back({one.integer("entry"), one.text("why")});
    });
    return out;
}

} // namespace

std::vector<std::int64_t> entries_in_effect(overrides::dynamic_file const& file) {
    std::set<std::int64_t> out;
    for (auto const& one : overrides::effective_overrides(file))
        out.insert(one.from->number);
    return {out.begin(), out.end()};
}

reapplied reapply(
    std::vector<std::int64_t> const& entries,
    std::function<attempt(std::vector<std::int64_t> const&)> const& apply) {
    search all(apply);
    all.run(entries);
    return all.take();
}

result<void> write_left_out(host::machine& host, std::vector<left_out_entry> const& what) {
    auto const path = host.where.left_out();
    if (!read_left_out(host))
        if (auto moved = activation::set_record_aside(host, path); !moved)
            return moved;
    if (what.empty())
        return host.files.remove(path);
    boost::json::array entries;
    for (auto const& one : what)
        entries.push_back(boost::json::object{{"entry", one.entry}, {"why", one.why}});
    // What Nix says of a value may quote it, and the dynamic file may not be for everybody.
    return host.files.write(
        path,
        json::print(
            boost::json::object{{"version", left_out_version}, {"entries", std::move(entries)}}),
        host::readers::owner);
}

result<void> forget_left_out(host::machine& host, std::string const& configuration) {
    auto left_out = read_left_out(host);
    auto const file = overrides::read_dynamic_file(configuration, "dynamic.nix");
    // `dynix status` says what is wrong with it.
    if (!left_out || !file)
        return {};
    auto const applied = entries_in_effect(*file);
    auto const forgotten = std::erase_if(*left_out, [&](left_out_entry const& one) {
        return std::find(applied.begin(), applied.end(), one.entry) != applied.end();
    });
    return forgotten == 0 ? result<void>() : write_left_out(host, *left_out);
}

result<std::vector<left_out_entry>> read_left_out(host::machine& host) {
    auto const path = host.where.left_out();
    auto found = activation::read_own_record(
        path,
        "the next 'dynix reapply' writes it again, and keeps this one beside as "
        "'left-out.json.damaged'",
        host, [&](auto const& text) { return json::read_record(text, path, left_out_of); });
    if (!found)
        return found.error();
    return std::move(*found).value_or(std::vector<left_out_entry>());
}

void explain_left_out(
    std::vector<override_report>& reports, std::vector<left_out_entry> const& left_out) {
    for (auto& one : reports) {
        if (one.state != override_state::static_ && one.state != override_state::pending)
            continue;
        auto const found =
            std::find_if(left_out.begin(), left_out.end(), [&](left_out_entry const& it) {
                return it.entry == one.entry;
            });
        if (found != left_out.end())
            one.reason = fmt::format("left out when it was to be applied again: {}", found->why);
    }
}

} // namespace dynix::session
