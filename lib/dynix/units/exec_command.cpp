#include "dynix/units/exec_command.hpp"

#include "dynix/base/utf8.hpp"
#include "dynix/units/extract_word.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace dynix::units {
namespace {

// Collects a pattern: known characters, and places where anything may stand.
class pattern_builder {
  public:
    void known(char c) { (made_.after.empty() ? made_.before : made_.after.back()) += c; }
    void unknown() { made_.after.emplace_back(); }
    text_pattern take() { return std::move(made_); }

  private:
    text_pattern made_;
};

enum class variables { kept, expanded };

// "%x" is known only to systemd, except "%%"; "${X}" is known only when the unit starts.
text_pattern pattern_of(std::string_view word, variables how) {
    pattern_builder made;
    for (std::size_t at = 0; at < word.size(); ++at) {
        auto const next = at + 1 < word.size() ? word[at + 1] : '\0';
        if (word[at] == '%' && next != '\0') {
            next == '%' ? made.known('%') : made.unknown();
            ++at;
        } else if (how == variables::expanded && word[at] == '$' && next == '$') {
            made.known('$');
            ++at;
        } else if (auto const end = word.find('}', at); how == variables::expanded &&
                                                        word[at] == '$' && next == '{' &&
                                                        end != std::string_view::npos) {
            made.unknown();
            at = end;
        } else {
            made.known(word[at]);
        }
    }
    return made.take();
}

text_pattern argument_pattern(std::string_view word, variables how) {
    if (how == variables::expanded && word.size() > 1 && word[0] == '$' && word[1] != '{' &&
        word[1] != '$')
        return {.any_words = true};
    return pattern_of(word, how);
}

bool is_separator(std::string_view rest, std::string_view separator) {
    return rest.starts_with(separator) &&
           (rest.size() == separator.size() ||
            whitespace.find(rest[separator.size()]) != std::string_view::npos);
}

void skip(std::string_view& rest, std::size_t count) {
    rest.remove_prefix(count);
    rest.remove_prefix(std::min(rest.find_first_not_of(whitespace), rest.size()));
}

struct prefixes {
    bool argv0_given = false;
    variables how = variables::expanded;
};

prefixes take_prefixes(std::string& program) {
    prefixes found;
    std::size_t count = 0;
    for (; count < program.size(); ++count) {
        if (program[count] == '@')
            found.argv0_given = true;
        else if (program[count] == ':')
            found.how = variables::kept;
        else if (std::string_view("-+!|").find(program[count]) == std::string_view::npos)
            break;
    }
    program.erase(0, count);
    return found;
}

// One command and what separates it from the next.
result<command_pattern> take_command(std::string_view& rest) {
    auto const whole = rest;
    auto first = next_word(rest);
    if (!first)
        return first.error();
    auto program = first->value_or("");
    auto const found = take_prefixes(program);
    if (program.empty())
        return make_error(fmt::format("no program in the command '{}'", whole));
    command_pattern made;
    made.program = pattern_of(program, variables::kept);
    made.argv0 = made.program;
    if (!program.starts_with('/') && !program.starts_with('%'))
        // systemd searches it in its own path.
        made.program = {.before = {}, .after = {'/' + program}};
    bool argv0_due = found.argv0_given;
    while (!rest.empty()) {
        if (is_separator(rest, ";")) {
            skip(rest, 1);
            break;
        }
        std::string argument = ";";
        if (is_separator(rest, "\\;")) {
            skip(rest, 2);
        } else {
            auto word = next_word(rest);
            if (!word)
                return word.error();
            if (!*word)
                break;
            argument = std::move(**word);
        }
        auto pattern = argument_pattern(argument, found.how);
        if (std::exchange(argv0_due, false))
            made.argv0 = std::move(pattern);
        else
            made.args.push_back(std::move(pattern));
    }
    return made;
}

bool match_words(
    text_pattern const* pattern, text_pattern const* patterns_end, std::string const* word,
    std::string const* words_end) {
    for (; pattern != patterns_end; ++pattern, ++word) {
        if (pattern->any_words) {
            for (auto const* rest = word; rest <= words_end; ++rest)
                if (match_words(pattern + 1, patterns_end, rest, words_end))
                    return true;
            return false;
        }
        if (word == words_end || !pattern->matches(*word))
            return false;
    }
    return word == words_end;
}

bool variable_name(std::string_view name) {
    return !name.empty() && (name[0] < '0' || name[0] > '9') &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      (c >= '0' && c <= '9');
           });
}

} // namespace

bool text_pattern::matches(std::string_view text) const {
    if (after.empty())
        return text == before;
    if (!text.starts_with(before))
        return false;
    text.remove_prefix(before.size());
    for (std::size_t i = 0; i + 1 < after.size(); ++i) {
        auto const at = text.find(after[i]);
        if (at == std::string_view::npos)
            return false;
        text.remove_prefix(at + after[i].size());
    }
    return text.ends_with(after.back());
}

std::string text_pattern::show() const {
    if (any_words)
        return "*";
    auto out = before;
    for (auto const& piece : after)
        out += '*' + piece;
    return out;
}

bool command_pattern::matches(std::vector<std::string> const& argv) const {
    auto const* const end = argv.data() + argv.size();
    auto const rest_matches = [&](std::string const* from) {
        return match_words(args.data(), args.data() + args.size(), from, end);
    };
    if (argv.empty())
        return false;
    if (argv0.matches(argv[0]) && rest_matches(argv.data() + 1))
        return true;
    for (std::size_t at = 1; at < argv.size(); ++at)
        if ((program.matches(argv[at]) || argv0.matches(argv[at])) &&
            rest_matches(argv.data() + at + 1))
            return true;
    return false;
}

std::string command_pattern::show() const {
    auto out = argv0.show();
    for (auto const& arg : args)
        out += ' ' + arg.show();
    return out;
}

result<std::vector<command_pattern>> split_command_line(std::string_view value) {
    std::vector<command_pattern> commands;
    skip(value, 0);
    while (!value.empty()) {
        auto command = take_command(value);
        if (!command)
            return command.error();
        commands.push_back(std::move(*command));
    }
    return commands;
}

result<std::vector<assignment_pattern>> split_environment(std::string_view value) {
    std::vector<assignment_pattern> all;
    for (;;) {
        auto word = next_word(value);
        if (!word)
            return word.error();
        if (!*word)
            return all;
        auto const text = std::string_view(**word);
        auto const equals = text.find('=');
        // systemd ignores what is no assignment, and values that are not UTF-8 ("Invalid
        // environment assignment, ignoring").
        if (equals != std::string_view::npos && variable_name(text.substr(0, equals)) &&
            well_formed_utf8(text.substr(equals + 1)) == text.size() - equals - 1)
            all.push_back(
                {std::string(text.substr(0, equals)),
                 pattern_of(text.substr(equals + 1), variables::kept)});
    }
}

result<std::vector<assignment_pattern>> planned_environment(unit_file const& unit) {
    std::vector<assignment_pattern> all;
    auto const forget = [&](std::string_view name) {
        std::erase_if(all, [&](assignment_pattern const& one) { return one.name == name; });
    };
    for (auto const& value : unit.effective("Service", "Environment")) {
        auto assignments = split_environment(value);
        if (!assignments)
            return assignments.error();
        for (auto& one : *assignments) {
            forget(one.name);
            all.push_back(std::move(one));
        }
    }
    // "NAME", or "NAME=value", which takes out that very assignment only.
    auto const take_out = [&](std::string_view word) {
        auto const end = word.find('=');
        if (end == std::string_view::npos)
            return forget(word);
        std::erase_if(all, [&](assignment_pattern const& one) {
            return one.name == word.substr(0, end) && one.value.after.empty() &&
                   one.value.before == word.substr(end + 1);
        });
    };
    for (auto const& value : unit.effective("Service", "UnsetEnvironment")) {
        auto rest = std::string_view(value);
        for (;;) {
            auto word = next_word(rest);
            if (!word)
                return word.error();
            if (!*word)
                break;
            take_out(**word);
        }
    }
    return all;
}

result<std::optional<command_pattern>> planned_command(unit_file const& unit) {
    auto const values = unit.effective("Service", "ExecStart");
    if (values.empty())
        return std::optional<command_pattern>();
    auto commands = split_command_line(values.back());
    if (!commands)
        return commands.error();
    if (commands->empty())
        return std::optional<command_pattern>();
    return std::optional(std::move(commands->back()));
}

} // namespace dynix::units
