#include "dynix/syntax/surroundings.hpp"

#include <algorithm>
#include <array>

namespace dynix::syntax {
namespace {

constexpr std::array<std::string_view, 6> of_surroundings = {
    "getEnv", "maybeEnv", "inNixShell", "currentTime", "nixPath", "findFile"};
// The last three look for .git or default.nix, and the first of these ends with an error that can
// be caught.
constexpr std::array<std::string_view, 9> of_files = {
    "pathExists",    "pathIsDirectory",     "pathIsRegularFile", "pathType",         "readFileType",
    "pathIsGitRepo", "commitIdFromGitRepo", "repoRevToName",     "resolveDefaultNix"};

} // namespace

bool asks_for_surroundings(mention const& what) {
    return std::ranges::find(of_surroundings, what.name) != of_surroundings.end();
}

bool asks_for_file(mention const& what) {
    return std::ranges::find(of_files, what.name) != of_files.end();
}

bool may_be_any_function(mention const& what) {
    return (what.as == mentioned_as::variable && what.name == nix_builtins) ||
           (what.as == mentioned_as::member && what.subject == nix_builtins && what.name.empty());
}

bool may_ask(std::string_view text) {
    auto const has = [text](std::string_view word) { return text.find(word) != text.npos; };
    return has(nix_builtins) || std::ranges::any_of(of_surroundings, has) ||
           std::ranges::any_of(of_files, has);
}

std::string_view path_beside(mention const& what) {
    if (!what.argument || what.argument.unwrapped().kind() != node_kind::path)
        return {};
    auto const text = what.argument.unwrapped().text();
    bool const is_plain = text.starts_with("./") && !text.starts_with("./.") &&
                          text.find("..") == text.npos && text.find('$') == text.npos;
    return is_plain ? text : std::string_view();
}

} // namespace dynix::syntax
