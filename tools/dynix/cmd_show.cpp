// dynix show [PATH]: the overrides in effect.
#include "command.hpp"
#include "command_line.hpp"
#include "dynix/overrides/effective.hpp"
#include "dynix/overrides/store.hpp"
#include "dynix/syntax/attribute_path.hpp"
#include "entry_output.hpp"
#include "shared/report.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <optional>

namespace dynix::tool {
namespace {

struct show_arguments {
    std::optional<std::string> path;
    std::string file = default_dynamic_file();
    bool json = false;
};

std::string as_text(std::vector<overrides::effective_override> const& shown) {
    std::size_t width = 0;
    for (auto const& one : shown)
        if (auto const line = overrides::override_line(*one.what);
            line.size() <= 72 && line.find('\n') == line.npos)
            width = std::max(width, line.size());
    std::string out;
    for (auto const& one : shown)
        out += fmt::format(
            "{}  # entry {}\n", overrides::in_column(overrides::override_line(*one.what), width),
            one.from->number);
    return out;
}

std::string
as_json(std::string const& file, std::vector<overrides::effective_override> const& shown) {
    return json::print(boost::json::object{{"file", file}, {"overrides", to_json(shown)}});
}

exit_code run(show_arguments const& given) {
    auto const file = load_to_read(given.file);
    if (!file)
        return report(file.error(), given.json, exit_code::refused);
    auto shown = overrides::effective_overrides(*file);
    if (given.path) {
        auto const path = syntax::parse_attribute_path(*given.path, "PATH");
        if (!path)
            return report(path.error(), given.json, exit_code::refused);
        auto chosen = overrides::effective_at(shown, *path);
        if (chosen.empty())
            return report(overrides::no_override_at(shown, *path), given.json, exit_code::refused);
        shown = std::move(chosen);
    }
    print(given.json ? as_json(given.file, shown) : as_text(shown));
    return exit_code::done;
}

} // namespace

void add_show(CLI::App& app, exit_code& code) {
    command_line line(app, "show", "Show the overrides in effect");
    auto const given = std::make_shared<show_arguments>();
    line.option("PATH", given->path, "Only what is at or below this option");
    add_file_option(line, given->file);
    add_json_option(line, given->json);
    line.footer("Example:\n  dynix show services.distccd");
    line.runs([given] { return run(*given); }, code);
}

} // namespace dynix::tool
