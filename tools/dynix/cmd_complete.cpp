// dynix complete [--breaks B] LINE: what can stand in the place of the last word. For the shells'
// completion (completion/), so it is not among the commands of --help.
//
// A line of output is a word, a tab and a few words about it; or ":files" alone, where the shell
// completes the name of a file itself. Of a word in which the shell begins anew, at one of the
// characters B, only the part behind the last of them is printed. Nothing is an error here: there
// is nobody to tell it to.
#include "command.hpp"
#include "dynix/base/utf8.hpp"
#include "dynix/options/schema.hpp"
#include "dynix/session/completion.hpp"
#include "shared/report.hpp"
#include "shell_words.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>

namespace dynix::tool {
namespace {

using session::candidate;

// What is known of the command line up to the word that is being typed.
struct typed_line {
    CLI::App const* command = nullptr;           // of the words so far
    CLI::Option const* valued = nullptr;         // the option whose value is being typed
    bool only_words = false;                     // behind '--'
    std::vector<std::string> positionals{};      // given so far
    std::map<std::string, std::string> values{}; // of options, by their long name
    std::string word{};                          // being typed
};

bool takes_value(CLI::Option const& what) {
    return what.get_items_expected_max() > 0;
}

bool is_shown(CLI::Option const& what) {
    return !what.get_group().empty();
}

// The options of a command, those of its groups (which are commands without a name) included.
std::vector<CLI::Option const*> options_of(CLI::App const& command) {
    auto out = command.get_options();
    for (auto const* group : command.get_subcommands(nullptr))
        if (group->get_name().empty())
            for (auto const* one : options_of(*group))
                out.push_back(one);
    return out;
}

CLI::Option const* option_named(CLI::App const& command, std::string const& word) {
    for (auto const* one : options_of(command))
        if (one->nonpositional() && one->check_name(word))
            return one;
    return nullptr;
}

CLI::App const* command_named(CLI::App const& above, std::string const& word) {
    for (auto const* one : above.get_subcommands(nullptr))
        if (one->get_name() == word)
            return one;
    return nullptr;
}

// The words of the line behind 'dynix', which may stand behind sudo and the like, or have another
// name there.
std::vector<std::string> words_of(std::vector<std::string> words) {
    auto const ours = std::find_if(words.begin(), words.end() - 1, [](std::string const& word) {
        return std::filesystem::path(word).filename() == "dynix";
    });
    auto const first = ours == words.end() - 1 ? words.begin() : ours;
    words.erase(words.begin(), first == words.end() - 1 ? first : first + 1);
    return words;
}

void take_word(typed_line& line, std::string const& word) {
    if (line.valued != nullptr) {
        line.values[line.valued->get_lnames().front()] = word;
        line.valued = nullptr;
    } else if (!line.only_words && word == "--") {
        line.only_words = true;
    } else if (!line.only_words && word.size() > 1 && word.front() == '-') {
        auto const equals = word.find('=');
        auto const* option = option_named(*line.command, word.substr(0, equals));
        if (option == nullptr || !takes_value(*option) || option->get_lnames().empty())
            return;
        if (equals == std::string::npos)
            line.valued = option;
        else
            line.values[option->get_lnames().front()] = word.substr(equals + 1);
    } else if (auto const* command = command_named(*line.command, word);
               command != nullptr && line.positionals.empty()) {
        line.command = command;
    } else {
        line.positionals.push_back(word);
    }
}

// What stands for the value in the help: "F", "PATH", "N|PATH".
std::string placeholder(CLI::Option const& what) {
    auto type = what.get_type_name();
    type.resize(std::min(type.find(':'), type.size())); // a check's own words follow
    return what.get_positional() && type == "TEXT" ? what.get_name(true) : type;
}

bool names_a_file(CLI::Option const& what) {
    auto const name = placeholder(what);
    return name == "F" || name == "FILE" || name == "PLAN";
}

std::vector<candidate> const files{{":files", ""}};

std::vector<candidate> of_option_names(typed_line const& line) {
    if (auto const equals = line.word.find('='); equals != std::string::npos) {
        auto const* option = option_named(*line.command, line.word.substr(0, equals));
        return option != nullptr && names_a_file(*option) ? files : std::vector<candidate>();
    }
    std::vector<candidate> out;
    for (auto const* one : options_of(*line.command))
        if (one->nonpositional() && is_shown(*one))
            for (auto const& name : one->get_lnames())
                out.push_back({"--" + name, one->get_description()});
    return out;
}

std::vector<candidate> of_commands(CLI::App const& above) {
    std::vector<candidate> out;
    for (auto const* one : above.get_subcommands(nullptr))
        if (!one->get_group().empty() && !one->get_name().empty())
            out.push_back({one->get_name(), one->get_description()});
    return out;
}

// A choice has its words in the help: "quick|full".
std::vector<candidate> of_choice(std::string const& words) {
    std::vector<candidate> out;
    if (std::any_of(
            words.begin(), words.end(), [](unsigned char c) { return c >= 'A' && c <= 'Z'; }))
        return out;
    for (std::size_t begin = 0; begin < words.size();) {
        auto const end = std::min(words.find('|', begin), words.size());
        out.push_back({words.substr(begin, end - begin), ""});
        begin = end + 1;
    }
    return out;
}

std::vector<candidate> of_positional(typed_line const& line) {
    std::vector<CLI::Option const*> places;
    for (auto const* one : options_of(*line.command))
        if (one->get_positional())
            places.push_back(one);
    auto const given = line.positionals.size();
    if (places.empty() || (given >= places.size() && places.back()->get_items_expected_max() < 2))
        return {};
    auto const* place = places[std::min(given, places.size() - 1)];
    auto const value_or = [&](char const* option, std::string const& otherwise) {
        auto const found = line.values.find(option);
        return found == line.values.end() ? otherwise : found->second;
    };
    auto const file = value_or("file", default_dynamic_file());
    auto const schema = value_or("schema", options::default_schema);
    auto const name = placeholder(*place);
    if (names_a_file(*place))
        return files;
    if (auto words = of_choice(name); !words.empty())
        return words;
    if (name == "VALUE")
        return session::value_candidates(schema, line.positionals.front());
    // Those commands look into the dynamic file only.
    auto const command = line.command->get_name();
    if (name == "PREFIX" || (name == "PATH" && command != "show" && command != "export"))
        return session::path_candidates(schema, file, line.word);
    std::vector<candidate> out;
    if (name.find("PATH") != std::string::npos)
        out = session::override_candidates(file);
    if (name == "N" || name.starts_with("N|"))
        for (auto& one : session::entry_candidates(file))
            out.push_back(std::move(one));
    return out;
}

std::vector<candidate> candidates_for(typed_line const& line) {
    if (line.valued != nullptr)
        return names_a_file(*line.valued) ? files : of_choice(placeholder(*line.valued));
    if (!line.only_words && line.word.starts_with('-'))
        return of_option_names(line);
    auto commands = of_commands(*line.command);
    return commands.empty() || !line.positionals.empty() ? of_positional(line) : commands;
}

exit_code run(CLI::App const& app, std::string const& text, std::string const& breaks) {
    auto typed = shell_words(text, breaks);
    auto words = words_of(std::move(typed.words));
    typed_line line;
    line.command = &app;
    line.word = std::move(words.back());
    words.pop_back();
    for (auto const& word : words)
        take_word(line, word);
    for (auto const& one : candidates_for(line)) {
        bool const is_file = one.word == files.front().word;
        // A terminal would take them as commands, and a line break as the end of a candidate.
        if ((!is_file && !one.word.starts_with(line.word)) || has_control_characters(one.word))
            continue;
        auto const behind = one.word.substr(is_file ? 0 : typed.left_alone);
        print(behind + '\t' + (has_control_characters(one.about) ? "" : one.about) + '\n');
    }
    return exit_code::done;
}

} // namespace

void add_complete(CLI::App& app, exit_code& code) {
    auto* command = app.add_subcommand("complete", "Complete a command line, for shells");
    command->group("");
    auto const line = std::make_shared<std::string>();
    auto const breaks = std::make_shared<std::string>();
    command->add_option("--breaks", *breaks, "Characters at which the shell begins another word");
    command->add_option("LINE", *line, "The command line up to the cursor");
    command->callback([line, breaks, &app, &code] { code = run(app, *line, *breaks); });
}

} // namespace dynix::tool
