// runtime-module complete -- WORDS: what can stand in the place of the last word. For the shells'
// completion (completion/), so it is not among the commands of --help.
//
// A line of output is a word, a tab and a few words about it. Nothing is an error here: there is
// nobody who could be told.
#include "command.hpp"
#include "output.hpp"
#include "shared/report.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace dynix::tool {
namespace {

bool has(std::vector<std::string> const& all, std::string const& word) {
    return std::ranges::find(all, word) != all.end();
}

void offer(std::string_view word, std::string const& about, std::string const& begun) {
    if (!word.starts_with(begun))
        return;
    print(fmt::format("{}\t{}\n", word, in_one_line(about)));
}

void offer_options(CLI::App const& of, std::string const& begun) {
    for (auto const* option : of.get_options())
        if (!option->get_group().empty() && option->nonpositional())
            for (auto const& name : option->get_lnames())
                offer("--" + name, option->get_description(), begun);
}

void offer_names(
    std::string const& command, std::vector<std::string> const& given, std::string const& begun,
    std::string const& root) {
    this_machine machine(root);
    auto const now = modules::read_running(machine.view());
    if (!now)
        return;
    for (auto const& module : now->record.modules) {
        bool const enabled = now->record.is_enabled(module.name);
        bool const useful = command == "disable"                       ? enabled
                            : command == "enable" || command == "diff" ? !enabled
                                                                       : true;
        if (useful && !has(given, module.name))
            offer(module.name, module.description, begun);
    }
}

CLI::App const* command_named(CLI::App const& app, std::string const& word) {
    for (auto const* one : app.get_subcommands(nullptr))
        if (one->get_name() == word)
            return one;
    return nullptr;
}

void complete(CLI::App const& app, arguments const& given) {
    if (given.line.empty())
        return;
    auto const begun = given.line.back();
    CLI::App const* command = nullptr;
    std::vector<std::string> names;
    for (auto word = given.line.begin(); word + 1 != given.line.end(); ++word) {
        if (word->starts_with('-'))
            continue;
        if (command == nullptr)
            command = command_named(app, *word);
        else
            names.push_back(*word);
    }
    if (begun.starts_with('-')) {
        offer_options(app, begun);
        if (command != nullptr)
            offer_options(*command, begun);
        return;
    }
    if (command == nullptr) {
        for (auto const* one : app.get_subcommands(nullptr))
            if (!one->get_group().empty())
                offer(one->get_name(), one->get_description(), begun);
        return;
    }
    if (command->get_option_no_throw("NAME") != nullptr)
        offer_names(command->get_name(), names, begun, given.root);
}

} // namespace

void add_complete(CLI::App& app, arguments& given, exit_code& code) {
    auto* command = app.add_subcommand("complete")->group("");
    command->add_option("WORDS", given.line);
    command->callback([&app, &given, &code] {
        complete(app, given);
        code = exit_code::done;
    });
}

} // namespace dynix::tool
