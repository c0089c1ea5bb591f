#include "dynix/plan/evaluation.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/owned_folder.hpp"
#include "dynix/plan/flake_reference.hpp"
#include "dynix/plan/nix.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <string_view>
#include <system_error>

namespace dynix::plan {
namespace {

// The system, by the way it is evaluated, of the strings that are passed for it.
// `import <nixpkgs/nixos>` gives no extendModules, so the modules hand functions out in `config`.
// `entry` is the same system as eval-config.nix returns it, with the modules that it is made of.
constexpr auto of_configuration =
    R"(let
  system = import (nixpkgs + "/nixos") { configuration = /. + configuration; };
  entry = import (nixpkgs + "/nixos/lib/eval-config.nix") {
    system = builtins.currentSystem;
    modules = [ (/. + configuration) ];
  };
in
)";

constexpr auto of_file =
    R"(let
  called = value: if builtins.isFunction value then value { } else value;
  system = builtins.foldl' (set: name: called set.${name}) (called (import (/. + file))) (builtins.fromJSON attribute);
  entry = system;
in
)";

constexpr auto of_flake =
    R"(let
  system = builtins.foldl' (set: name: set.${name}) (builtins.getFlake flake) (builtins.fromJSON attribute);
  entry = system;
in
)";

// Of the first attribute of a flake's system; the strings stand before it.
constexpr auto within_flake =
    R"(  system = builtins.foldl' (set: name: set.${name}) all (builtins.fromJSON attribute);
in
)";

// A Nix expression of this string. Nix reads a string of JSON as JSON does, but for '${'.
std::string nix_text(std::string const& text) {
    auto out = boost::json::serialize(boost::json::string(text));
    for (auto at = out.find('$'); at != out.npos; at = out.find('$', at + 2))
        out.insert(at, 1, '\\');
    return out;
}

// Of a derivation, once it is instantiated: then all that it is made of is evaluated. What Nix says
// by itself ("these derivations will be built") a builder may say, too, in the middle of an
// evaluation that imports what it has built.
constexpr auto evaluated_expression = R"((derivation:
  builtins.seq derivation.drvPath (builtins.trace "dynix: evaluated" derivation)
) ()";
constexpr std::string_view evaluated_line = "trace: dynix: evaluated";

constexpr std::size_t longest_said = 16'000;

// The end of what Nix said, where its own error stands.
std::string said(std::string output) {
    auto const mark = fmt::format("{}\n", evaluated_line);
    if (auto const at = output.find(mark); at != output.npos)
        output.erase(at, mark.size());
    while (output.ends_with('\n'))
        output.pop_back();
    if (output.size() <= longest_said)
        return output;
    auto const line = output.find('\n', output.size() - longest_said);
    return "[...]" + output.substr(line == output.npos ? 0 : line);
}

error not_built(process::outcome const& ended, evaluation const& what) {
    auto failed = make_error(
        fmt::format("Nix cannot build {}: {}", what.subject, process::describe(ended)),
        ended.timed_out ? "what Nix has built it keeps, so that another try goes on from there; "
                          "'--verbose' shows what it is at; nothing was changed"
                        : "nothing was changed");
    if (!what.lines_are_shown && !ended.err.empty())
        failed.notes = nix::notes_on(said(ended.err));
    return failed;
}

std::string last_line(std::string_view text) {
    while (text.ends_with('\n'))
        text.remove_suffix(1);
    auto const line = text.rfind('\n');
    return std::string(line == text.npos ? text : text.substr(line + 1));
}

struct next_link {
    std::string link{};
    std::string name{}; // of the same path by it
};

// The next link on the way of a path, if there is one.
std::optional<next_link> next_link_of(std::string const& path) {
    std::string link;
    std::filesystem::path at;
    std::filesystem::path name;
    for (auto const& part : std::filesystem::path(path)) {
        std::error_code none;
        at /= part;
        if (!link.empty()) {
            name /= part;
        } else if (auto const target = std::filesystem::read_symlink(at, none); !none) {
            link = at.string();
            name = at.parent_path() / target;
        }
    }
    if (link.empty())
        return std::nullopt;
    return next_link{std::move(link), name.lexically_normal().string()};
}

// Without the slash that a link to a folder may end with.
std::string without_last_slash(std::string path) {
    if (path.size() > 1 && path.ends_with('/'))
        path.pop_back();
    return path;
}

bool is_below(std::string_view path, std::string_view folder) {
    return path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

// Whether Nix may look at the path, or go through it, to read these.
bool leads_to_any(std::string const& path, std::vector<std::string> const& roots) {
    return std::ranges::any_of(roots, [&](std::string const& root) {
        return is_below(path, root) || is_below(root, path);
    });
}

} // namespace

links_on_way links_of(std::string path) {
    constexpr std::size_t most = 40; // path_resolution(7)
    links_on_way out;
    for (auto next = next_link_of(path); next && out.names.size() < most;
         next = next_link_of(path)) {
        out.names.push_back(std::move(path));
        out.links.push_back(std::move(next->link));
        path = without_last_slash(std::move(next->name));
    }
    out.leads_to = std::move(path);
    return out;
}

process::command json_evaluator() {
    auto out = nix::command_of(nix::evaluator);
    out.args.insert(out.args.end(), {"--eval", "--strict", "--json"});
    return out;
}

std::vector<std::string> paths_of_search_path(std::string_view search_path) {
    std::vector<std::string> out;
    while (!search_path.empty()) {
        auto const end = search_path.find(':');
        auto entry = search_path.substr(0, end);
        search_path.remove_prefix(end == search_path.npos ? search_path.size() : end + 1);
        if (auto const name = entry.find('='); name != entry.npos)
            entry.remove_prefix(name + 1);
        // Others are URLs, whose rest is behind the colon.
        if (entry.starts_with('/') && !entry.starts_with("//"))
            out.emplace_back(entry);
    }
    return out;
}

void restrict_to(
    process::command& to, std::vector<std::string> const& readable, std::string_view search_path) {
    if (readable.empty())
        return;
    to.args.insert(
        to.args.end(), {"--option", "restrict-eval", "true", "--option", "allowed-uris", ""});
    // Nix 2.26 follows each path when it is given, link by link, and each name that it comes by has
    // to be readable by then, and what it leads to: a name that leads elsewhere would end it. A
    // name alone makes nothing readable.
    std::vector<std::string> roots;
    std::vector<links_on_way> found;
    for (auto const& path : readable)
        if (auto links = links_of(path); links.names.empty())
            roots.push_back(path);
        else
            found.push_back(std::move(links));
    std::erase_if(found, [&](links_on_way const& it) { return !leads_to_any(it.leads_to, roots); });
    for (auto const& path : paths_of_search_path(search_path))
        found.push_back(links_of(path));
    for (auto const& links : found)
        roots.insert(roots.end(), links.names.rbegin(), links.names.rend());
    // Named, so that no '<name>' is found in them.
    for (std::size_t i = 0; i < roots.size(); ++i)
        to.args.insert(to.args.end(), {"-I", fmt::format("dynix-root-{}={}", i, roots[i])});
}

void add_expression(process::command& to, evaluation const& what) {
    restrict_to(to, what.readable, what.search_path.value_or(""));
    std::vector<std::pair<std::string, std::string>> strings;
    auto const& source = what.source;
    auto const* system = of_configuration;
    switch (source.kind) {
    case source_kind::configuration:
        strings = {{"nixpkgs", source.nixpkgs}, {"configuration", source.configuration}};
        break;
    case source_kind::file:
        system = of_file;
        strings = {{"file", source.file}};
        break;
    case source_kind::flake:
        system = of_flake;
        strings = {{"flake", source.flake}};
        nix::allow_flakes(to);
        break;
    }
    if (source.kind != source_kind::configuration)
        strings.emplace_back(
            "attribute", boost::json::serialize(
                             boost::json::array(source.attribute.begin(), source.attribute.end())));
    strings.insert(strings.end(), what.arguments.begin(), what.arguments.end());
    std::string names;
    for (auto const& [name, value] : strings)
        names += (names.empty() ? "" : ", ") + name;
    to.args.insert(
        to.args.end(), {"--expr", fmt::format("{{ {} }}:\n", names) + system + what.body});
    for (auto const& [name, value] : strings)
        to.args.insert(to.args.end(), {"--argstr", name, value});
    if (what.search_path)
        to.environment["NIX_PATH"] = *what.search_path;
}

process::command json_command(evaluation const& what) {
    if (what.source.kind != source_kind::flake) {
        auto out = json_evaluator();
        out.timeout = what.timeout;
        add_expression(out, what);
        return out;
    }
    auto out = nix::command_of(nix::program);
    out.timeout = what.timeout;
    auto const& path = what.source.attribute;
    auto const rest =
        path.empty() ? boost::json::array() : boost::json::array(path.begin() + 1, path.end());
    auto arguments = what.arguments;
    arguments.emplace_back("attribute", boost::json::serialize(rest));
    std::string strings;
    for (auto const& [name, value] : arguments)
        strings += fmt::format("  {} = {};\n", name, nix_text(value));
    nix::allow_flakes(out);
    // No failure of an earlier evaluation is an answer.
    out.args.insert(
        out.args.end(),
        {"--option", "eval-cache", "false", "eval", "--json", "--no-update-lock-file",
         fmt::format("{}#{}", what.source.flake, path.empty() ? std::string() : path.front()),
         "--apply", "all:\nlet\n" + strings + within_flake + what.body});
    return out;
}

process::command evaluation_command(evaluation const& what) {
    auto out = nix::command_of(nix::builder);
    out.timeout = what.timeout;
    out.on_err_line = what.on_line;
    if (what.on_evaluated) {
        auto marked = what;
        marked.body = fmt::format("{}{})", evaluated_expression, what.body);
        add_expression(out, marked);
        out.on_err_line = [tell = what.on_evaluated, on_line = what.on_line](auto line) {
            if (line == evaluated_line)
                tell();
            else if (on_line)
                on_line(line);
        };
    } else {
        add_expression(out, what);
    }
    if (what.heap_bytes > 0)
        out.environment["GC_INITIAL_HEAP_SIZE"] = std::to_string(what.heap_bytes);
    if (what.out_link.empty())
        out.args.emplace_back("--no-out-link");
    else
        out.args.insert(out.args.end(), {"--out-link", what.out_link});
    return out;
}

result<system_source> readable_source(system_source source) {
    if (source.kind != source_kind::flake)
        return source;
    auto url = flake_url(source.flake);
    if (!url)
        return url.error();
    source.flake = std::move(*url);
    return source;
}

result<std::string> build(evaluation what, process::runner& with) {
    if (!what.out_link.empty()) {
        // nix-build would make it with the caller's umask.
        auto const folder = folder_of(what.out_link);
        if (auto const made = owned_folder::make(folder_of(folder), folder); !made)
            return made.error();
    }
    auto source = readable_source(std::move(what.source));
    if (!source)
        return source.error();
    what.source = std::move(*source);
    auto const ended = with.run(evaluation_command(what));
    if (!ended)
        return ended.error();
    if (!ended->success())
        return not_built(*ended, what);
    auto path = last_line(ended->out);
    if (!path.starts_with('/'))
        return make_error(fmt::format("{} named no store path, but '{}'", nix::builder, path));
    return path;
}

} // namespace dynix::plan
