#include "dynix/options/definitions.hpp"

#include "dynix/syntax/attribute_path.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace dynix::options {
namespace {

definition const* find(std::vector<definition> const& in, std::string_view name) {
    auto const at = std::lower_bound(
        in.begin(), in.end(), name,
        [](definition const& one, std::string_view wanted) { return one.name < wanted; });
    return at != in.end() && at->name == name ? &*at : nullptr;
}

// A set that would vanish, or take the override away, if that stood there bare.
bool must_be_joined(definition const& set) {
    return set.priority && *set.priority != plain_priority &&
           (*set.priority < plain_priority || !set.below.empty());
}

} // namespace

result<std::vector<set_priority>> sets_around(
    definition const& of_option, std::size_t option_length, std::span<std::string const> path) {
    std::vector<set_priority> out;
    auto const* at = &of_option;
    for (auto length = option_length; length < path.size(); ++length) {
        if (must_be_joined(*at)) {
            if (*at->priority < 0)
                return make_error(
                    fmt::format(
                        "the static configuration defines '{}' at the priority {}, which is one of "
                        "an entry of the dynamic file",
                        syntax::print_attribute_path(path.first(length)), *at->priority),
                    "let it have a priority of 0 or above (lib.mkForce has 50), and switch; or "
                    "override the whole of it with --replace");
            out.push_back({length, *at->priority});
        }
        at = find(at->below, path[length]);
        if (at == nullptr)
            break;
    }
    return out;
}

std::optional<std::int64_t> priority_at(
    definition const& of_option, std::size_t option_length, std::span<std::string const> path) {
    auto const* at = &of_option;
    for (auto length = option_length; length < path.size() && at != nullptr; ++length)
        at = find(at->below, path[length]);
    return at == nullptr ? std::nullopt : at->priority;
}

} // namespace dynix::options
