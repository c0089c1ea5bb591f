#include "dynix/plan/build.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/owned_folder.hpp"

#include "dynix/plan/flake_reference.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <filesystem>
#include <fmt/format.h>
#include <utility>

namespace dynix::plan {
namespace {

// Functions of the strings that build_command passes: the system, by the way it is evaluated.
// `import <nixpkgs/nixos>` gives no extendModules, so the module hands a function out in `config`.
constexpr auto of_configuration =
    R"({ nixpkgs, configuration, dynamicFile, verify, running, knownBystanders, hideValues }:
let
  system = import (nixpkgs + "/nixos") { configuration = /. + configuration; };
)";

constexpr auto of_file =
    R"({ file, attribute, dynamicFile, verify, running, knownBystanders, hideValues }:
let
  called = value: if builtins.isFunction value then value { } else value;
  system = builtins.foldl' (set: name: called set.${name}) (called (import (/. + file))) (builtins.fromJSON attribute);
)";

constexpr auto of_flake =
    R"({ flake, attribute, dynamicFile, verify, running, knownBystanders, hideValues }:
let
  system = builtins.foldl' (set: name: set.${name}) (builtins.getFlake flake) (builtins.fromJSON attribute);
)";

constexpr auto the_script =
    R"(in
(system.config.dynamicism.applyDynamicConfiguration
  or (throw "the configuration on disk has no dynix module: import it, and set 'dynamicism.enable = true;'")
) { configuration = dynamicFile; inherit verify running knownBystanders; hideValues = hideValues != ""; }
)";

constexpr std::size_t longest_said = 16'000;

// The end of what Nix said, where its own error stands.
std::string said(std::string_view output) {
    while (output.ends_with('\n'))
        output.remove_suffix(1);
    if (output.size() <= longest_said)
        return std::string(output);
    auto const line = output.find('\n', output.size() - longest_said);
    return "[...]" + std::string(output.substr(line == output.npos ? 0 : line));
}

error not_built(process::outcome const& ended, bool shown_already) {
    auto failed = fault(
        fmt::format("Nix cannot build the activation script: {}", process::describe(ended)),
        ended.timed_out ? "what Nix has built it keeps, so that another try goes on from there; "
                          "'--verbose' shows what it is at; nothing was changed"
                        : "nothing was changed");
    if (!shown_already && !ended.err.empty())
        failed.notes.push_back({"what Nix said:\n" + said(ended.err), {}});
    return failed;
}

std::string last_line(std::string_view text) {
    while (text.ends_with('\n'))
        text.remove_suffix(1);
    auto const line = text.rfind('\n');
    return std::string(line == text.npos ? text : text.substr(line + 1));
}

} // namespace

std::uint64_t heap_for_nix(std::string_view meminfo) {
    constexpr std::string_view name = "MemAvailable:";
    constexpr std::uint64_t kib = 1024;
    constexpr std::uint64_t by_itself = 384 * kib * kib;
    constexpr std::uint64_t most = 2048 * kib * kib;
    auto const at = meminfo.find(name);
    if (at == meminfo.npos)
        return 0;
    auto digits = meminfo.substr(at + name.size());
    digits.remove_prefix(std::min(digits.find_first_not_of(' '), digits.size()));
    std::uint64_t available = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), available);
    auto const heap = std::min(available / 4 * kib, most);
    return heap > by_itself ? heap : 0;
}

process::command build_command(build_options const& options) {
    process::command out;
    out.program = "nix-build";
    out.timeout = options.timeout;
    out.on_err_line = options.on_line;
    auto const text = [&](char const* name, std::string value) {
        out.args.insert(out.args.end(), {"--argstr", name, std::move(value)});
    };
    auto const& source = options.source;
    if (source.kind == source_kind::flake)
        out.args.insert(out.args.end(), {"--extra-experimental-features", "nix-command flakes"});
    out.args.emplace_back("--expr");
    switch (source.kind) {
    case source_kind::configuration:
        out.args.push_back(std::string(of_configuration) + the_script);
        text("nixpkgs", source.nixpkgs);
        text("configuration", source.configuration);
        break;
    case source_kind::file:
        out.args.push_back(std::string(of_file) + the_script);
        text("file", source.file);
        break;
    case source_kind::flake:
        out.args.push_back(std::string(of_flake) + the_script);
        text("flake", source.flake);
        break;
    }
    if (source.kind != source_kind::configuration)
        text(
            "attribute", boost::json::serialize(
                             boost::json::array(source.attribute.begin(), source.attribute.end())));
    text("dynamicFile", options.dynamic_file);
    text("verify", std::string(name(options.verify)));
    text("running", options.running);
    text("knownBystanders", options.known_bystanders);
    text("hideValues", options.hide_values ? "yes" : "");
    if (options.heap_bytes > 0)
        out.environment["GC_INITIAL_HEAP_SIZE"] = std::to_string(options.heap_bytes);
    if (options.out_link.empty())
        out.args.emplace_back("--no-out-link");
    else
        out.args.insert(out.args.end(), {"--out-link", options.out_link});
    return out;
}

result<built_script> build_script(build_options const& options, process::runner& with) {
    if (!options.out_link.empty()) {
        // nix-build would make it with the caller's umask.
        auto const folder = folder_of(options.out_link);
        if (auto const made = owned_folder::make(folder_of(folder), folder); !made)
            return made.error();
    }
    auto evaluated = options;
    if (options.source.kind == source_kind::flake) {
        auto url = flake_url(options.source.flake);
        if (!url)
            return url.error();
        evaluated.source.flake = std::move(*url);
    }
    auto ended = with.run(build_command(evaluated));
    if (!ended)
        return ended.error();
    if (!ended->success())
        return not_built(*ended, options.lines_are_shown);
    auto path = last_line(ended->out);
    if (!path.starts_with('/'))
        return fault(fmt::format("nix-build named no store path, but '{}'", path));
    return built_script{std::move(path)};
}

} // namespace dynix::plan
