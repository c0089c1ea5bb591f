// dynix generations: the older dynamic files that undo kept.
#include "command.hpp"
#include "command_line.hpp"
#include "dynix/overrides/generations.hpp"
#include "entry_output.hpp"
#include "shared/report.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <memory>

namespace dynix::tool {
namespace {

struct generations_arguments {
    std::string file = default_dynamic_file();
    bool json = false;
};

// Of a file that can be read.
std::ptrdiff_t entries_in(overrides::kept_file const& one) {
    auto const& all = one.content->entries;
    return std::count_if(
        all.begin(), all.end(), [](auto const& it) { return !it.overrides.empty(); });
}

std::string as_text(std::vector<overrides::kept_file> const& all) {
    std::string out;
    for (auto const& one : all) {
        out += fmt::format("{}  ", one.which.number);
        if (one.ended_by)
            out += fmt::format(
                "{}  {} {}{}{}", one.ended_by->time, one.ended_by->user, one.ended_by->action,
                one.ended_by->message.empty() ? "" : ": ", one.ended_by->message);
        else
            out += "no undo names it";
        out += one.content ? fmt::format("\n   entries: {}\n", entries_in(one))
                           : fmt::format("\n   cannot be read: {}\n", one.content.error().message);
    }
    return out;
}

std::string as_json(std::string const& file, std::vector<overrides::kept_file> const& all) {
    boost::json::array list;
    for (auto const& one : all) {
        boost::json::object item{{"generation", one.which.number}, {"file", one.which.path}};
        if (one.content)
            item["entries"] = entries_in(one);
        else
            item["error"] = one.content.error().message;
        if (one.ended_by)
            item["endedBy"] = to_json(*one.ended_by);
        list.push_back(std::move(item));
    }
    return json::print(boost::json::object{{"file", file}, {"generations", std::move(list)}});
}

exit_code run(generations_arguments const& given) {
    auto const all = overrides::read_generations(given.file);
    if (!all)
        return report(all.error(), given.json, exit_code::refused);
    if (all->empty())
        if (auto const file = load_to_read(given.file); !file)
            return report(file.error(), given.json, exit_code::refused);
    print(given.json ? as_json(given.file, *all) : as_text(*all));
    return exit_code::done;
}

} // namespace

void add_generations(CLI::App& app, exit_code& code) {
    command_line line(app, "generations", "Show the older dynamic files that undo kept");
    auto const given = std::make_shared<generations_arguments>();
    add_file_option(line, given->file);
    add_json_option(line, given->json);
    line.footer(fmt::format(
        "They are in the folder F.generations; the newest {} are kept.\n\n"
        "Example:\n"
        "  dynix generations\n"
        "  dynix show --file /etc/nixos/dynamic.nix.generations/3\n"
        "  dynix undo --to-generation 3",
        overrides::generations_kept));
    line.runs([given] { return run(*given); }, code);
}

} // namespace dynix::tool
