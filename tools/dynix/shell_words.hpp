// The words of a command line that is being typed, as the shell will read them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::tool {

struct typed_words {
    // Without the shell's quotes and backslashes. The last one is the one being typed: empty behind
    // a space, and possibly within quotes that are not closed yet. At least one word.
    std::vector<std::string> words;
    // How much of the last word the shell leaves alone when it completes what follows: up to the
    // last character of `breaks` in it that has no quotes.
    std::size_t left_alone = 0;
};

// The words of `line`, which ends at the cursor. Knows what bash, zsh and fish have in common;
// nothing is expanded. `breaks` are the characters at which bash begins another word to complete
// (COMP_WORDBREAKS in bash(1)), though the word goes on; blanks and quotes count as ever.
typed_words shell_words(std::string_view line, std::string_view breaks);

} // namespace dynix::tool
