#include "dynix/modules/extension.hpp"

#include "dynix/base/json_record.hpp"
#include "dynix/plan/evaluation.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <utility>

namespace dynix::modules {
namespace {

constexpr std::int64_t extension_version = 1;

constexpr auto the_extension =
    R"((system.config.services.runtimeModules.extension
  or (throw "the configuration on disk has no runtime modules: import the module 'runtimeModules', and set 'services.runtimeModules.enable = true;'")
) { enabled = builtins.fromJSON enabled; inherit runningBase; }
)";

base_difference read_difference(json::record_reader& from) {
    return {
        from.text("kind"), from.text("name"), from.text_or_null("base"),
        from.text_or_null("extended")};
}

extension extension_of(json::record_reader& from) {
    from.expect_version(
        extension_version,
        "the configuration on disk has another version of dynix: 'nixos-rebuild switch' first");
    extension out;
    out.base = from.text("base");
    out.system = from.text_or_null("toplevel").value_or("");
    out.enabled = from.texts("enabled");
    out.problems = from.texts("problems");
    out.warnings = from.texts("warnings");
    from.each("differences", [&](auto& one) { out.differences.push_back(read_difference(one)); });
    return out;
}

} // namespace

result<extension> parse_extension(std::string_view text, std::string_view file) {
    return json::read_record(text, file, extension_of);
}

result<extension> read_extension(std::string const& path, host::runtime_files& files) {
    auto const text = files.read(path);
    if (!text)
        return text.error();
    if (!*text)
        return make_error(fmt::format("'{}' is not there", path));
    return parse_extension(**text, path);
}

result<std::string> build_extension(
    running_system const& now, extension_options const& options, process::runner& with) {
    plan::evaluation what;
    what.source = now.record.source;
    what.body = the_extension;
    what.arguments = {
        {"enabled", boost::json::serialize(
                        boost::json::array(options.enabled.begin(), options.enabled.end()))},
        {"runningBase", now.base()}};
    what.subject = "the system with these modules";
    what.heap_bytes = options.heap_bytes;
    what.out_link = options.out_link;
    what.timeout = options.timeout;
    what.on_line = options.on_line;
    what.lines_are_shown = options.lines_are_shown;
    return plan::build(std::move(what), with);
}

std::optional<error> refusal(extension const& what, running_system const& now) {
    if (what.base != now.base()) {
        auto drift = make_error(
            "the configuration on disk is not the one that runs",
            "'nixos-rebuild switch' brings in what has changed, or undo the change; then run the "
            "command again");
        drift.notes.push_back({fmt::format("the base that runs: {}", now.base()), {}});
        drift.notes.push_back({fmt::format("the base on disk:   {}", what.base), {}});
        return drift;
    }
    if (!what.problems.empty()) {
        auto refused = make_error(
            "the modules do not go with this system", "correct them; nothing was changed");
        for (auto const& one : what.problems)
            refused.notes.push_back({one, {}});
        return refused;
    }
    if (what.system.empty())
        return make_error("Nix built no system with these modules");
    return std::nullopt;
}

} // namespace dynix::modules
