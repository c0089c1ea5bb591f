#include "dynix/plan/plan.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/json.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <fmt/format.h>
#include <set>
#include <utility>

namespace dynix::plan {
namespace {

constexpr std::int64_t supported_version = 1;
constexpr std::int64_t longest_settle_seconds = 3600;
// UNIT_NAME_MAX of systemd: the longest file name, less a byte (systemd.unit(5): 255 characters).
constexpr std::size_t longest_unit_name = 255;

std::string shown(std::string_view name) {
    constexpr std::size_t enough = 80;
    return name.size() <= enough ? std::string(name) : std::string(name.substr(0, enough)) + "...";
}

result<std::string>
text_member(boost::json::object const& record, std::string_view name, std::string_view place) {
    auto text = json::string_member(record, name, place);
    if (text && text->find('\0') != std::string::npos)
        return fault(fmt::format("{}: member '{}' has a NUL byte", place, name));
    return text;
}

result<std::vector<std::string>>
strings_member(boost::json::object const& record, std::string_view name, std::string_view place) {
    auto const items = json::array_member(record, name, place);
    if (!items)
        return items.error();
    std::vector<std::string> all;
    for (auto const& item : **items) {
        if (!item.is_string())
            return fault(
                fmt::format("{}: item {} of '{}' is not a string", place, all.size(), name));
        all.emplace_back(item.get_string());
    }
    return all;
}

// Calls `read` with each record of an array and its place.
template <class Read>
result<void> each_record(
    boost::json::object const& record, std::string_view name, std::string_view place,
    Read const& read) {
    auto const items = json::array_member(record, name, place);
    if (!items)
        return items.error();
    for (std::size_t i = 0; i < (*items)->size(); ++i) {
        auto const where = fmt::format("{}: {}[{}]", place, name, i);
        auto const* item = (**items)[i].if_object();
        if (!item)
            return fault(fmt::format("{} is not an object", where));
        if (auto done = read(*item, where); !done)
            return done.error();
    }
    return {};
}

result<planned_unit> read_unit(boost::json::object const& record, std::string const& place) {
    planned_unit unit;
    auto name = json::string_member(record, "name", place);
    if (!name)
        return name.error();
    if (auto good = check_unit_name(*name); !good)
        return fault(fmt::format("{}: {}", place, good.error().message), good.error().hint);
    unit.name = std::move(*name);
    auto const action = json::string_member(record, "action", place);
    if (!action)
        return action.error();
    if (*action != "restart")
        return fault(
            fmt::format("{}: unknown action '{}' for '{}'", place, shown(*action), unit.name),
            "the plan was made by a newer dynix: run the 'dynix' of the system that made it");
    auto text = text_member(record, "static", place);
    if (!text)
        return text.error();
    unit.static_text = std::move(*text);
    text = text_member(record, "dynamic", place);
    if (!text)
        return text.error();
    unit.dynamic_text = std::move(*text);
    return unit;
}

result<planned_service> read_service(boost::json::object const& record, std::string const& place) {
    planned_service service;
    auto name = text_member(record, "name", place);
    if (!name)
        return name.error();
    service.name = std::move(*name);
    auto options = strings_member(record, "options", place);
    if (!options)
        return options.error();
    service.options = std::move(*options);
    auto const settle = json::integer_member(record, "settleSeconds", place);
    if (!settle)
        return settle.error();
    if (*settle < 0 || *settle > longest_settle_seconds)
        return fault(fmt::format(
            "{}: settleSeconds is {}, expected 0 to {}", place, *settle, longest_settle_seconds));
    service.settle = std::chrono::seconds(*settle);
    auto done = each_record(
        record, "units", place,
        [&](boost::json::object const& item, std::string const& where) -> result<void> {
            auto unit = read_unit(item, where);
            if (!unit)
                return unit.error();
            service.units.push_back(std::move(*unit));
            return {};
        });
    if (!done)
        return done.error();
    return service;
}

result<planned_override>
read_override(boost::json::object const& record, std::string const& place) {
    auto option = text_member(record, "option", place);
    if (!option)
        return option.error();
    auto const value = [&](char const* member) {
        auto const* found = record.if_contains(member);
        return found ? boost::json::serialize(*found) : std::string("null");
    };
    return planned_override{std::move(*option), value("static"), value("dynamic")};
}

// Text, or null where there is nothing.
result<std::optional<std::string>>
optional_text(boost::json::object const& record, std::string_view name, std::string_view place) {
    auto const* found = record.if_contains(name);
    if (found && found->is_null())
        return std::optional<std::string>();
    auto text = text_member(record, name, place);
    if (!text)
        return text.error();
    return std::optional(std::move(*text));
}

result<leak> read_leak(boost::json::object const& record, std::string const& place) {
    auto const word = json::string_member(record, "kind", place);
    if (!word)
        return word.error();
    auto const kind = leak_kind_named(*word);
    if (!kind)
        return fault(fmt::format("{}: unknown kind '{}' of a leak", place, shown(*word)));
    auto name = text_member(record, "name", place);
    if (!name)
        return name.error();
    auto before = optional_text(record, "static", place);
    if (!before)
        return before.error();
    auto after = optional_text(record, "dynamic", place);
    if (!after)
        return after.error();
    return leak{*kind, std::move(*name), std::move(*before), std::move(*after)};
}

result<verification> read_verification(boost::json::object const& record, std::string_view file) {
    auto const word = json::string_member(record, "verify", file);
    if (!word)
        return word.error();
    auto const known = verification_named(*word);
    if (!known)
        return fault(
            fmt::format("{}: unknown 'verify' '{}', expected quick or full", file, shown(*word)));
    return *known;
}

result<void> refuse_repeated_units(activation_plan const& made, std::string_view file) {
    std::set<std::string_view> seen;
    for (auto const& service : made.services)
        for (auto const& unit : service.units)
            if (!seen.insert(unit.name).second)
                return fault(
                    fmt::format("{}: unit '{}' is planned twice", file, unit.name),
                    fmt::format(
                        "let one 'dynamicism.for' service alone name '{}' in its units",
                        unit.name));
    return {};
}

} // namespace

result<void> check_unit_name(std::string_view name) {
    constexpr std::array<std::string_view, 4> suffixes = {".service", ".socket", ".timer", ".path"};
    auto const broken = [&](std::string_view why) {
        return fault(fmt::format("unit name '{}' {}", shown(name), why));
    };
    if (name.empty())
        return fault("a unit name is empty");
    if (name.size() > longest_unit_name)
        return broken(fmt::format("is longer than {} bytes", longest_unit_name));
    for (char const c : name) {
        auto const alphanumeric =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!alphanumeric && std::string_view(":-_.\\@").find(c) == std::string_view::npos)
            return broken(
                "has a character other than letters, digits and ':-_.\\@' (systemd.unit(5))");
    }
    auto const suffix = std::find_if(suffixes.begin(), suffixes.end(), [&](std::string_view end) {
        return name.ends_with(end) && name.size() > end.size();
    });
    if (suffix == suffixes.end())
        return broken("does not end in '.service', '.socket', '.timer' or '.path'");
    if (name.starts_with('.') || name.starts_with('@'))
        return broken("begins with '.' or '@'");
    if (name.substr(0, name.size() - suffix->size()).ends_with('@'))
        return error(
            fmt::format("unit '{}' is a template, which never runs itself", shown(name)),
            "name its instances, such as 'name@instance.service'");
    return {};
}

std::string fingerprint_of(std::string_view text) {
    // Sixteen letters, because that is what a Nix string can put before the text.
    boost::uuids::uuid space{};
    constexpr std::string_view name = "dynix.configurat";
    std::copy(name.begin(), name.end(), space.begin());
    auto digits =
        boost::uuids::to_string(boost::uuids::name_generator_sha1(space)(text.data(), text.size()));
    std::erase(digits, '-');
    // The digits of the version and the variant are those of every UUID and not of the text.
    constexpr std::size_t version = 12;
    constexpr std::size_t variant = 16;
    return digits.erase(variant, 1).erase(version, 1);
}

result<void> read_configuration(activation_plan& plan) {
    if (plan.fingerprint.empty())
        return {};
    auto text = read_file_if_any(plan.dynamic_file);
    if (!text)
        return text.error();
    auto now = std::move(*text).value_or("");
    if (fingerprint_of(now) != plan.fingerprint)
        return fault(fmt::format("'{}' has changed since the plan was made", plan.dynamic_file));
    plan.configuration = std::move(now);
    return {};
}

result<activation_plan> read_plan(std::string_view text, std::string_view file) {
    if (text.size() > largest_plan)
        return fault(fmt::format("{}: a plan of {} bytes is too large", file, text.size()));
    auto const record = json::parse_record(text, file);
    if (!record)
        return record.error();
    auto const version = json::integer_member(*record, "version", file);
    if (!version)
        return version.error();
    if (*version != supported_version)
        return fault(
            fmt::format(
                "{}: plan version {} is not supported, only version {} is", file, *version,
                supported_version),
            "run the 'dynix' that belongs to the system which made the plan");
    activation_plan made;
    auto member = text_member(*record, "dynamicFile", file);
    if (!member)
        return member.error();
    made.dynamic_file = std::move(*member);
    member = text_member(*record, "configuration", file);
    if (!member)
        return member.error();
    made.configuration = std::move(*member);
    if (record->if_contains("fingerprint") != nullptr) {
        member = text_member(*record, "fingerprint", file);
        if (!member)
            return member.error();
        made.fingerprint = std::move(*member);
    }
    auto done = each_record(
        *record, "services", file,
        [&](boost::json::object const& item, std::string const& where) -> result<void> {
            auto service = read_service(item, where);
            if (!service)
                return service.error();
            made.services.push_back(std::move(*service));
            return {};
        });
    if (!done)
        return done.error();
    done = each_record(
        *record, "overrides", file,
        [&](boost::json::object const& item, std::string const& where) -> result<void> {
            auto one = read_override(item, where);
            if (!one)
                return one.error();
            made.overrides.push_back(std::move(*one));
            return {};
        });
    if (!done)
        return done.error();
    auto problems = strings_member(*record, "problems", file);
    if (!problems)
        return problems.error();
    made.problems = std::move(*problems);
    auto warnings = strings_member(*record, "warnings", file);
    if (!warnings)
        return warnings.error();
    made.warnings = std::move(*warnings);
    auto const verify = read_verification(*record, file);
    if (!verify)
        return verify.error();
    made.verify = *verify;
    done = each_record(
        *record, "leaks", file,
        [&](boost::json::object const& item, std::string const& where) -> result<void> {
            auto one = read_leak(item, where);
            if (!one)
                return one.error();
            made.leaks.push_back(std::move(*one));
            return {};
        });
    if (!done)
        return done.error();
    if (auto const* imported = record->if_contains("imported"))
        made.imported = imported->is_bool() && imported->get_bool();
    if (record->if_contains("bystanders") != nullptr) {
        member = text_member(*record, "bystanders", file);
        if (!member)
            return member.error();
        made.bystanders = std::move(*member);
    }
    if (auto unique = refuse_repeated_units(made, file); !unique)
        return unique.error();
    return made;
}

} // namespace dynix::plan
