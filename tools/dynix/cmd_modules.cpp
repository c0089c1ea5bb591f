// dynix modules: which modules of nixpkgs the system or one unit needs, and why.
#include "command.hpp"
#include "command_line.hpp"
#include "dynix/base/file.hpp"
#include "dynix/modulelist/graph.hpp"
#include "dynix/modulelist/list_file.hpp"
#include "dynix/modulelist/list_key.hpp"
#include "dynix/modulelist/work_out.hpp"
#include "dynix/plan/build.hpp"
#include "dynix/plan/flake_reference.hpp"
#include "dynix/syntax/attribute_path.hpp"
#include "shared/report.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <cstdlib>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>
#include <optional>
#include <string_view>

namespace dynix::tool {
namespace {

using modulelist::module_list;

constexpr std::array<std::string_view, 5> questions = {
    "needed", "explain", "graph", "why-not", "verify"};
constexpr auto all_questions = "needed, explain, graph, why-not or verify";
// With what it costs to find a unit's list, fewer than twenty evaluations.
constexpr unsigned tries_of_a_unit = 10;

struct modules_arguments {
    std::string question;
    std::string name;
    std::string unit;
    std::string write;
    std::string system = default_system_record;
    std::optional<unsigned> tries;
    bool svg = false;
    bool json = false;
};

// Where the Nix files are installed, or those of a build that is not installed.
std::string nix_folder() {
    auto const* const other = std::getenv("DYNIX_MINIMAL");
    return other != nullptr ? other : DYNIX_MINIMAL_FOLDER;
}

result<modulelist::request> to_request(modules_arguments const& given) {
    auto const text = read_file(given.system);
    if (!text) {
        auto failed = text.error();
        failed.hint =
            "a system with 'dynamicism.enable = true;' has this record; '--system F' names "
            "another one, as FORMATS.md has it";
        return failed;
    }
    auto record = plan::read_system_record(*text, given.system);
    if (!record)
        return record.error();
    modulelist::request out;
    out.source = std::move(record->source);
    if (out.source.kind == plan::source_kind::flake) {
        auto url = plan::flake_url(out.source.flake);
        if (!url)
            return url.error();
        out.source.flake = std::move(*url);
    }
    out.folder = nix_folder();
    out.unit = given.unit;
    out.tries = given.tries.value_or(given.unit.empty() ? 0 : tries_of_a_unit);
    if (auto const memory = read_file("/proc/meminfo");
        memory && std::getenv("GC_INITIAL_HEAP_SIZE") == nullptr)
        out.heap_bytes = plan::heap_for_nix(*memory);
    return out;
}

std::string describe_use(modulelist::reason const& why) {
    auto const option =
        why.use.key ? fmt::format("{}.{}", why.use.option, *why.use.key) : why.use.option;
    auto const how = why.declares && why.defines ? "declares and defines"
                     : why.declares              ? "declares"
                                                 : "defines";
    auto const reader = why.reader.empty() ? "the result" : why.reader;
    return why.use.option.empty() ? fmt::format("imports {}", reader)
                                  : fmt::format("{} {}, which {} reads", how, option, reader);
}

boost::json::object record_of(modulelist::needed_module const& what) {
    boost::json::array reasons;
    for (auto const& why : what.reasons) {
        boost::json::object one{
            {"reader", why.reader},
            {"option", why.use.option},
            {"declares", why.declares},
            {"defines", why.defines}};
        if (why.use.key)
            one["key"] = *why.use.key;
        reasons.push_back(std::move(one));
    }
    return {{"module", what.name}, {"reasons", std::move(reasons)}};
}

modulelist::needed_module const* reasons_of(module_list const& list, std::string const& name) {
    auto const& all = list.by_evidence.modules;
    auto const found = std::ranges::find(all, name, &modulelist::needed_module::name);
    return found == all.end() ? nullptr : &*found;
}

bool is_in(std::vector<std::string> const& names, std::string const& name) {
    return std::ranges::find(names, name) != names.end();
}

exit_code
needed(modules_arguments const& given, modulelist::request const& of, process::runner& with) {
    if (!given.write.empty())
        if (auto const writable = modulelist::check_writable(given.write); !writable)
            return report(writable.error(), given.json, exit_code::refused);
    auto const list = modulelist::work_out(of, with);
    if (!list)
        return report(list.error(), given.json, exit_code::refused);
    if (!given.write.empty()) {
        auto const unused = modulelist::keep_list(of, given.write, *list, with);
        if (!unused)
            return report(unused.error(), given.json, exit_code::refused);
        if (!unused->empty())
            note_line(*unused);
    }
    if (given.json) {
        print(json::print(boost::json::object{
            {"unit", given.unit},
            {"all", list->from.list.size()},
            {"evaluations", list->evaluations},
            {"modules", boost::json::array(list->modules.begin(), list->modules.end())}}));
        return exit_code::done;
    }
    for (auto const& name : list->modules)
        print(name + "\n");
    note_line(fmt::format(
        "{} of {} modules; the result is that of all, by {} evaluations", list->modules.size(),
        list->from.list.size(), list->evaluations));
    return exit_code::done;
}

exit_code
explain(modules_arguments const& given, modulelist::request const& of, process::runner& with) {
    auto const list = modulelist::work_out(of, with);
    if (!list)
        return report(list.error(), given.json, exit_code::refused);
    auto const* found = reasons_of(*list, given.name);
    bool const in_list = is_in(list->modules, given.name);
    if (found == nullptr && !is_in(list->from.list, given.name))
        return report(
            make_error(
                fmt::format("no module of nixpkgs is called '{}'", given.name),
                "modules are named by their path relative to nixos/modules"),
            given.json, exit_code::refused);
    if (given.json) {
        auto record =
            found != nullptr
                ? record_of(*found)
                : boost::json::object{{"module", given.name}, {"reasons", boost::json::array()}};
        record["needed"] = in_list;
        print(json::print(record));
        return exit_code::done;
    }
    print(fmt::format("{} is {}needed\n", given.name, in_list ? "" : "not "));
    if (found != nullptr)
        for (auto const& why : found->reasons)
            print(fmt::format("  it {}\n", describe_use(why)));
    return exit_code::done;
}

exit_code
graph(modules_arguments const& given, modulelist::request const& of, process::runner& with) {
    auto const list = modulelist::work_out(of, with);
    if (!list)
        return report(list.error(), given.json, exit_code::refused);
    if (!given.json) {
        print(
            given.svg ? modulelist::svg_graph(list->by_evidence, list->modules)
                      : modulelist::dot_graph(list->by_evidence, list->modules));
        return exit_code::done;
    }
    boost::json::array modules;
    for (auto const& one : list->by_evidence.modules)
        if (is_in(list->modules, one.name))
            modules.push_back(record_of(one));
    print(json::print(boost::json::object{{"unit", given.unit}, {"modules", std::move(modules)}}));
    return exit_code::done;
}

exit_code
why_not(modules_arguments const& given, modulelist::request const& of, process::runner& with) {
    auto const path = syntax::parse_attribute_path(given.name, "NAME");
    if (!path)
        return report(path.error(), given.json, exit_code::refused);
    auto const found = modulelist::declaring_modules(of, *path, with);
    if (!found)
        return report(found.error(), given.json, exit_code::refused);
    if (found->empty())
        return report(
            make_error(fmt::format("no module of the system declares '{}'", given.name)),
            given.json, exit_code::refused);
    if (given.json)
        print(json::print(boost::json::object{
            {"option", given.name},
            {"modules", boost::json::array(found->begin(), found->end())}}));
    else
        print(fmt::format("{} is declared by {}\n", given.name, fmt::join(*found, ", ")));
    return exit_code::done;
}

// What is missing is named by who reads and defines what now.
exit_code
verify(modules_arguments const& given, modulelist::request const& of, process::runner& with) {
    auto const names = modulelist::read_list(of, given.name, with);
    if (!names)
        return report(names.error(), given.json, exit_code::refused);
    auto const now = modulelist::watch(of, with);
    if (!now)
        return report(now.error(), given.json, exit_code::refused);
    auto const found = modulelist::evaluate_list(of, *names, with);
    if (found && *found == now->result) {
        if (given.json)
            print(json::print(boost::json::object{{"enough", true}}));
        else
            print("the module list is enough: the system is that of all modules\n");
        auto const use = modulelist::use_of_list(of, now->result, with);
        if (!use)
            note_line(
                "whether the system is evaluated with it is not known: " + one_line(use.error()));
        else if (!use->unused.empty())
            note_line(
                "in the mode \"known\" the system has all modules all the same: " + use->unused);
        return exit_code::done;
    }
    auto failed = make_error(
        found ? fmt::format(
                    "the module list '{}' is not enough: the system is another one", given.name)
              : fmt::format(
                    "the module list '{}' is not enough, or Nix failed: {}", given.name,
                    found.error().message),
        modulelist::how_to_write(given.name));
    if (!found)
        failed.notes = found.error().notes;
    for (auto const& one : modulelist::modules_needed(*now).modules)
        if (!is_in(*names, one.name) && !one.reasons.empty())
            failed.notes.push_back(
                {fmt::format("{} is missing: it {}", one.name, describe_use(one.reasons.front())),
                 {}});
    return report(failed, given.json, exit_code::refused);
}

// What is wrong with the words of the command line together.
std::optional<error> misused(modules_arguments const& given) {
    bool const about_one =
        given.question == "explain" || given.question == "why-not" || given.question == "verify";
    if (about_one && given.name.empty())
        return make_error(fmt::format(
            "'dynix modules {}' needs the name of {}", given.question,
            given.question == "explain"  ? "a module"
            : given.question == "verify" ? "a file"
                                         : "an option"));
    if (!about_one && !given.name.empty())
        return make_error(
            fmt::format("'dynix modules {}' takes no name, found '{}'", given.question, given.name),
            fmt::format("'dynix modules {} --unit U' is about one unit", given.question));
    if (given.question != "needed" && !given.write.empty())
        return make_error(
            fmt::format("'dynix modules {}' writes no list", given.question),
            "only 'dynix modules needed' takes --write");
    if (!given.write.empty() && !given.unit.empty())
        return make_error(
            "a file has the list of a whole system, and --unit asks for that of one unit",
            "leave --unit out; 'dynix modules needed --unit U --json' prints the list of a unit");
    if (given.question != "graph" && given.svg)
        return make_error(
            fmt::format("'dynix modules {}' draws no picture", given.question),
            "only 'dynix modules graph' takes --svg");
    return std::nullopt;
}

exit_code run(modules_arguments const& given) {
    if (auto const wrong = misused(given))
        return report(*wrong, given.json, exit_code::usage);
    if (!given.write.empty() && !given.write.ends_with(modulelist::list_suffix))
        return report(
            make_error(
                fmt::format("'{}' does not end in '{}'", given.write, modulelist::list_suffix),
                "any other file counts as a part of the configuration, which the list would "
                "change"),
            given.json, exit_code::usage);
    auto const of = to_request(given);
    if (!of)
        return report(of.error(), given.json, exit_code::refused);
    auto const with = process::make_runner();
    if (given.question == "needed")
        return needed(given, *of, *with);
    if (given.question == "explain")
        return explain(given, *of, *with);
    if (given.question == "graph")
        return graph(given, *of, *with);
    if (given.question == "verify")
        return verify(given, *of, *with);
    return why_not(given, *of, *with);
}

} // namespace

void add_modules(CLI::App& app, exit_code& code) {
    command_line line(
        app, "modules", "Show which modules of nixpkgs the system or a unit needs, and why");
    auto const given = std::make_shared<modules_arguments>();
    line.option(
            "WHAT",
            [given](std::string const& word) {
                given->question = word;
                bool const known =
                    std::find(questions.begin(), questions.end(), word) != questions.end();
                return known ? std::string()
                             : fmt::format("expected {}, found '{}'", all_questions, word);
            },
            "What is asked")
        .placeholder(fmt::format("{}", fmt::join(questions, "|")))
        .required();
    line.option("NAME", given->name, "explain: a module; why-not: an option; verify: a file");
    line.option("--unit", given->unit, "What one unit needs, not the whole system")
        .placeholder("U")
        .not_empty();
    line.option("--write", given->write, "needed: write the list to this file").names_a_file();
    line.option(
            "--tries", given->tries,
            "How often to try to leave more modules out (default: 10 for a unit, 0 for a system)")
        .placeholder("N")
        .not_empty();
    line.flag("--svg", given->svg, "graph: draw a picture (SVG)");
    add_system_option(line, given->system);
    add_json_option(line, given->json);
    line.footer("Example:\n  dynix modules needed --unit nginx.service\n"
                "  dynix modules explain services/web-servers/nginx/default.nix");
    line.runs([given] { return run(*given); }, code);
}

} // namespace dynix::tool
