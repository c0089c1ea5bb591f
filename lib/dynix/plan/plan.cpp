#include "dynix/plan/plan.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/json_record.hpp"

#include <algorithm>
#include <array>
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

// It stands in a drop-in, between spaces.
bool is_plain(std::string_view path) {
    return path.find_first_of(" \t\n\r\"'\\%") == std::string_view::npos;
}

planned_file read_file(json::record_reader& from) {
    auto const name = from.text("path");
    auto const steps = '/' + name + '/';
    bool const is_below = !name.empty() && steps.find("//") == std::string::npos &&
                          steps.find("/../") == std::string::npos &&
                          steps.find("/./") == std::string::npos;
    if (!is_below || !is_plain(name))
        from.refuse(fmt::format("'{}' is no path of a file below /etc", shown(name)));
    planned_file file{"/etc/" + name, from.text("static"), from.text("dynamic")};
    for (auto const& target : {file.static_target, file.dynamic_target})
        if (!target.starts_with('/') || !is_plain(target))
            from.refuse(fmt::format("'{}' is no absolute path of a file", shown(target)));
    return file;
}

planned_unit read_unit(json::record_reader& from) {
    planned_unit unit;
    unit.name = from.text("name");
    from.check(check_unit_name(unit.name));
    unit.action = from.text("action");
    if (std::ranges::find(file_actions, unit.action) == std::end(file_actions))
        from.refuse(
            fmt::format("unknown action '{}' for '{}'", shown(unit.action), unit.name),
            "the plan was made by a newer dynix: run the 'dynix' of the system that made it");
    unit.static_text = from.text("static");
    unit.dynamic_text = from.text("dynamic");
    unit.checks = read_checks(from);
    if (from.has("files"))
        from.each("files", [&](auto& one) { unit.files.push_back(read_file(one)); });
    unit.starts_workers = from.truth_or("startsWorkers", false);
    return unit;
}

planned_service read_service(json::record_reader& from) {
    planned_service service;
    service.name = from.text("name");
    service.options = from.texts("options");
    auto const settle = from.integer("settleSeconds");
    if (settle < 0 || settle > longest_settle_seconds)
        from.refuse(
            fmt::format("settleSeconds is {}, expected 0 to {}", settle, longest_settle_seconds));
    else
        service.settle = std::chrono::seconds(settle);
    from.each("units", [&](auto& unit) { service.units.push_back(read_unit(unit)); });
    return service;
}

leak read_leak(json::record_reader& from) {
    auto const word = from.text("kind");
    auto const kind = leak_kind_named(word);
    if (!kind)
        from.refuse(fmt::format("unknown kind '{}' of a leak", shown(word)));
    return {
        kind.value_or(leak_kind::unit), from.text("name"), from.text_or_null("static"),
        from.text_or_null("dynamic")};
}

verification read_verification(json::record_reader& from) {
    auto const word = from.text("verify");
    auto const known = verification_named(word);
    if (!known)
        from.refuse(fmt::format("unknown 'verify' '{}', expected quick or full", shown(word)));
    return known.value_or(verification::quick);
}

// Older modules do not say it.
proof read_proof(json::record_reader& from, verification verify) {
    auto const otherwise = verify == verification::full ? proof::full : proof::compared;
    if (!from.has("proof"))
        return otherwise;
    auto const word = from.text("proof");
    auto const known = proof_named(word);
    if (!known)
        from.refuse(fmt::format("unknown 'proof' '{}'", shown(word)));
    return known.value_or(otherwise);
}

void refuse_repeated_units(activation_plan const& made, json::record_reader& from) {
    std::set<std::string_view> seen;
    for (auto const& service : made.services)
        for (auto const& unit : service.units)
            if (!seen.insert(unit.name).second)
                from.refuse(
                    fmt::format("unit '{}' is planned twice", unit.name),
                    fmt::format(
                        "let one 'dynamicism.for' service alone name '{}' in its units",
                        unit.name));
}

activation_plan plan_of(json::record_reader& from) {
    if (auto const version = from.integer("version"); version != supported_version)
        from.refuse(
            fmt::format(
                "plan version {} is not supported, only version {} is", version, supported_version),
            "run the 'dynix' that belongs to the system which made the plan");
    activation_plan made;
    made.dynamic_file = from.text("dynamicFile");
    if (from.has("chosenFile"))
        made.chosen_file = from.text("chosenFile");
    made.configuration = from.text("configuration");
    if (from.has("fingerprint"))
        made.fingerprint = from.text("fingerprint");
    from.each("services", [&](auto& one) { made.services.push_back(read_service(one)); });
    from.each("overrides", [&](auto& one) {
        made.overrides.push_back(
            {one.text("option"), one.json_text("static"), one.json_text("dynamic")});
    });
    made.problems = from.texts("problems");
    made.warnings = from.texts("warnings");
    made.verify = read_verification(from);
    made.rests_on = read_proof(from, made.verify);
    made.by_slice = from.text_or("evaluated", "whole") == "slice";
    from.each("leaks", [&](auto& one) { made.leaks.push_back(read_leak(one)); });
    made.imported = from.truth_or("imported", false);
    if (from.has("bystanders"))
        made.bystanders = from.text("bystanders");
    refuse_repeated_units(made, from);
    return made;
}

} // namespace

result<void> check_unit_name(std::string_view name) {
    constexpr std::array<std::string_view, 4> suffixes = {".service", ".socket", ".timer", ".path"};
    auto const broken = [&](std::string_view why) {
        return make_error(fmt::format("unit name '{}' {}", shown(name), why));
    };
    if (name.empty())
        return make_error("a unit name is empty");
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
    auto const& file = plan.chosen_file.empty() ? plan.dynamic_file : plan.chosen_file;
    auto text = read_file_if_any(file);
    if (!text)
        return text.error();
    auto now = std::move(*text).value_or("");
    if (fingerprint_of(now) != plan.fingerprint)
        return make_error(fmt::format("'{}' has changed since the plan was made", file));
    plan.configuration = std::move(now);
    return {};
}

result<activation_plan> read_plan(std::string_view text, std::string_view file) {
    if (text.size() > largest_plan)
        return make_error(fmt::format("{}: a plan of {} bytes is too large", file, text.size()));
    return json::read_record(text, file, plan_of);
}

} // namespace dynix::plan
