// The words of a command line that is being typed, as the shell will read them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dynix::tool {

// The words of `line`, which ends at the cursor, without the shell's quotes and backslashes. The
// last one is the one being typed: empty behind a space, and possibly within quotes that are not
// closed yet. At least one word. Knows what bash, zsh and fish have in common; nothing is expanded.
std::vector<std::string> shell_words(std::string_view line);

} // namespace dynix::tool
