#include "dynix/modulelist/list_key.hpp"

#include "dynix/base/file.hpp"
#include "dynix/modulelist/detail/ask.hpp"
#include "dynix/modulelist/detail/evaluated_files.hpp"
#include "dynix/modulelist/detail/listing_watch.hpp"
#include "dynix/modulelist/detail/members.hpp"
#include "dynix/plan/evaluation.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

namespace dynix::modulelist {
namespace {

bool is_flake(request const& of) {
    return of.source.kind == plan::source_kind::flake;
}

// The same files by these names of their folder.
std::vector<std::string>
below_each(std::vector<std::string> const& files, std::vector<std::string> const& folders) {
    std::vector<std::string> out;
    for (auto const& file : files)
        for (auto const& folder : folders)
            if (file.starts_with(folders.front() + '/'))
                out.push_back(folder + file.substr(folders.front().size()));
    return out;
}

// What does not change as long as the key does not: what counts in the configuration's folder,
// nixpkgs and the store, and dynix. nixpkgs evaluates what is in `overlays` where it would look for
// overlays in the environment.
detail::readable readable_files(request const& of, boost::json::object const& key) {
    auto const own = detail::text(key, "own");
    detail::readable out{
        below_each(detail::strings(key, "readable"), detail::names_of(detail::text(key, "folder"))),
        fmt::format("nixpkgs-overlays={}/asked-overlays:{}", own, detail::text(key, "searchPath"))};
    for (auto& one : detail::strings(key, "checkout"))
        out.roots.push_back(std::move(one));
    out.roots.insert(out.roots.end(), {of.folder, own, detail::text(key, "nixpkgs"), "/nix/store"});
    std::erase(out.roots, std::string());
    return out;
}

// The folders of the configuration of which something does not count: where a file that may be read
// is named, and not the folder as a whole.
std::vector<std::string> folders_in_part(request const& of, boost::json::object const& key) {
    std::set<std::string> out;
    if (is_flake(of))
        return {};
    auto const folder = detail::text(key, "folder");
    for (auto const& file : detail::strings(key, "readable"))
        for (auto above = folder_of(file); above.starts_with(folder + '/');
             above = folder_of(above))
            out.insert(above);
    out.insert(folder);
    return {out.begin(), out.end()};
}

// Of Nix's error that a file may not be read.
std::string refused_file(std::string_view err) {
    for (std::string_view const mode : {"' is forbidden in restricted", "' is forbidden in pure"}) {
        auto const end = err.find(mode);
        auto const start = end == err.npos ? end : err.rfind('\'', end - 1);
        if (start != err.npos)
            return std::string(err.substr(start + 1, end - start - 1));
    }
    return {};
}

result<boost::json::object> ask_key(request const& of, process::runner& with) {
    detail::readable files;
    files.writes = is_flake(of);
    auto const ended = detail::run_question(of, "key", {}, with, {}, files);
    auto found = detail::answer(ended);
    if (!found)
        return found.error();
    if (!found->is_object())
        return make_error("Nix gave no key of the configuration");
    return std::move(found->as_object());
}

// The query of a flake says in which folder of its source it is.
std::string folder_in_source(std::string_view url) {
    for (auto const before : {'?', '&'})
        if (auto const at = url.find(fmt::format("{}dir=", before)); at != url.npos)
            return std::string(url.substr(at + 5, url.find('&', at + 1) - at - 5));
    return {};
}

// A flake without what does not count, in a commit that there is not, of the time that all files in
// the store have: what is the same system there depends on none of this. Its evaluation is pure: it
// reads nothing but what the lock names.
plan::evaluation flake_alone(request const& of, std::string const& counted) {
    plan::evaluation out;
    out.source = of.source;
    out.source.flake = fmt::format("path:{}?rev={:d>40}&revCount=987654321", counted, "");
    if (auto const folder = folder_in_source(of.source.flake); !folder.empty())
        out.source.flake += "&dir=" + folder;
    out.body = "(system.moduleListWhole or system).config.system.build.toplevel.drvPath";
    return out;
}

// Of the system that is evaluated from what the key knows, and nothing else.
result<process::outcome> evaluate_alone(
    request const& of, boost::json::object const& key, detail::verbosity told,
    process::line_callback on_line, process::runner& with) {
    if (!is_flake(of)) {
        auto files = readable_files(of, key);
        files.told = told;
        return detail::run_question(of, "itself", {}, with, std::move(on_line), files);
    }
    auto asked = plan::json_command(flake_alone(of, detail::text(key, "counted")));
    // This program says less by itself than nix-instantiate.
    asked.args.emplace_back(told == detail::verbosity::more ? "-vv" : "-vvvv");
    asked.on_err_line = std::move(on_line);
    return with.run(asked);
}

// The same, and what Nix said of the files.
struct looked_at {
    process::outcome alone{};
    detail::verbosity told = detail::verbosity::more;
    bool are_seen = false;
    std::string because{};
};

result<looked_at>
look_alone(request const& of, boost::json::object const& key, process::runner& with) {
    looked_at out;
    for (auto const told : {detail::verbosity::more, detail::verbosity::most}) {
        detail::evaluated_files files(of.folder, is_flake(of), key);
        auto alone = evaluate_alone(
            of, key, told, [&](std::string_view line) { files.add(line); }, with);
        if (!alone)
            return alone.error();
        out = {std::move(*alone), told, files.are_seen(), files.because()};
        if (out.are_seen || !out.alone.success())
            break;
    }
    return out;
}

// The first line of Nix's own error, as the end of a sentence; empty: it is none.
std::string with_error(std::string_view err) {
    constexpr std::string_view start = "error: ";
    auto const at = err.find(start);
    if (at == err.npos)
        return {};
    auto const text = err.substr(at + start.size());
    return fmt::format(" ({})", text.substr(0, text.find('\n')));
}

std::string reads_what_counts_not(std::string const& file) {
    return fmt::format(
        "the configuration reads '{}', where module lists, dynamic.nix, .git and the links of "
        "nix-build do not count: it can name the files that it needs",
        file);
}

// Why it is not the same system then. What is known of a file says more than which folder it reads.
std::string why_not_alone(
    request const& of, boost::json::object const& key, process::outcome const& alone,
    std::string const& of_file) {
    auto file = refused_file(alone.err);
    auto const folders = detail::names_of(detail::text(key, "folder"));
    // A link there counts, and not what it leads to; but nix-build's.
    if (auto real = plan::links_of(file).leads_to;
        !real.starts_with("/nix/store/") && !detail::is_in_any(real + '/', folders))
        file = std::move(real);
    bool const is_inside = detail::is_in_any(file + '/', folders);
    if (!of_file.empty() && (file.empty() || is_inside))
        return of_file;
    if (file.empty())
        return (is_flake(of)
                    ? "in a pure evaluation, in another commit, and without module lists and "
                      "dynamic.nix, the flake has another system or none"
                    : "without other files and the environment it is another system") +
               with_error(alone.err);
    if (is_inside)
        return reads_what_counts_not(file);
    // Nix 2.26 names the first folder on the way to a file that it may not look at.
    std::error_code none;
    auto const* const what = std::filesystem::is_directory(file, none) ? "what is in " : "";
    return fmt::format(
        "the configuration reads {}'{}', which is neither in its folder nor in the store", what,
        file);
}

constexpr auto changed_meanwhile = "the configuration has changed meanwhile";
constexpr auto not_seen = "Nix does not say which files of the configuration it evaluates, or "
                          "evaluates them where nobody can read them (lazy-trees in nix.conf)";

// The key once more, at the end: was it that system all the time? Of a file, also with all of the
// environment but for what nixpkgs would take from there.
result<std::string> why_changed(
    request const& of, boost::json::object const& key, std::string const& system_result,
    detail::verbosity told, process::runner& with) {
    if (is_flake(of)) {
        auto const again = ask_key(of, with);
        if (!again)
            return again.error();
        return detail::text(*again, "key") == detail::text(key, "key") ? "" : changed_meanwhile;
    }
    bool asked_config = false;
    auto const config = detail::text(key, "own") + "/asked-config.nix";
    detail::readable files;
    files.told = told;
    files.nixpkgs_config = config;
    auto const ended = detail::run_question(
        of, "again", {}, with,
        [&](std::string_view line) {
            asked_config = asked_config || detail::evaluated_file(line) == config;
        },
        files);
    auto const found = detail::answer(ended);
    if (!found)
        return found.error();
    if (asked_config)
        return "a nixpkgs is imported without `config', which it reads from the environment and "
               "~/.config/nixpkgs";
    auto const facts = found->is_object() ? found->as_object() : boost::json::object();
    bool const is_same = detail::text(facts, "itself") == system_result &&
                         detail::text(facts, "key") == detail::text(key, "key");
    return is_same ? "" : changed_meanwhile;
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
    detail::listing_watch watch(folders_in_part(of, facts));
    auto const looked = look_alone(of, facts, with);
    if (!looked)
        return looked.error();
    auto const& alone = looked->alone;
    auto const same = alone.success() ? detail::answer(alone) : boost::json::value();
    if (!same || !same->is_string() || same->as_string() != system_result)
        return list_key{{}, why_not_alone(of, facts, alone, looked->because), {}};
    if (!looked->because.empty())
        return list_key{{}, looked->because, {}};
    if (!looked->are_seen)
        return list_key{{}, not_seen, {}};
    if (auto const folder = watch.looked_through(); !folder.empty())
        return list_key{{}, reads_what_counts_not(folder), {}};
    auto changed = why_changed(of, facts, system_result, looked->told, with);
    if (!changed)
        return changed.error();
    return changed->empty() ? out : list_key{{}, std::move(*changed), {}};
}

result<list_use>
use_of_list(request const& of, std::string const& system_result, process::runner& with) {
    // A list of a flake is used where its evaluation is pure, and the list is a file of it now.
    plan::evaluation flake;
    flake.source = of.source;
    flake.body = "if system ? moduleListUnused then { unused = system.moduleListUnused; itself = "
                 "system.moduleListWhole.config.system.build.toplevel.drvPath; } else null";
    auto const ended = is_flake(of) ? with.run(plan::json_command(flake))
                                    : detail::run_question(of, "unused", {}, with);
    auto const found = detail::answer(ended);
    if (!found)
        return found.error();
    if (!found->is_object())
        return list_use{found->is_string() ? std::string(found->as_string()) : std::string()};
    auto const& facts = found->as_object();
    return list_use{detail::text(facts, "unused"), detail::text(facts, "itself") != system_result};
}

} // namespace dynix::modulelist
