#include "dynix/plan/flake_reference.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace dynix::plan {
namespace {

namespace fs = std::filesystem;

bool is_path_like(std::string_view reference) {
    return reference.empty() || reference.starts_with('/') || reference.starts_with('.') ||
           reference.starts_with('~');
}

// A path as the path of a URL (RFC 3986, 3.3).
std::string encoded(std::string_view path) {
    constexpr std::string_view plain = "-._~/!$'()*,;:@";
    std::string out;
    for (char const c : path)
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            plain.find(c) != plain.npos)
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    return out;
}

bool is_there(fs::path const& path) {
    std::error_code none;
    return fs::exists(path, none);
}

bool is_below(fs::path const& path, fs::path const& folder) {
    auto const rest = path.lexically_relative(folder);
    return !rest.empty() && *rest.begin() != "..";
}

// The folder that has the flake's flake.nix; or, where the query says in which folder below that
// is, what it is below.
result<fs::path> folder_of_flake(std::string const& path, bool is_repository) {
    std::error_code failed;
    auto const named = fs::canonical(path, failed);
    if (failed)
        return errno_error("follow the flake's path", path, failed.value());
    auto folder = named.filename() == "flake.nix" ? named.parent_path() : named;
    if (!fs::is_directory(folder, failed))
        return make_error(
            fmt::format("'{}' is not a folder, so it is no flake", path),
            "'dynamicism.source.flake' names the folder of a flake.nix");
    if (is_repository)
        return folder;
    while (!is_there(folder / "flake.nix")) {
        if (is_there(folder / ".git") || !folder.has_relative_path())
            return make_error(
                fmt::format("there is no flake.nix in '{}' nor above it", path),
                "'dynamicism.source.flake' names the folder of a flake.nix");
        folder = folder.parent_path();
    }
    // As nixos-rebuild does for a linked /etc/nixos/flake.nix. Nix itself would copy the link,
    // which leads nowhere in the store.
    auto const real = fs::canonical(folder / "flake.nix", failed);
    return failed || is_below(real, folder) ? folder : real.parent_path();
}

bool has_parameter(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        auto const one = query.substr(0, query.find('&'));
        if (one.substr(0, one.find('=')) == name)
            return true;
        query.remove_prefix(std::min(one.size() + 1, query.size()));
    }
    return false;
}

} // namespace

result<std::string> flake_url(std::string_view reference) {
    if (!is_path_like(reference))
        return std::string(reference);
    auto const question = std::min(reference.find('?'), reference.size());
    auto const path = std::string(reference.substr(0, question));
    auto query = std::string(reference.substr(std::min(question + 1, reference.size())));
    if (!path.starts_with('/'))
        return make_error(
            fmt::format("the flake '{}' has no absolute path", reference),
            "set 'dynamicism.source.flake' to one, such as \"/etc/nixos\"");
    bool const names_dir = has_parameter(query, "dir");
    auto const found = folder_of_flake(path, names_dir);
    if (!found)
        return found.error();

    auto root = *found;
    while (root.has_relative_path() && !is_there(root / ".git"))
        root = root.parent_path();
    bool const in_git = is_there(root / ".git");
    auto const add = [&](std::string const& parameter) {
        query += (query.empty() ? "" : "&") + parameter;
    };
    if (in_git && root != *found) {
        if (names_dir)
            return make_error(
                fmt::format(
                    "the flake '{}' names a 'dir', but is itself '{}' in the repository '{}'",
                    reference, found->lexically_relative(root).string(), root.string()),
                "name the repository with the 'dir', or the folder without it");
        add("dir=" + encoded(found->lexically_relative(root).string()));
    }
    if (in_git && is_there(root / ".git/shallow") && !has_parameter(query, "shallow"))
        add("shallow=1");
    auto const url =
        in_git ? "git+file://" + encoded(root.string()) : "path:" + encoded(found->string());
    return query.empty() ? url : url + '?' + query;
}

} // namespace dynix::plan
