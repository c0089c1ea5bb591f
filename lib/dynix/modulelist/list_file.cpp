#include "dynix/modulelist/list_file.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/lock.hpp"
#include "dynix/modulelist/detail/ask.hpp"
#include "dynix/modulelist/detail/fetching.hpp"
#include "dynix/modulelist/detail/members.hpp"
#include "dynix/modulelist/detail/purity.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace dynix::modulelist {
namespace {

// Of the file. nixmodules/minimal/use.nix reads the same one.
constexpr int list_version = 1;
// Writing takes milliseconds.
constexpr std::chrono::seconds patience_of_writers{10};
// Room for ten times the modules of nixpkgs.
constexpr std::uint64_t largest_list = 1 << 20;

// Names of modules and store paths have no character that Nix reads in another way, but a quote is
// cheap.
std::string text(std::string_view value) {
    std::string out = "\"";
    for (char const one : value) {
        if (one == '"' || one == '\\' || one == '$')
            out += '\\';
        out += one;
    }
    return out + '"';
}

std::string list(std::vector<std::string> const& items, std::size_t indent) {
    std::string out = "[\n";
    for (auto const& one : items)
        out += fmt::format("{:{}}{}\n", "", indent, text(one));
    return out + fmt::format("{:{}}]", "", indent - 2);
}

// A folder by its name, and as it is when it is a link.
std::vector<std::string> names_of(std::string const& folder) {
    std::vector<std::string> out{folder};
    std::error_code bad;
    if (auto const real = std::filesystem::canonical(folder, bad).string(); !bad && real != folder)
        out.push_back(real);
    return out;
}

// What does not change as long as the key does not: the configuration's folder, nixpkgs and the
// store, and dynix. A flake can read no other file; with --impure it can read the environment.
// nixpkgs evaluates what is in `overlays` where it would look for overlays in the environment.
detail::readable readable_files(
    request const& of, boost::json::object const& key, std::vector<std::string> folder,
    std::string const& overlays) {
    detail::readable out{
        {}, fmt::format("nixpkgs-overlays={}:{}", overlays, detail::text(key, "searchPath")), true};
    if (of.source.kind == plan::source_kind::flake)
        return out;
    out.roots = std::move(folder);
    out.roots.insert(
        out.roots.end(),
        {of.folder, detail::text(key, "own"), detail::text(key, "nixpkgs"), "/nix/store"});
    std::erase(out.roots, std::string());
    return out;
}

// Of Nix's error that a file may not be read.
std::string refused_file(std::string_view err) {
    auto const end = err.find("' is forbidden in restricted mode");
    if (end == err.npos)
        return {};
    auto const start = err.rfind('\'', end - 1);
    return start == err.npos ? std::string() : std::string(err.substr(start + 1, end - start - 1));
}

// Of what Nix says of a file that it evaluates: 'evaluating file '/etc/nixos/configuration.nix''.
std::string evaluated_file(std::string_view line) {
    constexpr std::string_view before = "evaluating file '";
    auto const start = line.find(before);
    if (start == line.npos || !line.ends_with('\''))
        return {};
    line.remove_prefix(start + before.size());
    line.remove_suffix(1);
    return std::string(line);
}

bool is_in_any(std::string const& file, std::vector<std::string> const& folders) {
    return std::ranges::any_of(
        folders, [&](std::string const& folder) { return file.starts_with(folder + '/'); });
}

result<boost::json::object> ask_key(request const& of, process::runner& with) {
    auto const ended = detail::run_question(of, "key", {}, with);
    if (!ended)
        return ended.error();
    auto found = detail::answer(*ended);
    if (!found)
        return found.error();
    if (!found->is_object())
        return make_error("Nix gave no key of the configuration");
    return std::move(found->as_object());
}

// Whether `file` is all of what is in the store by one name, as what the evaluation wrote there.
bool is_alone_in_store(std::string_view file) {
    constexpr std::string_view store = "/nix/store/";
    return file.starts_with(store) && file.find('/', store.size()) == file.npos;
}

// Empty: it is not. A file in the store stays as it is and may still fetch.
std::string why_impure(
    detail::purity const& of, std::string const& file, std::vector<std::string> const& folders) {
    auto const text = read_file(file);
    std::string why;
    auto const folder = std::ranges::find_if(
        folders, [&](std::string const& one) { return file.starts_with(one + '/'); });
    if (folder != folders.end() && detail::is_passed_over(of, *folder, file))
        why = detail::evaluated_all_the_same;
    else if (text && (folder != folders.end() || is_alone_in_store(file)))
        why = detail::asks_for_more(of, file, *text);
    else if (text && !of.is_flake && detail::fetches_without_hash(*text))
        why = detail::fetches_another;
    return why.empty() ? why : fmt::format("'{}' {}", file, why);
}

} // namespace

std::string print_list_file(list_file const& what) {
    auto out = fmt::format(
        "# The modules of nixpkgs that this configuration needs, written by 'dynix modules "
        "needed'. It holds for\n"
        "# the configuration and the nixpkgs of its key; with any other, the whole module list is "
        "used.\n"
        "{{\n  version = {};\n  key = {};\n",
        list_version, text(what.key.text));
    if (what.key.text.empty())
        out += fmt::format("  because = {};\n", text(what.key.because));
    out += fmt::format("  result = {};\n  names = {{\n", text(what.result));
    for (auto const& [of, names] : what.key.names)
        out += fmt::format("    {} = {};\n", of, list(names, 6));
    return out + fmt::format("  }};\n  modules = {};\n}}\n", list(what.modules, 4));
}

result<void> check_writable(std::string const& file) {
    auto const real = resolve_links(file);
    if (!real)
        return real.error();
    auto const folder = folder_of(*real);
    std::error_code failed;
    auto const there = std::filesystem::status(*real, failed);
    if (std::filesystem::exists(there) && !std::filesystem::is_regular_file(there))
        return make_error(fmt::format("'{}' is not a regular file", file));
    if (!std::filesystem::is_directory(folder, failed))
        return failed ? errno_error("write to", folder, failed.value())
                      : make_error(fmt::format("'{}' is not a folder", folder));
    // The file itself is replaced, not written to.
    if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0)
        return errno_error("write to", folder, errno);
    return {};
}

result<void> write_list(std::string const& file, list_file const& what) {
    auto const real = resolve_links(file);
    if (!real)
        return real.error();
    // The temporary file has one name.
    auto const lock = file_lock::acquire(folder_of(*real) + '/', patience_of_writers);
    if (!lock)
        return lock.error();
    return replace_file(file, print_list_file(what));
}

result<list_key>
key_of(request const& of, std::string const& system_result, process::runner& with) {
    auto const found = ask_key(of, with);
    if (!found)
        return found.error();
    auto const& facts = *found;
    list_key out{detail::text(facts, "key"), detail::text(facts, "because")};
    if (out.text.empty())
        return out;
    if (auto const* const names = facts.if_contains("names"); names && names->is_object())
        for (auto const& one : names->as_object())
            out.names[one.key()] = detail::strings(names->as_object(), one.key());
    auto const folder = names_of(detail::text(facts, "folder"));
    // What these ask for is in the key.
    auto known = names_of(detail::text(facts, "nixpkgs"));
    for (auto& one : names_of(detail::text(facts, "own")))
        known.push_back(std::move(one));
    std::erase(known, std::string());
    detail::purity const pure{
        detail::text(facts, "list"), of.source.kind == plan::source_kind::flake};
    auto const overlays = detail::text(facts, "own") + "/asked-overlays";
    auto const asked_overlays = overlays + "/overlay.nix";
    std::string impure;
    auto const alone = detail::run_question(
        of, "itself", {}, with,
        [&](std::string_view line) {
            auto const file = evaluated_file(line);
            if (impure.empty() && file == asked_overlays)
                impure = "a nixpkgs is imported without `config' and `overlays', which it reads "
                         "from the environment";
            else if (impure.empty() && !file.empty() && !is_in_any(file, known))
                impure = why_impure(pure, file, folder);
        },
        readable_files(of, facts, folder, overlays));
    if (!alone)
        return alone.error();
    auto const same = alone->success() ? detail::answer(*alone) : boost::json::value();
    if (same && same->is_string() && same->as_string() == system_result) {
        if (!impure.empty())
            return list_key{{}, std::move(impure), {}};
        // Was it that system all the time?
        auto const again = ask_key(of, with);
        if (!again)
            return again.error();
        if (detail::text(*again, "key") != out.text)
            return list_key{{}, "the configuration has changed meanwhile", {}};
        return out;
    }
    auto const file = refused_file(alone->err);
    return list_key{
        {},
        file.empty() ? "without other files and the environment it is another system"
                     : fmt::format(
                           "the configuration reads '{}', which is neither in its folder nor in "
                           "the store",
                           file),
        {}};
}

result<std::string> why_unused(request const& of, process::runner& with) {
    auto const ended = detail::run_question(of, "unused", {}, with);
    if (!ended)
        return ended.error();
    auto const found = detail::answer(*ended);
    if (!found)
        return found.error();
    return found->is_string() ? std::string(found->as_string()) : std::string();
}

result<std::vector<std::string>>
read_list(request const& of, std::string const& file, process::runner& with) {
    auto const again = fmt::format("run 'dynix modules needed --write {}'", file);
    // Nix would wait for a pipe, and read a device to its end.
    if (auto const text = read_file(file, largest_list); !text)
        return text.error();
    auto const path = std::filesystem::absolute(file).lexically_normal().string();
    auto const ended = detail::run_question(of, "written", {{"file", path}}, with);
    if (!ended)
        return ended.error();
    auto const found = detail::answer(*ended);
    if (!found) {
        auto failed = make_error(fmt::format("the module list '{}' cannot be read", file), again);
        failed.notes = found.error().notes;
        return failed;
    }
    auto const* const version =
        found->is_object() ? found->as_object().if_contains("version") : nullptr;
    if (version == nullptr || version->is_null())
        return make_error(fmt::format("'{}' is no module list", file), again);
    if (*version != list_version)
        return make_error(
            fmt::format(
                "'{}' has version {}, and this dynix reads version {}", file,
                boost::json::serialize(*version), list_version),
            fmt::format("use a newer dynix, or {}", again));
    auto const* const modules = found->as_object().if_contains("modules");
    if (modules == nullptr || !modules->is_array() ||
        !std::ranges::all_of(
            modules->as_array(), [](boost::json::value const& name) { return name.is_string(); }))
        return make_error(fmt::format("'{}' is no module list", file), again);
    return detail::strings(found->as_object(), "modules");
}

} // namespace dynix::modulelist
