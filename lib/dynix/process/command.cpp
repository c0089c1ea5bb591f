#include "dynix/process/command.hpp"

#include <cstring>
#include <fmt/format.h>

namespace dynix::process {
namespace {

std::string shell_word(std::string_view word) {
    auto const plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("_-./:=+,@%").find(c) != std::string_view::npos;
    };
    bool safe = !word.empty();
    for (char const c : word)
        safe = safe && plain(c);
    if (safe)
        return std::string(word);
    std::string out = "'";
    for (char const c : word)
        c == '\'' ? out.append("'\\''") : out.append(1, c);
    return out + '\'';
}

} // namespace

std::string describe(outcome const& what) {
    if (what.interrupted != 0)
        return fmt::format("interrupted by signal {}", what.interrupted);
    if (what.timed_out)
        return "timed out";
    if (what.signal != 0)
        return fmt::format("killed by signal {} ({})", what.signal, ::strsignal(what.signal));
    return fmt::format("exit code {}", what.exit_code);
}

std::string shell_text(command const& what) {
    std::string out;
    for (auto const& [name, value] : what.environment)
        out += name + '=' + shell_word(value) + ' ';
    out += shell_word(what.program);
    for (auto const& arg : what.args)
        out += ' ' + shell_word(arg);
    return out;
}

} // namespace dynix::process
