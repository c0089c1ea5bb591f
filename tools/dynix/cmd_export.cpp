// dynix export [PATH...]: the overrides in effect as a static module.
#include "command.hpp"
#include "command_line.hpp"
#include "dynix/options/resolve.hpp"
#include "dynix/overrides/export.hpp"
#include "dynix/overrides/store.hpp"
#include "dynix/syntax/attribute_path.hpp"
#include "entry_output.hpp"
#include "shared/report.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <memory>

namespace dynix::tool {
namespace {

struct export_arguments {
    std::vector<std::string> paths;
    std::string file = default_dynamic_file();
    std::string schema = options::default_schema;
    bool json = false;
};

// Those of `all` that one of the paths names; all of them for no path. The order stays.
result<std::vector<overrides::effective_override>>
chosen_of(std::vector<overrides::effective_override> all, std::vector<std::string> const& paths) {
    if (paths.empty())
        return all;
    std::vector<overrides::option_override const*> named;
    for (auto const& text : paths) {
        auto const path = syntax::parse_attribute_path(text, "PATH");
        if (!path)
            return path.error();
        auto const at = overrides::effective_at(all, *path);
        if (at.empty())
            return overrides::no_override_at(all, *path);
        for (auto const& one : at)
            named.push_back(one.what);
    }
    std::sort(named.begin(), named.end());
    std::erase_if(all, [&](auto const& one) {
        return !std::binary_search(named.begin(), named.end(), one.what);
    });
    return all;
}

// What the static configuration defines. What is not known is taken for plain definitions, so that
// the exported values are stronger.
overrides::static_priority static_priorities(options::schema const* known) {
    return [known](options::option_path const& path) -> std::optional<std::int64_t> {
        if (known != nullptr)
            if (auto const at = options::resolve(*known, path);
                at && at->declared != nullptr && at->declared->defined)
                return options::priority_at(*at->declared->defined, at->option_length, at->path);
        return options::plain_priority;
    };
}

exit_code run(export_arguments const& given) {
    auto const file = load_to_read(given.file);
    if (!file)
        return report(file.error(), given.json, exit_code::refused);
    auto const chosen = chosen_of(overrides::effective_overrides(*file), given.paths);
    if (!chosen)
        return report(chosen.error(), given.json, exit_code::refused);
    auto const known = options::schema::load(given.schema);
    if (!known)
        note_line(fmt::format(
            "not known is what the configuration defines, so every value is forced: {}",
            one_line(known.error())));
    auto const module =
        overrides::export_module(*file, *chosen, static_priorities(known ? &*known : nullptr));
    if (!module)
        return report(module.error(), given.json, exit_code::refused);
    if (given.json)
        print(json::print(boost::json::object{
            {"file", given.file}, {"module", *module}, {"overrides", to_json(*chosen)}}));
    else
        print(*module);
    return exit_code::done;
}

} // namespace

void add_export(CLI::App& app, exit_code& code) {
    command_line line(app, "export", "Print the overrides in effect as a static module");
    auto const given = std::make_shared<export_arguments>();
    line.option("PATH", given->paths, "Only what is at or below these options");
    add_schema_option(line, given->schema);
    add_file_option(line, given->file);
    add_json_option(line, given->json);
    line.footer(
        "Imported by the configuration, the module gives the values that the overrides gave:\n"
        "lib.mkForce stands where the configuration defines the same place itself.\n\n"
        "Example:\n  dynix export services.distccd > distccd.nix");
    line.runs([given] { return run(*given); }, code);
}

} // namespace dynix::tool
