#include "dynix/modulelist/detail/purity.hpp"

#include "dynix/evaluation/roots.hpp"
#include "dynix/modulelist/detail/fetching.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <system_error>

namespace dynix::modulelist::detail {
namespace {

// The last one reads what git keeps.
constexpr std::array<std::string_view, 6> of_surroundings = {
    "getEnv", "currentTime", "maybeEnv", "nixPath", "nixVersion", "gitTracked"};
// Functions of Nix and of nixpkgs' lib that see which files are in a folder.
constexpr std::array<std::string_view, 11> listing = {
    "readDir",
    "listFilesRecursive",
    "filterSource",
    "cleanSource",
    "toSource",
    "fileFilter",
    "fromSource",
    "builtins.path",
    "sourceByRegex",
    "sourceFilesBySuffices",
    "packagesFromDirectoryRecursive"};
// Of a flake's source: they change with a commit, and no file does.
constexpr std::array<std::string_view, 8> of_commit = {
    "rev",      "shortRev",     "dirtyRev",         "dirtyShortRev",
    "revCount", "lastModified", "lastModifiedDate", "narHash"};
// What key.nix passes over, as the end of a path.
constexpr std::array<std::string_view, 3> passed_over = {"/result", "/.git", "/dynamic.nix"};

constexpr std::string_view space = " \t\r\n";

bool is_of_name(char one) {
    return (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z') || (one >= '0' && one <= '9') ||
           one == '_' || one == '-' || one == '\'';
}

bool is_word(std::string_view text, std::size_t at, std::size_t size) {
    return (at == 0 || !is_of_name(text[at - 1])) &&
           (at + size >= text.size() || !is_of_name(text[at + size]));
}

std::size_t find_word(std::string_view text, std::string_view word, std::size_t from) {
    auto at = text.find(word, from);
    while (at != text.npos && !is_word(text, at, word.size()))
        at = text.find(word, at + 1);
    return at;
}

std::string_view without_space(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(space), text.size()));
    return text;
}

// The argument behind a function, where it is literally './name' or one below it.
std::string_view literal_folder(std::string_view argument) {
    argument = without_space(argument);
    auto const end = std::min(argument.find_first_of(" \t\r\n);"), argument.size());
    auto const word = argument.substr(0, end);
    bool const is_plain = word.starts_with("./") && !word.starts_with("./.") &&
                          word.find("..") == word.npos && word.find('$') == word.npos &&
                          !without_space(argument.substr(end)).starts_with('+');
    return is_plain ? word : std::string_view();
}

// Whether a call sees the list, or what else is passed over, or may: in a folder below that of the
// file and not above the list's everything has its name in the key.
bool sees_passed_over(purity const& of, std::string const& file, std::string_view argument) {
    auto const name = literal_folder(argument);
    if (name.empty())
        return true;
    // One of the two may have come by a link.
    auto const real = [](std::filesystem::path const& path) {
        std::error_code bad;
        return std::filesystem::weakly_canonical(path, bad).string() + '/';
    };
    return real(of.list).starts_with(real(std::filesystem::path(file).parent_path() / name));
}

bool lists_files(purity const& of, std::string const& file, std::string_view text) {
    for (auto const word : listing)
        for (auto at = find_word(text, word, 0); at != text.npos;
             at = find_word(text, word, at + 1))
            if (sees_passed_over(of, file, text.substr(at + word.size())))
                return true;
    return false;
}

// In a path or at the end of one: './result', "/result"; and what is made of a list but a system.
bool names_passed_over(std::string_view text) {
    for (std::string_view const word : {"import", "pathExists", "readFile", "readFileType"})
        for (auto at = find_word(text, word, 0); at != text.npos;
             at = find_word(text, word, at + 1))
            if (literal_folder(text.substr(at + word.size())).ends_with(".module-list.nix"))
                return true;
    for (auto const name : passed_over)
        for (auto at = text.find(name); at != text.npos; at = text.find(name, at + 1)) {
            bool const in_path =
                at > 0 && std::string_view(".\"}").find(text[at - 1]) != std::string_view::npos;
            auto const next = at + name.size();
            if (in_path && (next >= text.size() || !is_of_name(text[next]) || text[next] == '-'))
                return true;
        }
    return false;
}

// '<name>', where it is no error that there is none.
bool tries_search_path(std::string_view text) {
    if (text.find("tryEval") == text.npos)
        return false;
    for (auto at = text.find('<'); at != text.npos; at = text.find('<', at + 1)) {
        auto const rest = text.substr(at + 1);
        auto const end = std::ranges::find_if_not(rest, [](char one) {
            return is_of_name(one) || one == '.' || one == '/' || one == '+';
        });
        if (end != rest.end() && *end == '>' && end != rest.begin())
            return true;
    }
    return false;
}

// 'self.rev', 'self ? rev' or 'inherit (self) rev;': the member.
std::string_view asked_of_commit(std::string_view text) {
    constexpr std::string_view flake = "self";
    constexpr std::string_view source = ".sourceInfo";
    for (auto at = find_word(text, flake, 0); at != text.npos;
         at = find_word(text, flake, at + 1)) {
        auto rest = text.substr(at + flake.size());
        if (rest.starts_with(source))
            rest.remove_prefix(source.size());
        rest = without_space(rest);
        if (rest.empty() || (rest[0] != '.' && rest[0] != '?' && rest[0] != ')'))
            continue;
        auto const end = rest[0] == ')' ? rest.find(';') : rest.find_first_of(".);", 1);
        rest = rest.substr(0, end);
        for (auto const member : of_commit)
            if (find_word(rest, member, 0) != rest.npos)
                return member;
    }
    return {};
}

} // namespace

std::string asks_for_more(purity const& of, std::string const& file, std::string const& text) {
    if (std::filesystem::path(file).filename() == "dynamic.nix")
        return "is read, and does not count";
    bool const surroundings = std::ranges::any_of(
        of_surroundings, [&](std::string_view word) { return text.find(word) != text.npos; });
    if (surroundings || tries_search_path(text) || evaluation::asks_for_more(text))
        return "asks for the environment, the time or a file elsewhere, which may change";
    // The evaluation of a flake is pure: there the revision is known.
    if (!of.is_flake && fetches_without_hash(text))
        return std::string(fetches_another);
    if (lists_files(of, file, text))
        return "asks which files are in a folder, and the list, dynamic.nix, .git and what "
               "nix-build leaves do not count ('readDir ./folder' beside it may)";
    if (names_passed_over(text))
        return "reads a list, dynamic.nix, .git or what nix-build leaves, which does not count";
    if (auto const member = asked_of_commit(text); of.is_flake && !member.empty())
        return fmt::format(
            "asks for '{}' of the flake, which changes with a commit and no file does", member);
    return {};
}

} // namespace dynix::modulelist::detail
