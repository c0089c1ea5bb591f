#include "dynix/options/pattern.hpp"

#include <regex.h>

namespace dynix::options {
namespace {

// regexec may take time that grows with the square of the text.
constexpr std::size_t longest = 64 * 1024;

} // namespace

// regcomp(3) and not std::regex, which Nix uses: the latter recurses once for each character, and
// overflows the stack on a long text.
std::optional<bool> matches(std::string const& pattern, std::string const& text) {
    if (text.size() > longest)
        return std::nullopt;
    regex_t compiled;
    if (::regcomp(&compiled, ("^(" + pattern + ")$").c_str(), REG_EXTENDED | REG_NOSUB) != 0)
        return std::nullopt;
    auto const answer = ::regexec(&compiled, text.c_str(), 0, nullptr, 0);
    ::regfree(&compiled);
    if (answer == REG_ESPACE)
        return std::nullopt;
    return answer == 0;
}

} // namespace dynix::options
