// dynix log: every entry of the dynamic file, the oldest first.
#include "command.hpp"
#include "command_line.hpp"
#include "dynix/overrides/store.hpp"
#include "entry_output.hpp"
#include "shared/report.hpp"

#include <boost/json/array.hpp>
#include <memory>

namespace dynix::tool {
namespace {

struct log_arguments {
    std::string file = default_dynamic_file();
    bool json = false;
};

exit_code run(log_arguments const& given) {
    auto const file = load_to_read(given.file);
    if (!file)
        return report(file.error(), given.json, exit_code::refused);
    if (given.json) {
        boost::json::array list;
        for (auto const& one : file->entries)
            list.push_back(to_json(one));
        print(json::print(boost::json::object{{"file", given.file}, {"entries", std::move(list)}}));
    } else {
        for (auto const& one : file->entries)
            print(entry_lines(one));
    }
    return exit_code::done;
}

} // namespace

void add_log(CLI::App& app, exit_code& code) {
    command_line line(app, "log", "Show every entry: number, when, who, what, why");
    auto const given = std::make_shared<log_arguments>();
    add_file_option(line, given->file);
    add_json_option(line, given->json);
    line.footer("Example:\n  dynix log --json");
    line.runs([given] { return run(*given); }, code);
}

} // namespace dynix::tool
