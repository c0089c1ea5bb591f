#include "dynix/options/type.hpp"

#include "dynix/options/schema.hpp"

#include <fmt/format.h>

namespace dynix::options {
namespace {

// More values than these are cut in a message.
constexpr std::size_t most_shown = 12;

} // namespace

std::string describe(type const& what) {
    if (what.values.empty())
        return what.text.empty() ? "a value that Nix judges" : what.text;
    std::string out = what.values.size() == 1 ? "" : "one of ";
    for (std::size_t i = 0; i < what.values.size() && i < most_shown; ++i) {
        auto const shown = syntax::print(what.values[i]);
        out += fmt::format("{}{}", i == 0 ? "" : ", ", shown ? *shown : "?");
    }
    if (what.values.size() > most_shown)
        out += fmt::format(" and {} more", what.values.size() - most_shown);
    return out;
}

} // namespace dynix::options
