#include "dynix/plan/build.hpp"

#include "dynix/plan/evaluation.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <utility>

namespace dynix::plan {
namespace {

constexpr auto the_script =
    R"((system.config.dynamicism.applyDynamicConfiguration
  or (throw "the configuration on disk has no dynix module: import it, and set 'dynamicism.enable = true;'")
) { configuration = if chosenFile == "" then dynamicFile else chosenFile; inherit dynamicFile verify running knownBystanders certificate; hideValues = hideValues != ""; }
)";

// The same of the system with runtime modules: what a module makes of an option is seen, too.
constexpr auto with_modules =
    R"() {
  config = (system.config.services.runtimeModules.extended
    or (throw "the configuration on disk has no runtime modules, and the system that runs has some: 'nixos-rebuild switch' first")
  ) (builtins.fromJSON modules);
}
)";

// The file is that of evaluation::slice_set: a slice is read where it is evaluated.
constexpr auto by_slices =
    R"(let
  text = builtins.readFile slices;
  from = begin: length: builtins.fromJSON (builtins.substring begin length text);
  all = from (from 0 16) (-1);
  sliceAt = place: if place == null then null else from (builtins.head place) (builtins.elemAt place 1);
in
import (/. + all.path + "/plan.nix") {
  inherit (entry) lib type;
  inherit dynamicFile running knownBystanders;
  hideValues = hideValues != "";
  slices = all // {
    built = removeAttrs all.built (builtins.fromJSON gone);
    services = map (service: service // {
      alone = sliceAt service.alone;
      slice = sliceAt service.slice;
    }) all.services;
  };
  areDerivationsKept = derivations != "";
}
)";

evaluation evaluation_of(build_options const& options) {
    evaluation out = {
        .source = options.source,
        .body = the_script,
        .arguments =
            {{"dynamicFile", options.dynamic_file},
             {"chosenFile", options.chosen_file},
             {"verify", std::string(to_string(options.verify))},
             {"running", options.running},
             {"knownBystanders", options.known_bystanders},
             {"certificate", options.certificate},
             {"hideValues", options.hide_values ? "yes" : ""}},
        .subject = "the activation script",
        .search_path = options.search_path,
        .heap_bytes = options.heap_bytes,
        .out_link = options.out_link,
        .timeout = options.timeout,
        .on_line = options.on_line,
        .lines_are_shown = options.lines_are_shown,
        .on_evaluated = options.on_evaluated};
    if (!options.modules.empty()) {
        out.body = "(system: " + out.body + with_modules;
        out.arguments.emplace_back(
            "modules", boost::json::serialize(
                           boost::json::array(options.modules.begin(), options.modules.end())));
    }
    if (options.slices.empty())
        return out;
    out.body = by_slices;
    out.arguments = {
        {"dynamicFile", options.dynamic_file},
        {"running", options.running},
        {"knownBystanders", options.known_bystanders},
        {"slices", options.slices},
        {"derivations", options.derivations_are_kept ? "kept" : ""},
        {"gone",
         boost::json::serialize(boost::json::array(options.gone.begin(), options.gone.end()))},
        {"hideValues", options.hide_values ? "yes" : ""}};
    return out;
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
    return evaluation_command(evaluation_of(options));
}

result<built_script> build_script(build_options const& options, process::runner& with) {
    auto path = build(evaluation_of(options), with);
    if (!path)
        return path.error();
    return built_script{std::move(*path)};
}

} // namespace dynix::plan
