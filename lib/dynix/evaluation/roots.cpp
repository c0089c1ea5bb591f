#include "dynix/evaluation/roots.hpp"

#include "dynix/base/file.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <string_view>
#include <system_error>

namespace dynix::evaluation {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view store_prefix = "/nix/store/";

// A path with its links resolved; one that is not there stays as it is, and is missed when it
// comes.
std::string resolved(std::string const& path) {
    std::error_code failed;
    auto real = fs::weakly_canonical(path, failed);
    return failed ? path : real.string();
}

// What dynix writes beside the dynamic file (overrides/generations.hpp, base/file.hpp).
bool is_of_dynamic_file(std::string const& name, std::string const& dynamic) {
    return name == dynamic || name == dynamic + ".generations" || name == "." + dynamic + ".new";
}

result<void>
add_beside(std::vector<std::string>& to, std::string const& file, std::string const& dynamic_file) {
    auto const folder = folder_of(resolved(file));
    auto const real = resolved(dynamic_file);
    auto const has_it = folder_of(real) == folder;
    auto const dynamic = fs::path(real).filename().string();
    std::error_code failed;
    for (fs::directory_iterator one(folder, failed), end; !failed && one != end;
         one.increment(failed)) {
        auto const name = one->path().filename().string();
        if (!has_it || !is_of_dynamic_file(name, dynamic))
            to.push_back(one->path().string());
    }
    if (failed)
        return errno_error("list", folder, failed.value());
    return {};
}

// "name=/path:/other": the paths.
void add_search_path(std::vector<std::string>& to, std::string_view search_path) {
    while (!search_path.empty()) {
        auto const end = search_path.find(':');
        auto entry = search_path.substr(0, end);
        search_path.remove_prefix(end == search_path.npos ? search_path.size() : end + 1);
        if (auto const name = entry.find('='); name != entry.npos)
            entry.remove_prefix(name + 1);
        // Others are URLs, whose rest is behind the colon.
        if (entry.starts_with('/') && !entry.starts_with("//"))
            to.push_back(resolved(std::string(entry)));
    }
}

// What Nix answers in such an evaluation otherwise than in others: an empty variable, more search
// paths, another time.
constexpr std::array<std::string_view, 3> of_surroundings = {
    "builtins.getEnv", "builtins.nixPath", "builtins.currentTime"};
constexpr std::string_view asks_for_paths = "pathExists";

// Whether the argument is './name' and nothing is made of it.
bool is_beside(std::string_view argument) {
    constexpr std::string_view space = " \t\n";
    argument.remove_prefix(std::min(argument.find_first_not_of(" \t\n("), argument.size()));
    auto const end = std::min(argument.find_first_of(" \t\n);"), argument.size());
    auto const word = argument.substr(0, end);
    auto rest = argument.substr(end);
    rest.remove_prefix(std::min(rest.find_first_not_of(space), rest.size()));
    return word.starts_with("./") && !word.starts_with("./.") && word.find("..") == word.npos &&
           word.find('$') == word.npos && !rest.starts_with('+');
}

// Where `text` asks for another file than './name' or for its surroundings, if it does.
std::size_t asks_at(std::string_view text) {
    for (auto const word : of_surroundings)
        if (auto const at = text.find(word); at != text.npos)
            return at;
    for (auto at = text.find(asks_for_paths); at != text.npos;
         at = text.find(asks_for_paths, at + 1)) {
        if (!is_beside(text.substr(at + asks_for_paths.size())))
            return at;
    }
    return text.npos;
}

result<void> check_file(std::string const& path) {
    auto text = read_file(path);
    if (!text)
        return text.error();
    auto const at = asks_at(*text);
    if (at == std::string::npos)
        return {};
    auto const rest = std::string_view(*text).substr(at);
    auto const before = text->begin() + static_cast<std::ptrdiff_t>(at);
    return make_error(
        fmt::format(
            "{}:{}: asks for more than the files of the configuration: '{}'", path,
            std::count(text->begin(), before, '\n') + 1,
            rest.substr(0, rest.find_first_of(" \t\n);"))),
        "ask only for files beside it, such as './name', or leave the question out: without that "
        "nothing can be proved, and 'dynix apply' compares");
}

} // namespace

bool is_in_store(std::string_view path) {
    return path.starts_with(store_prefix);
}

result<std::vector<std::string>>
known_roots(plan::system_record const& record, std::string const& search_path) {
    std::vector<std::string> out;
    if (record.source.kind == plan::source_kind::flake)
        return out;
    for (auto const* named : {&record.roots, &record.more_roots})
        for (auto const& root : *named)
            out.push_back(resolved(root));
    switch (record.source.kind) {
    case plan::source_kind::flake:
        break;
    case plan::source_kind::configuration:
        out.push_back(resolved(record.source.nixpkgs));
        if (auto added = add_beside(out, record.source.configuration, record.dynamic_file); !added)
            return added.error();
        break;
    case plan::source_kind::file:
        if (auto added = add_beside(out, record.source.file, record.dynamic_file); !added)
            return added.error();
        break;
    }
    add_search_path(out, search_path);
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

result<void>
check_file_questions(std::vector<std::string> const& roots, plan::system_record const& record) {
    std::vector<std::string> known;
    for (auto const& root : record.roots)
        known.push_back(resolved(root));
    if (!record.source.nixpkgs.empty())
        known.push_back(resolved(record.source.nixpkgs));
    auto const is_known = [&](std::string const& path) {
        return is_in_store(path) || std::ranges::find(known, path) != known.end();
    };
    for (auto const& root : roots) {
        if (is_known(root))
            continue;
        std::error_code unreadable;
        if (fs::is_regular_file(root, unreadable)) {
            if (root.ends_with(".nix"))
                if (auto good = check_file(root); !good)
                    return good;
            continue;
        }
        std::error_code failed;
        for (fs::recursive_directory_iterator one(root, failed), end; !failed && one != end;
             one.increment(failed)) {
            auto const path = one->path().string();
            if (is_known(path)) {
                one.disable_recursion_pending();
                continue;
            }
            if (path.ends_with(".nix") && one->is_regular_file(unreadable))
                if (auto good = check_file(path); !good)
                    return good;
        }
        if (failed && failed != std::errc::no_such_file_or_directory)
            return errno_error("list", root, failed.value());
    }
    return {};
}

} // namespace dynix::evaluation
