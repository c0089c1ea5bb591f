// dynix options [PREFIX]: the options that may change at run time.
#include "command.hpp"
#include "command_line.hpp"
#include "dynix/overrides/store.hpp"
#include "option_output.hpp"
#include "shared/report.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <memory>
#include <unistd.h>
#include <utility>

namespace dynix::tool {
namespace {

struct options_arguments {
    std::string prefix;
    std::string file = default_dynamic_file();
    std::string schema = options::default_schema;
    bool json = false;
};

// Values are cut for a person's eyes only; a program gets all of them.
std::size_t longest_value() {
    return ::isatty(STDOUT_FILENO) == 1 ? 48 : std::string::npos;
}

std::string as_lines(std::vector<known_option> const& rows) {
    auto const longest = longest_value();
    std::size_t width = 0;
    for (auto const& row : rows)
        if (auto const size = option_setting(row, longest).size(); size <= 72)
            width = std::max(width, size);
    std::string out;
    for (auto const& row : rows)
        out += option_line(row, width, longest);
    return out;
}

exit_code run(options_arguments const& given) {
    options::option_path path;
    if (!given.prefix.empty()) {
        auto typed = session::typed_prefix(given.prefix, "PREFIX");
        if (!typed)
            return report(typed.error(), given.json, exit_code::refused);
        path = std::move(*typed);
    }
    auto const file = load_overrides(given.file);
    if (!file)
        return report(file.error(), given.json, exit_code::refused);
    auto const found =
        session::list_options(given.schema, std::move(path), overrides::effective_overrides(*file));
    if (!found)
        return report(found.error(), given.json, exit_code::refused);
    for (auto const& note : found->notes)
        note_line(note);
    if (given.json) {
        boost::json::array list;
        for (auto const* part : {&found->at, &found->below})
            for (auto const& one : *part)
                list.push_back(to_json(one));
        print(json::print(boost::json::object{
            {"file", given.file}, {"schema", given.schema}, {"options", std::move(list)}}));
    } else {
        for (auto const& one : found->at)
            print(option_page(one) + (found->below.empty() ? "" : "\n"));
        print(as_lines(found->below));
    }
    if (found->at.empty() && found->below.empty())
        note_line("no service declares an option dynamic: 'dynamicism.for.<service>.enable'");
    return exit_code::done;
}

} // namespace

bool show_option(std::string const& path, std::string const& schema, std::string const& file) {
    auto const names = session::typed_prefix(path, "PATH");
    if (!names)
        return false;
    auto const known = options::schema::load(schema, *names);
    if (!known || !options::resolve(*known, *names))
        return false;
    return run(options_arguments{path, file, schema, false}) == exit_code::done;
}

void add_options(CLI::App& app, exit_code& code) {
    command_line line(app, "options", "Show the options that may change, their types and values");
    auto const given = std::make_shared<options_arguments>();
    line.option(
        "PREFIX", given->prefix, "An option, of which all is shown, or how their paths begin");
    add_schema_option(line, given->schema);
    add_file_option(line, given->file);
    add_json_option(line, given->json);
    line.footer("Example:\n  dynix options services.distccd\n"
                "  dynix options services.distccd.maxJobs");
    line.runs([given] { return run(*given); }, code);
}

} // namespace dynix::tool
