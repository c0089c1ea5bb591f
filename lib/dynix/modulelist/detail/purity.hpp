// Whether a file of a configuration may give another value while no file that the key of a list
// counts (nixmodules/minimal/key.nix) is another. Nix does not say so: under restrict-eval the
// environment is empty, and a file outside is not there.
#pragma once

#include <string>

namespace dynix::modulelist::detail {

struct purity {
    std::string list{}; // the file of the list, as the configuration names it
    bool is_flake = false;
};

// Why `text`, which `file` has, may do so, in words that follow the file's name; empty: it does
// not. It is read as text: a word in a comment counts, and so does every argument that is not
// literally a path; but for what is fetched (fetching.hpp).
std::string asks_for_more(purity const& of, std::string const& file, std::string const& text);

} // namespace dynix::modulelist::detail
