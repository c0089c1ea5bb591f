#include "shared/usage_error.hpp"

#include "dynix/base/nearest.hpp"
#include "shared/report.hpp"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <fmt/format.h>
#include <iostream>
#include <string_view>
#include <system_error>

namespace dynix::tool {
namespace {

// The option that a word names, in whichever command has it; nullptr when none has.
CLI::Option const* option_of(CLI::App const& app, std::string const& word) {
    auto const name = word.substr(0, word.find('='));
    for (auto const* command : app.get_subcommands(nullptr))
        if (auto const* option = command->get_option_no_throw(name))
            return option;
    return nullptr;
}

std::vector<std::string> names_of_options(CLI::App const& command) {
    std::vector<std::string> names;
    for (auto const* option : command.get_options())
        for (auto const& name : option->get_lnames())
            names.push_back("--" + name);
    return names;
}

// The option of the program or of the command `command`, which hands on what it does not know.
CLI::Option const*
option_named(CLI::App const& app, CLI::App const& command, std::string const& name) {
    if (auto const* own = command.get_option_no_throw(name))
        return own;
    return command.get_fallthrough() ? app.get_option_no_throw(name) : nullptr;
}

// CLI11 says which option a message is about only in its text: "NAME: …" or "NAME is required".
std::string subject_of(CLI::ParseError const& wrong) {
    std::string_view const said = wrong.what();
    return std::string(said.substr(0, said.find_first_of(": ")));
}

// What a command hands on (CLI::App::fallthrough) is left over by the program.
error left_over(
    CLI::App const& app, CLI::App const& command, std::string const& name,
    std::string const& help) {
    auto const rest = command.remaining().empty() ? app.remaining() : command.remaining();
    // What stands behind it is no option, whatever it looks like.
    if (rest.size() > 1 && rest.front() == "--")
        return make_error(
            fmt::format("'{}' is one argument too many", rest[1]), "options stand before '--'");
    auto const word = rest.empty() ? std::string() : rest.front();
    auto const* const value = command.get_option_no_throw("VALUE");
    bool const is_equals = value != nullptr && value->count() > 0 && value->results().back() == "=";
    if (is_equals || word.size() < 2 || word.front() != '-')
        return make_error(
            fmt::format("'{}' is one argument too many", word),
            is_equals ? "PATH and VALUE stand side by side, without a '=' between them" : help);
    auto const option = word.substr(0, word.find('='));
    auto known = names_of_options(command);
    if (command.get_fallthrough())
        for (auto const& more : names_of_options(app))
            known.push_back(more);
    auto hint = did_you_mean(nearest(option, known));
    if (hint.empty() && value != nullptr)
        hint = "a VALUE that begins with '-' stands behind '--', after all options";
    return make_error(
        fmt::format("there is no option '{}' in '{}'", option, name), hint.empty() ? help : hint);
}

// What is missing, or which of some options are too many: "Exactly 1 option from [A,B] …".
std::string missing(CLI::ParseError const& wrong, std::string const& subject, bool command) {
    std::string_view const said = wrong.what();
    auto const begin = said.find('[');
    if (begin == std::string_view::npos)
        return command ? "a command is missing" : subject + " is missing";
    std::string names;
    for (char const c : said.substr(begin + 1, said.rfind(']') - begin - 1)) {
        names += c;
        if (c == ',')
            names += ' ';
    }
    auto const many = said.find("given") != std::string_view::npos;
    return fmt::format("expected {}one of {}", many ? "only " : "", names);
}

// "Could not convert: NAME = VALUE", and the like.
std::string not_converted(CLI::App const& app, CLI::App const& command, std::string_view said) {
    constexpr std::string_view before = "Could not convert: ";
    said.remove_prefix(said.starts_with(before) ? before.size() : 0);
    auto const name = std::string(said.substr(0, said.find_first_of(": ")));
    auto const* option = option_named(app, command, name);
    if (option == nullptr)
        return std::string(said);
    if (option->get_items_expected_max() == 0)
        return fmt::format("{} takes no value", name);
    return fmt::format("{}: expected a number, found '{}'", name, option->results().back());
}

} // namespace

std::vector<std::string> with_command_first(CLI::App const& app, std::span<char* const> words) {
    std::vector<std::string> all(words.begin(), words.end());
    std::size_t command = 0;
    while (command < all.size() && all[command].starts_with('-')) {
        auto const* option =
            app.get_option_no_throw(all[command].substr(0, all[command].find('=')));
        if (option == nullptr)
            option = option_of(app, all[command]);
        if (option == nullptr || option->get_name() == "--help" ||
            option->get_name() == "--version")
            return all;
        auto const value_follows =
            option->get_items_expected_max() > 0 && all[command].find('=') == std::string::npos;
        command += value_follows ? 2 : 1;
    }
    if (command < all.size())
        std::rotate(
            all.begin(), all.begin() + static_cast<std::ptrdiff_t>(command),
            all.begin() + static_cast<std::ptrdiff_t>(command) + 1);
    return all;
}

std::string wrong_seconds(std::string const& value, unsigned least) {
    constexpr unsigned most = 366 * 24 * 60 * 60;
    unsigned seconds = 0;
    auto const* const last = value.data() + value.size();
    auto const [end, failed] = std::from_chars(value.data(), last, seconds);
    if (failed == std::errc() && end == last && seconds >= least && seconds <= most)
        return {};
    return fmt::format("expected seconds, from {} to {}, found '{}'", least, most, value);
}

error usage_error(CLI::App const& app, CLI::ParseError const& wrong, std::string const& first) {
    auto const chosen = app.get_subcommands();
    if (chosen.empty() && !first.empty() && !first.starts_with('-')) {
        std::vector<std::string> commands;
        for (auto const* command : app.get_subcommands(nullptr))
            commands.push_back(command->get_name());
        auto const hint = did_you_mean(nearest(first, commands));
        return make_error(
            fmt::format("there is no command '{}'", first),
            hint.empty() ? fmt::format("'{} --help' lists the commands", app.get_name()) : hint);
    }
    if (chosen.empty() && option_of(app, first) != nullptr)
        return make_error(
            "a command is missing", fmt::format(
                                        "'{0}' is an option of some commands and stands behind "
                                        "one: '{1} COMMAND {0}'; '{1} "
                                        "--help' lists the commands",
                                        first.substr(0, first.find('=')), app.get_name()));
    auto const& command = chosen.empty() ? app : *chosen.front();
    auto const name = app.get_name() + (chosen.empty() ? "" : " " + command.get_name());
    auto const help = fmt::format("'{} --help' shows how it is used", name);
    auto const kind = wrong.get_name();
    auto const subject = subject_of(wrong);
    // An ExtrasError goes by the name of its command.
    if (dynamic_cast<CLI::ExtrasError const*>(&wrong) != nullptr ||
        (chosen.empty() && !app.remaining().empty()))
        return left_over(app, command, name, help);
    if (kind == "RequiredError")
        return make_error(missing(wrong, subject, chosen.empty()), help);
    if (kind == "ExcludesError") {
        auto const other = std::string_view(wrong.what()).substr(subject.size() + 10);
        return make_error(fmt::format("{} and {} exclude each other", subject, other), help);
    }
    if (kind == "ArgumentMismatch") {
        auto const* option = option_named(app, command, subject);
        auto const twice = option != nullptr && option->count() > 1;
        return make_error(
            twice ? fmt::format("{} is given more than once", subject)
                  : fmt::format("{} is given without its value", subject),
            help);
    }
    if (kind == "ConversionError")
        return make_error(not_converted(app, command, wrong.what()), help);
    return make_error(wrong.what(), help);
}

namespace {

template <class Predicate>
std::string help_of_codes(Predicate const& is_listed) {
    std::string out = "Exit status:\n";
    for (auto const& row : exit_codes)
        if (is_listed(row))
            out += fmt::format("  {}  {}\n", static_cast<int>(row.code), row.meaning);
    out.pop_back();
    return out;
}

} // namespace

std::string exit_status_help(program of) {
    return help_of_codes(
        [&](exit_meaning const& row) { return row.of == program::both || row.of == of; });
}

std::string exit_status_help(std::initializer_list<exit_code> codes) {
    return help_of_codes([&](exit_meaning const& row) {
        return std::find(codes.begin(), codes.end(), row.code) != codes.end();
    });
}

int run_program(CLI::App& app, program_words const& given, exit_code const& code) {
    auto const unwritten = make_error("cannot write to standard output");
    // A reader that goes away ends what only looks, but no change: what would come behind that
    // change, such as the apply of 'append --apply', is wanted all the same.
    app.parse_complete_callback([&] {
        if (given.changes(*app.get_subcommands().front()))
            std::signal(SIGPIPE, SIG_IGN);
    });
    try {
        app.parse(std::vector<std::string>(given.words.rbegin(), given.words.rend()));
    } catch (CLI::Success const& asked) {
        app.exit(asked);
        std::cout.flush();
        return static_cast<int>(
            std::cout ? exit_code::done : report(unwritten, false, exit_code::refused));
    } catch (CLI::ParseError const& wrong) {
        return static_cast<int>(
            report(usage_error(app, wrong, given.first()), given.wants_json, exit_code::usage));
    }
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0)
        return static_cast<int>(code);
    // A result that did not reach its reader is no success; but where it tells of a change, 1 would
    // say that there was none, and a script might do it twice.
    bool const good = code == exit_code::done;
    if (!good || !given.changes(*app.get_subcommands().front()))
        return static_cast<int>(report(unwritten, false, good ? exit_code::refused : code));
    return static_cast<int>(report(
        make_error("cannot write to standard output, but all is done"), false, exit_code::done));
}

} // namespace dynix::tool
