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

// Those of the program, and those that the command has besides them.
void offer_options(CLI::App const& app, CLI::App const* command, std::string const& begun) {
    std::vector<std::string> offered;
    auto const offer_those_of = [&](CLI::App const& of) {
        for (auto const* option : of.get_options())
            if (!option->get_group().empty() && option->nonpositional())
                for (auto const& name : option->get_lnames()) {
                    if (has(offered, name))
                        continue;
                    offer("--" + name, option->get_description(), begun);
                    offered.push_back(name);
                }
    };
    offer_those_of(app);
    if (command != nullptr)
        offer_those_of(*command);
}

// Whether the next word is the value of this one.
bool takes_next(CLI::App const& app, std::string const& word) {
    auto const* const option = app.get_option_no_throw(word);
    return option != nullptr && option->nonpositional() && option->get_items_expected_max() > 0;
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
    bool is_value = false;
    for (auto word = given.line.begin(); word + 1 != given.line.end(); ++word) {
        bool const is_option = !is_value && word->starts_with('-');
        bool const is_name = !is_value && !is_option;
        is_value = is_option && takes_next(app, *word);
        if (!is_name)
            continue;
        if (command == nullptr)
            command = command_named(app, *word);
        else
            names.push_back(*word);
    }
    if (is_value)
        return;
    if (begun.starts_with('-'))
        return offer_options(app, command, begun);
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
