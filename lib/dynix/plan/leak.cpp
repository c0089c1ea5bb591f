#include "dynix/plan/leak.hpp"

#include "dynix/plan/plan.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <initializer_list>
#include <set>
#include <utility>

namespace dynix::plan {
namespace {

template <class Kind, std::size_t Count>
using words = std::array<std::pair<Kind, std::string_view>, Count>;

constexpr words<verification, 2> verification_words = {{
    {verification::quick, "quick"},
    {verification::full, "full"},
}};

constexpr words<proof, 3> proof_words = {{
    {proof::every_value, "every-value"},
    {proof::compared, "compared"},
    {proof::full, "full"},
}};

constexpr words<leak_kind, 7> leak_words = {{
    {leak_kind::unit, "unit"},
    {leak_kind::user_unit, "user-unit"},
    {leak_kind::etc, "etc"},
    {leak_kind::user, "user"},
    {leak_kind::group, "group"},
    {leak_kind::package, "package"},
    {leak_kind::system, "system"},
}};

template <class Kind, std::size_t Count>
std::string_view word_of(words<Kind, Count> const& table, Kind what) {
    for (auto const& [kind, word] : table)
        if (kind == what)
            return word;
    return "?";
}

template <class Kind, std::size_t Count>
std::optional<Kind> named(words<Kind, Count> const& table, std::string_view asked) {
    for (auto const& [kind, word] : table)
        if (word == asked)
            return kind;
    return std::nullopt;
}

// Lines on one line, if they are short enough to be read there.
std::optional<std::string> inlined(std::string const& lines) {
    constexpr std::size_t longest = 100;
    if (lines.empty() || lines.size() > longest)
        return std::nullopt;
    std::string out;
    for (char const c : lines)
        out += c == '\n' ? std::string("; ") : std::string(1, c);
    return out;
}

// "'services.bar.threads'", or "the overrides" when it may be any of several.
std::string cause(activation_plan const& wanted) {
    if (wanted.overrides.size() == 1)
        return fmt::format("'{}'", wanted.overrides.front().option);
    return "the dynamic file";
}

// Whether any of the lines begins with one of these words (nixmodules/dynamicism/compared.nix).
bool has_any(std::string const& lines, std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(words, [&](std::string_view word) {
        return lines.starts_with(word) || lines.find(fmt::format("\n{}", word)) != lines.npos;
    });
}

// Where a service could name what it reaches, so that it would be no leak; empty where nothing
// takes it: a plan changes the text of a unit, and where a link below /etc leads.
std::string_view place_of(leak const& what) {
    if (!what.static_lines || !what.dynamic_lines)
        return "";
    auto const lines = *what.static_lines + '\n' + *what.dynamic_lines;
    if (what.kind == leak_kind::unit && check_unit_name(what.name) &&
        !has_any(
            lines, {"(masked)", "file=", "/", "WantedBy=", "RequiredBy=", "UpheldBy=", "Alias="}))
        return "add the unit to 'dynamicism.for.<service>.units'";
    if (what.kind == leak_kind::etc && !what.name.starts_with("systemd/") &&
        !has_any(lines, {"mode=", "target="}))
        return "add the file, if it is a link, to 'dynamicism.for.<service>.etc'";
    return "";
}

// What makes none of the leaks one, in front of the ways that are always there. To name some of
// several leaves a leak.
std::string declaration(std::vector<leak> const& leaks) {
    std::set<std::string_view> places;
    for (auto const& one : leaks)
        places.insert(place_of(one));
    if (places.contains(""))
        return "";
    return fmt::format("{}, or ", fmt::join(places, " and "));
}

} // namespace

std::string_view to_string(verification what) {
    return word_of(verification_words, what);
}

std::string_view to_string(leak_kind what) {
    return word_of(leak_words, what);
}

std::string_view to_string(proof what) {
    return word_of(proof_words, what);
}

std::optional<proof> proof_named(std::string_view word) {
    return named(proof_words, word);
}

std::optional<verification> verification_named(std::string_view word) {
    return named(verification_words, word);
}

std::optional<leak_kind> leak_kind_named(std::string_view word) {
    return named(leak_words, word);
}

std::string_view describe(verification what) {
    return what == verification::full
               ? "the complete systems were compared"
               : "units, /etc, users, groups and the names of packages were compared; what is in "
                 "packages, activation scripts, the kernel's parameters and all else was not, as "
                 "'--verify=full' does";
}

std::string_view describe(proof what) {
    switch (what) {
    case proof::every_value:
        return "proved for every value: nothing but the planned units and files looks at these "
               "options";
    case proof::compared:
        return describe(verification::quick);
    case proof::full:
        return describe(verification::full);
    }
    return "?";
}

std::string subject(leak const& what) {
    switch (what.kind) {
    case leak_kind::unit:
        return fmt::format("'{}'", what.name);
    case leak_kind::user_unit:
        return fmt::format("the users' '{}'", what.name);
    case leak_kind::etc:
        return fmt::format("'/etc/{}'", what.name);
    case leak_kind::user:
        return fmt::format("user '{}'", what.name);
    case leak_kind::group:
        return fmt::format("group '{}'", what.name);
    case leak_kind::package:
        return fmt::format("package '{}'", what.name);
    case leak_kind::system:
        return "another part of the system";
    }
    return what.name;
}

std::string describe(leak const& what) {
    auto const about = subject(what);
    if (!what.static_lines)
        return fmt::format("{} is new", about);
    if (!what.dynamic_lines)
        return fmt::format("{} goes away", about);
    auto const was = inlined(*what.static_lines);
    auto const is = inlined(*what.dynamic_lines);
    if (was && is)
        return fmt::format("{} changes: {} -> {}", about, *was, *is);
    if (is && what.static_lines->empty())
        return fmt::format("{} changes: gets {}", about, *is);
    if (was && what.dynamic_lines->empty())
        return fmt::format("{} changes: loses {}", about, *was);
    return fmt::format("{} changes", about);
}

error leak_refusal(activation_plan const& wanted) {
    std::vector<std::string> subjects;
    for (auto const& one : wanted.leaks)
        subjects.push_back(subject(one));
    auto out = make_error(
        fmt::format(
            "{} reaches more than the units of the plan: {}", cause(wanted),
            fmt::join(subjects, ", ")),
        declaration(wanted.leaks) +
            "put the change into the static configuration and run 'nixos-rebuild switch'; "
            "'--allow-leak' goes on and leaves it as it is");
    for (auto const& one : wanted.leaks)
        out.notes.push_back({describe(one), {}});
    return out;
}

} // namespace dynix::plan
