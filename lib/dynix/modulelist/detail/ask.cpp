#include "dynix/modulelist/detail/ask.hpp"

#include "dynix/plan/evaluation.hpp"
#include "dynix/plan/nix.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace dynix::modulelist::detail {
namespace {

boost::json::object source_of(plan::system_source const& source) {
    auto attribute = boost::json::array(source.attribute.begin(), source.attribute.end());
    switch (source.kind) {
    case plan::source_kind::configuration:
        return {
            {"kind", "configuration"},
            {"nixpkgs", source.nixpkgs},
            {"configuration", source.configuration}};
    case plan::source_kind::file:
        return {{"kind", "file"}, {"file", source.file}, {"attribute", std::move(attribute)}};
    case plan::source_kind::flake:
        break;
    }
    return {{"kind", "flake"}, {"flake", source.flake}, {"attribute", std::move(attribute)}};
}

// What Nix said of its own accord: from its error on, without what modules said.
std::string own_words(std::string_view err) {
    std::string out;
    while (!err.empty()) {
        auto const line = err.substr(0, err.find('\n'));
        err.remove_prefix(std::min(line.size() + 1, err.size()));
        if (line.starts_with("error:") || (!out.empty() && !line.starts_with("trace:")))
            out += fmt::format("{}\n", line);
    }
    while (out.ends_with('\n'))
        out.pop_back();
    return out;
}

constexpr auto writing = "--read-write-mode";

// Whether a value is made of what has to be built first (import from derivation): Nix then misses
// the derivation, which it has not written, or may not look for what it builds.
bool has_to_build(process::outcome const& ended) {
    auto const says = [&](std::string_view what) { return ended.err.find(what) != ended.err.npos; };
    // The second one is Lix's.
    return !ended.success() &&
           (says(".drv' is not valid") || says(".drv' does not exist in the ") ||
            says("no write access to the Nix store"));
}

} // namespace

result<process::outcome> run_question(
    request const& of, std::string_view question, boost::json::object more, process::runner& with,
    process::line_callback on_line, readable const& files) {
    more["ask"] = question;
    more["source"] = source_of(of.source);
    if (!of.unit.empty())
        more["unit"] = of.unit;
    auto asked = plan::json_evaluator();
    // A flake's inputs may have to be copied into the store.
    if (of.source.kind == plan::source_kind::flake)
        plan::nix::allow_flakes(asked);
    if (files.writes)
        asked.args.emplace_back(writing);
    if (files.told != verbosity::usual)
        asked.args.emplace_back(files.told == verbosity::more ? "-v" : "-vvv");
    plan::restrict_to(asked, files.roots, files.search_path);
    if (!files.roots.empty()) {
        asked.environment["NIX_PATH"] = files.search_path;
        // What is fetched by its hash stays the same.
        asked.args.insert(asked.args.end(), {"--option", "allowed-uris", "https:// http://"});
    }
    if (!files.nixpkgs_config.empty())
        asked.environment["NIXPKGS_CONFIG"] = files.nixpkgs_config;
    asked.args.insert(
        asked.args.end(),
        {of.folder + "/command.nix", "--argstr", "request", boost::json::serialize(more)});
    if (of.heap_bytes > 0)
        asked.environment["GC_INITIAL_HEAP_SIZE"] = std::to_string(of.heap_bytes);
    asked.on_err_line = std::move(on_line);
    auto ended = with.run(asked);
    if (!ended || files.writes || !has_to_build(*ended))
        return ended;
    asked.args.insert(asked.args.begin(), writing);
    return with.run(asked);
}

result<boost::json::value> answer(result<process::outcome> const& run) {
    if (!run)
        return run.error();
    auto const& ended = *run;
    if (!ended.success()) {
        auto failed = make_error(
            fmt::format("Nix cannot evaluate the system: {}", process::describe(ended)),
            "nothing was changed");
        failed.notes = plan::nix::notes_on(own_words(ended.err));
        return failed;
    }
    boost::system::error_code bad;
    auto value = boost::json::parse(ended.out, bad);
    if (bad)
        return make_error("the answer of Nix is no JSON: " + bad.message());
    return value;
}

} // namespace dynix::modulelist::detail
