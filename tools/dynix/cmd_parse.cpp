// dynix parse FILE: the tree of any Nix file, or all that is wrong with it.
#include "command.hpp"
#include "command_line.hpp"
#include "dynix/syntax/parse.hpp"
#include "shared/report.hpp"
#include "tree_output.hpp"

#include <boost/json/array.hpp>
#include <cstdio>
#include <memory>

namespace dynix::tool {
namespace {

struct parse_arguments {
    std::string file;
    bool experimental = false;
    bool json = false;
};

exit_code refuse(std::vector<error> const& errors, parse_arguments const& given) {
    boost::json::array list;
    for (auto const& one : errors) {
        auto const text = render(one);
        std::fwrite(text.data(), 1, text.size(), stderr);
        if (given.json)
            list.push_back(to_json(one));
    }
    if (given.json)
        print(json::print(boost::json::object{
            {"file", given.file}, {"ok", false}, {"errors", std::move(list)}, {"tree", nullptr}}));
    return exit_code::refused;
}

exit_code run(parse_arguments const& given) {
    auto text = read_input(given.file);
    if (!text)
        return refuse({text.error()}, given);
    auto const name = given.file == "-" ? "<stdin>" : given.file;
    auto const found = syntax::diagnose(
        std::move(*text), name,
        {.undefined_variables = true,
         .pipe_operators = given.experimental,
         .experimental_globals = given.experimental});
    if (!found.parsed)
        return refuse(found.errors, given);
    if (!given.json) {
        print_lines(*found.parsed);
        return exit_code::done;
    }
    // The record but for its end, and the tree in the place of its end.
    auto record = json::print(
        boost::json::object{{"file", given.file}, {"ok", true}, {"errors", boost::json::array()}});
    record.resize(record.rfind('\n', record.size() - 2));
    print(record);
    print(",\n  \"tree\": [");
    print_elements(*found.parsed);
    print("\n  ]\n}\n");
    return exit_code::done;
}

} // namespace

void add_parse(CLI::App& app, exit_code& code) {
    command_line line(app, "parse", "Show the tree of a Nix file, or its errors");
    auto const given = std::make_shared<parse_arguments>();
    line.option("FILE", given->file, "The Nix file, - for standard input").required();
    line.flag(
        "--experimental", given->experimental,
        "Read the file as Nix does with its experimental features: |> and <|, fetchTree and "
        "others");
    add_json_option(line, given->json);
    line.footer("Example:\n  dynix parse /etc/nixos/configuration.nix");
    line.runs([given] { return run(*given); }, code);
}

} // namespace dynix::tool
