// Whether a file of a configuration may give another value while no file that the key of a list
// counts (nixmodules/minimal/key.nix) is another. Nix does not say so: under restrict-eval the
// environment is empty, and a file outside is not there.
#pragma once

#include <string>
#include <string_view>

namespace dynix::modulelist::detail {

struct purity {
    std::string list{}; // the file of the list, as the configuration names it
    bool is_flake = false;
};

// Why `text`, which `file` has, may do so, in words that follow the file's name; empty: it does
// not. What counts is its code, without comments: a name that leads to a function of Nix or of
// nixpkgs' lib, whatever it is a member of, and where that is called with a path literally that
// path. A text that cannot be parsed may do anything.
std::string asks_for_more(purity const& of, std::string const& file, std::string const& text);

// Whether what is in `file`, which is below `folder`, is not in the key, whatever leads to it: a
// list but that of the system, and .git.
bool is_passed_over(purity const& of, std::string const& folder, std::string const& file);

// What is wrong where Nix evaluates it, in words that follow its name.
inline constexpr std::string_view evaluated_all_the_same = "is read, and does not count";

} // namespace dynix::modulelist::detail
