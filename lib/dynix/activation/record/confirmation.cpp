#include "dynix/activation/record/confirmation.hpp"

#include "dynix/activation/record/own_record.hpp"
#include "dynix/base/file.hpp"
#include "dynix/base/json_record.hpp"
#include "dynix/base/time_span.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <utility>

namespace dynix::activation {
namespace {

constexpr std::int64_t confirmation_version = 1;
constexpr std::size_t id_digits = 16;

constexpr std::array phases_in_order{
    confirmation_phase::activating, confirmation_phase::waiting, confirmation_phase::confirmed,
    confirmation_phase::taken_back, confirmation_phase::failed};

// It becomes part of names of files and units.
std::string read_id(json::record_reader& from) {
    auto id = from.text("id");
    if (id.size() != id_digits || id.find_first_not_of("0123456789abcdef") != id.npos)
        from.refuse("member 'id' is not 16 hexadecimal digits");
    return id;
}

confirmation_phase read_phase(json::record_reader& from) {
    auto const word = from.text("phase");
    auto const* const found =
        std::find_if(phases_in_order.begin(), phases_in_order.end(), [&](auto one) {
            return to_string(one) == word;
        });
    if (found != phases_in_order.end())
        return *found;
    from.refuse(fmt::format("unknown phase '{}'", word));
    return confirmation_phase::failed;
}

confirmation confirmation_of(json::record_reader& from) {
    from.expect_version(confirmation_version, "it was written by a newer dynix");
    confirmation read;
    read.id = read_id(from);
    read.now = read_phase(from);
    read.by = from.text("by");
    read.by_anyone = from.truth("anyone");
    read.wait = host::milliseconds(from.integer("waitMilliseconds"));
    read.since = from.text("since");
    read.until = host::milliseconds(from.integer("untilMilliseconds"));
    read.dynamic_file = from.text("dynamicFile");
    from.each("entries", [&](auto& one) {
        read.brought.push_back({one.integer("entry"), one.text_or("fingerprint", "")});
    });
    read.end = from.text("end");
    read.ended = from.text("ended");
    read.left = from.texts("left");
    return read;
}

result<std::optional<confirmation>>
read_confirmation_at(std::string const& path, host::machine& host) {
    return read_own_record(
        path,
        "what is applied may wait to be confirmed: 'dynix reset' takes it back, and keeps the "
        "record beside as 'confirmation.json.damaged'",
        host, [&](auto const& text) { return parse_confirmation(text, path); });
}

result<void>
write_confirmation_at(std::string const& path, confirmation const& what, host::machine& host) {
    return host.files.write(path, print_confirmation(what), host::readers_like(what.dynamic_file));
}

// Of the two records the one that counts, by what `read` makes of a path.
template <class Read>
auto that_counts(host::paths const& where, Read const& read) {
    auto now = read(where.confirmation_now());
    if (now && *now)
        return now;
    auto lasting = read(where.confirmation());
    return now || (lasting && *lasting) ? lasting : now;
}

} // namespace

std::string to_string(confirmation_phase what) {
    switch (what) {
    case confirmation_phase::activating:
        return "activating";
    case confirmation_phase::waiting:
        return "waiting";
    case confirmation_phase::confirmed:
        return "confirmed";
    case confirmation_phase::taken_back:
        return "taken-back";
    case confirmation_phase::failed:
        return "failed";
    }
    return "?";
}

result<confirmation> parse_confirmation(std::string_view text, std::string_view file) {
    return json::read_record(text, file, confirmation_of);
}

std::string print_confirmation(confirmation const& what) {
    boost::json::array entries;
    for (auto const& one : what.brought)
        entries.push_back(
            boost::json::object{{"entry", one.entry}, {"fingerprint", one.fingerprint}});
    return json::print(boost::json::object{
        {"version", confirmation_version},
        {"id", what.id},
        {"phase", to_string(what.now)},
        {"by", what.by},
        {"anyone", what.by_anyone},
        {"waitMilliseconds", what.wait.count()},
        {"since", what.since},
        {"untilMilliseconds", what.until.count()},
        {"dynamicFile", what.dynamic_file},
        {"entries", std::move(entries)},
        {"end", what.end},
        {"ended", what.ended},
        {"left", boost::json::array(what.left.begin(), what.left.end())}});
}

result<std::optional<confirmation>> read_confirmation(host::machine& host) {
    return that_counts(
        host.where, [&](auto const& path) { return read_confirmation_at(path, host); });
}

bool may_wait(host::runtime_files& files, host::paths const& where) {
    auto const found = that_counts(where, [&](auto const& path) {
        return parse_if_any(
            files.read(path), [&](auto const& text) { return parse_confirmation(text, path); });
    });
    return !found || (*found && (*found)->is_open());
}

result<void> write_lasting_confirmation(host::machine& host, confirmation const& what) {
    auto const path = host.where.confirmation();
    if (!read_confirmation_at(path, host))
        static_cast<void>(set_record_aside(host, path)); // else writing it says why
    return write_confirmation_at(path, what, host);
}

result<void> write_confirmation_now(host::machine& host, confirmation const& what) {
    return write_confirmation_at(host.where.confirmation_now(), what, host);
}

result<void> write_confirmation(host::machine& host, confirmation const& what) {
    auto written = write_lasting_confirmation(host, what);
    return written ? write_confirmation_now(host, what) : written;
}

result<std::optional<state>> read_before(host::machine& host, confirmation const& what) {
    auto const path = host.where.before(what.id);
    return parse_if_any(
        host.files.read(path), [&](auto const& text) { return parse_state(text, path); });
}

bool is_before_reboot(confirmation const& what, host::machine& host) {
    for (auto const& path : {host.where.before(what.id), host.where.state()})
        if (auto const text = host.files.read(path); !text || *text)
            return false;
    auto const overridden = host.files.units_with_drop_in(host.where);
    return overridden && overridden->empty();
}

host::milliseconds time_left(confirmation const& what, host::machine& host) {
    auto const now =
        std::chrono::duration_cast<host::milliseconds>(host.time.now().time_since_epoch());
    return std::max(what.until - now, host::milliseconds(0));
}

std::string time_left_text(confirmation const& what, host::machine& host) {
    return print_time_span(std::chrono::ceil<std::chrono::seconds>(time_left(what, host)));
}

bool is_in_the_way(confirmation const& what, host::machine& host) {
    return what.is_open() && !is_before_reboot(what, host);
}

result<void> check_none_waits(host::machine& host) {
    auto const found = read_confirmation(host);
    if (!found)
        return found.error();
    if (!*found || !is_in_the_way(**found, host))
        return {};
    auto const& what = **found;
    return make_error(
        what.now == confirmation_phase::waiting
            ? fmt::format(
                  "{} wait to be confirmed, for {} more", whose(what), time_left_text(what, host))
            : fmt::format(
                  "{} were being applied when that was ended; they are taken back in {}",
                  whose(what), time_left_text(what, host)),
        what.now == confirmation_phase::waiting
            ? "'dynix confirm' keeps them, 'dynix confirm --cancel' takes them back"
            : "'dynix confirm --cancel' takes them back now");
}

std::string whose(confirmation const& what) {
    return fmt::format("the overrides that {} applied", what.by);
}

} // namespace dynix::activation
