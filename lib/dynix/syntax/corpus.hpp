// For the tests: the .nix files of the trees that the environment names.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace dynix::syntax {

inline constexpr int skipped = 77;

inline std::string setting(char const* name, std::string otherwise) {
    auto const* const value = std::getenv(name);
    return value != nullptr ? value : std::move(otherwise);
}

inline std::vector<std::string> nix_files(std::string const& root) {
    std::vector<std::string> found;
    auto const skip = std::filesystem::directory_options::skip_permission_denied;
    for (auto const& entry : std::filesystem::recursive_directory_iterator(root, skip))
        if (entry.path().extension() == ".nix" && entry.is_regular_file())
            found.push_back(entry.path().string());
    std::sort(found.begin(), found.end());
    return found;
}

// Every fourth .nix file of the trees, or with DYNIX_ALL_FILES every one, which takes four times as
// long; says which trees nothing names.
inline std::vector<std::string> corpus_files() {
    std::vector<std::string> files;
    for (auto const* const name : {"DYNIX_NIXPKGS", "DYNIX_NIXPKGS_LIB", "DYNIX_HOME_MANAGER"}) {
        auto const root = setting(name, "");
        if (root.empty()) {
            std::printf("%s is not set: that tree is left out\n", name);
            continue;
        }
        auto found = nix_files(root);
        files.insert(
            files.end(), std::make_move_iterator(found.begin()),
            std::make_move_iterator(found.end()));
    }
    if (std::getenv("DYNIX_ALL_FILES") == nullptr)
        std::erase_if(
            files, [number = 0](std::string const&) mutable { return number++ % 4 != 0; });
    return files;
}

} // namespace dynix::syntax
