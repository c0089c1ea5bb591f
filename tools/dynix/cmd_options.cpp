// dynix options [PREFIX]: the options that may change at run time.
#include "command.hpp"
#include "dynix/overrides/store.hpp"
#include "known_options.hpp"
#include "shared/report.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <memory>
#include <optional>
#include <unistd.h>

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

// All options at or below names under `above` that begin so.
std::vector<known_option> look_at_beginning(
    options::schema const& in, options::option_path above, std::string_view beginning,
    std::vector<overrides::effective_override> const& effective) {
    std::vector<known_option> out;
    if (!above.empty()) {
        auto const at = options::resolve(in, above);
        if (!at)
            return out;
        above = at->path;
    }
    for (auto& one : look_below(in, above, effective))
        if (one.path[above.size()].starts_with(beginning))
            out.push_back(std::move(one));
    return out;
}

int run(options_arguments const& given) {
    options::option_path path;
    if (!given.prefix.empty()) {
        auto typed = typed_prefix(given.prefix, "PREFIX");
        if (!typed)
            return report(typed.error(), given.json, refused);
        path = std::move(*typed);
    }
    auto const schema = options::schema::load(given.schema, path);
    if (!schema)
        return report(schema.error(), given.json, refused);
    auto const file = overrides::load(given.file);
    if (!file)
        return report(file.error(), given.json, refused);
    auto const effective = overrides::effective_overrides(*file);

    std::vector<known_option> found; // the one at the path first
    std::vector<known_option> below;
    std::optional<options::schema> around; // what is found points into its schema
    bool is_one = false;
    auto const at =
        path.empty() ? result<options::place>(options::place()) : options::resolve(*schema, path);
    if (!at) {
        // Of options beside a path the schema tells only the names: it is read again.
        auto const beginning = std::move(path.back());
        path.pop_back();
        if (auto read = options::schema::load(given.schema, path))
            around = std::move(*read);
        if (around)
            below = look_at_beginning(*around, path, beginning, effective);
        if (below.empty())
            return report(at.error(), given.json, refused);
    } else {
        for (auto const& note : at->notes)
            note_line(note);
        is_one = at->takes != nullptr;
        if (is_one) {
            found.push_back(look_up(*at, effective));
            found.front().old_names = old_names(*schema, at->path);
        }
        below = look_below(*schema, at->path, effective);
    }
    if (!given.json && is_one)
        print(option_page(found.front()) + (below.empty() ? "" : "\n"));
    if (given.json) {
        found.insert(found.end(), below.begin(), below.end());
        boost::json::array list;
        for (auto const& one : found)
            list.push_back(to_json(one));
        print(json::print(boost::json::object{
            {"file", given.file}, {"schema", given.schema}, {"options", std::move(list)}}));
    } else {
        print(as_lines(below));
    }
    if (!is_one && below.empty())
        note_line("no service declares an option dynamic: 'dynamicism.for.<service>.enable'");
    return done;
}

} // namespace

bool show_option(std::string const& path, std::string const& schema, std::string const& file) {
    auto const names = typed_prefix(path, "PATH");
    if (!names)
        return false;
    auto const known = options::schema::load(schema, *names);
    if (!known || !options::resolve(*known, *names))
        return false;
    return run({path, file, schema, false}) == done;
}

void add_options(CLI::App& app, int& code) {
    auto* command =
        app.add_subcommand("options", "Show the options that may change, their types and values");
    auto const given = std::make_shared<options_arguments>();
    command->add_option(
        "PREFIX", given->prefix, "An option, of which all is shown, or how their paths begin");
    add_schema_option(*command, given->schema);
    add_file_option(*command, given->file);
    add_json_option(*command, given->json);
    command->footer("Example:\n  dynix options services.distccd\n"
                    "  dynix options services.distccd.maxJobs");
    command->callback([given, &code] { code = run(*given); });
}

} // namespace dynix::tool
