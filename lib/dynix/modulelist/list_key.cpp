#include "dynix/modulelist/list_key.hpp"

#include "dynix/base/file.hpp"
#include "dynix/modulelist/detail/ask.hpp"
#include "dynix/modulelist/detail/fetching.hpp"
#include "dynix/modulelist/detail/members.hpp"
#include "dynix/modulelist/detail/purity.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <string_view>
#include <system_error>
#include <utility>

namespace dynix::modulelist {
namespace {

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

} // namespace dynix::modulelist
