#include "dynix/evaluation/questions.hpp"

#include "dynix/base/json_record.hpp"
#include "dynix/plan/evaluation.hpp"
#include "dynix/plan/nix.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <string_view>
#include <utility>

namespace dynix::evaluation {
namespace {

// As nixmodules/certificate/questions.nix writes them.
constexpr std::string_view canary = "dynix-canary ";
constexpr std::string_view traced_part = "trace: dynix-subject ";

boost::json::array text_list(std::vector<std::string> const& all) {
    return boost::json::array(all.begin(), all.end());
}

// The part that a line names: ["unit","foo.service"].
part read_part(std::string_view text) {
    boost::json::error_code failed;
    auto const value = boost::json::parse(text, failed);
    auto const* both = failed ? nullptr : value.if_array();
    if (!both || both->size() != 2 || !(*both)[0].is_string() || !(*both)[1].is_string())
        return {"system", std::string(text)};
    return {std::string((*both)[0].get_string()), std::string((*both)[1].get_string())};
}

// What ended an evaluation: "... error message: 'dynix-canary services.bar.threads'".
std::optional<std::string> met_in(std::string_view said) {
    auto at = said.rfind(std::string("'") + std::string(canary));
    if (at == said.npos)
        return std::nullopt;
    said.remove_prefix(at + 1 + canary.size());
    auto const line = said.substr(0, said.find('\n'));
    auto const end = line.rfind('\'');
    return std::string(line.substr(0, end));
}

// The end of what Nix said, without what the questions have it say.
std::string own_words(std::string_view said) {
    constexpr std::size_t longest = 4000;
    std::string out;
    while (!said.empty()) {
        auto const end = said.find('\n');
        auto const line = said.substr(0, end);
        if (!line.starts_with("trace:") && !line.empty())
            out.append(line) += '\n';
        said.remove_prefix(end == said.npos ? said.size() : end + 1);
    }
    return out.size() <= longest ? out : "[...]" + out.substr(out.size() - longest);
}

// What is fetched by its hash stays the same, and Nix finds it in the store, because the system was
// built of it. For all else it would look into its cache, and has none.
void allow_known_by_hash(process::command& to) {
    to.args.insert(to.args.end(), {"--option", "allowed-uris", "https:// http://"});
    // Nix manual, "Common environment variables"; the second one since Nix 2.25.
    for (auto const* place : {"XDG_CACHE_HOME", "NIX_CACHE_HOME"})
        to.environment[place] = "/dev/null";
}

bool may_not_fetch(process::outcome const& ended) {
    return !ended.success() && ended.err.find("access to URI 'http") != std::string::npos;
}

// That it would look there, Nix says of a folder, in one kind of quotes or another.
bool lacks_cache(process::outcome const& ended) {
    return ended.err.find("'/dev/null' is not a directory") != std::string::npos ||
           ended.err.find("creating directory '/dev/null'") != std::string::npos ||
           ended.err.find("creating directory \"/dev/null\"") != std::string::npos;
}

error not_answered(std::string const& about, process::outcome const& ended) {
    bool const fetches =
        ended.err.find("access to URI '") != std::string::npos || lacks_cache(ended);
    auto out = make_error(
        fmt::format(
            "Nix has no answer to the question for a certificate ('{}'): {}", about,
            process::describe(ended)),
        fmt::format(
            "{}; without a certificate 'dynix apply' compares",
            fetches
                ? "nothing is fetched while it is proved, and what 'fetchTarball' has a hash of is "
                  "in the store after 'nixos-rebuild switch': give it one, keep a copy in a folder "
                  "beside the configuration's file, or let the configuration be a flake"
                : "a file that is no root can be named in 'dynamicism.source.roots'"));
    out.notes = plan::nix::notes_on(own_words(ended.err));
    return out;
}

struct asked {
    process::outcome ended{};
    std::optional<std::string> met{}; // what ended it
};

result<asked>
ask(questioner const& by, std::string const& about, question const& what, process::runner& with,
    process::line_callback const& on_line = {}) {
    auto command = question_command(by, about, what);
    command.on_err_line = on_line;
    auto ended = with.run(command);
    // Where nothing is fetched, the cache is of use: for what is substituted, say.
    if (ended && may_not_fetch(*ended)) {
        allow_known_by_hash(command);
        ended = with.run(command);
    }
    if (!ended)
        return ended.error();
    asked out{std::move(*ended), std::nullopt};
    if (out.ended.success())
        return out;
    // Only what ended by itself has met something.
    if (out.ended.by_itself())
        out.met = met_in(out.ended.err);
    if (!out.met)
        return not_answered(about, out.ended);
    return out;
}

// Takes the lines of an evaluation: which part of the system is looked at, and which canaries it
// meets.
template <class OnPart, class OnMet>
process::line_callback on_canary(OnPart on_part, OnMet on_met) {
    return [=, now = part{"system", "*"}](std::string_view line) mutable {
        if (line.starts_with(traced_part)) {
            now = read_part(line.substr(traced_part.size()));
            on_part(now);
        }
        // Anywhere in a line, which others may have begun: one too many is no harm.
        if (auto const at = line.find(canary); at != line.npos)
            on_met(now, line.substr(at + canary.size()));
    };
}

result<boost::json::value> read_answer(asked const& what, std::string const& about) {
    boost::json::error_code failed;
    auto value = boost::json::parse(what.ended.out, failed);
    if (failed)
        return make_error(fmt::format("the answer of Nix to '{}' is no JSON", about));
    return value;
}

result<std::vector<std::string>>
read_strings(boost::json::value const& value, std::string const& about) {
    auto const* all = value.if_array();
    if (!all)
        return make_error(fmt::format("the answer of Nix to '{}' is no list", about));
    std::vector<std::string> out;
    for (auto const& one : *all) {
        if (!one.is_string())
            return make_error(
                fmt::format("the answer of Nix to '{}' is no list of strings", about));
        out.emplace_back(one.get_string());
    }
    return out;
}

} // namespace

process::command
question_command(questioner const& by, std::string const& about, question const& what) {
    plan::evaluation evaluated;
    evaluated.timeout = by.timeout;
    evaluated.source = by.source;
    evaluated.search_path = by.search_path;
    evaluated.readable = by.roots;
    evaluated.body = R"(let
  certificate = system.config.dynamicism.certificate
    or (throw "the configuration on disk has a dynix module without certificates");
  answer = certificate.${about};
in
if builtins.isFunction answer then answer (builtins.fromJSON question) else answer
)";
    evaluated.arguments = {
        {"about", about},
        {"question",
         boost::json::serialize(boost::json::object{
             {"options", text_list(what.options)}, {"readable", text_list(what.readable_units)}})}};
    return plan::json_command(evaluated);
}

result<screening> ask_screen(questioner const& by, process::runner& with) {
    screening found;
    auto const answered =
        ask(by, "screen", {}, with,
            on_canary(
                [](part const&) {},
                [&](part const& one, std::string_view met) {
                    found.reaches[std::string(met)].insert(one);
                }));
    if (!answered)
        return answered.error();
    auto const value = read_answer(*answered, "screen");
    if (!value)
        return value.error();
    auto options = read_strings(*value, "screen");
    if (!options)
        return options.error();
    found.options = std::move(*options);
    return found;
}

namespace {

// What Nix answers, and what it has looked at before the complete system, as lines that it wrote.
struct proof_answer {
    asked said{};
    std::vector<std::string> looked_at{};
};

result<proof_answer> ask_proof(
    questioner const& by, std::string const& about, question const& what, process::runner& with) {
    part const last{"system", "toplevel"};
    std::vector<std::string> looked_at;
    bool is_complete = false;
    auto said =
        ask(by, about, what, with,
            on_canary(
                [&](part const& one) { is_complete = is_complete || one == last; },
                [&](part const&, std::string_view met) {
                    if (!is_complete)
                        looked_at.emplace_back(met);
                }));
    if (!said)
        return said.error();
    // That no line names something is a proof only where lines arrive.
    if (!said->met && !is_complete)
        return make_error(
            fmt::format("Nix did not write what it looked at for the question '{}'", about),
            "a certificate needs the lines that builtins.trace writes to the standard error");
    return proof_answer{std::move(*said), std::move(looked_at)};
}

template <class Answer, class Read>
result<Answer>
read_proof(proof_answer const& from, std::string const& about, Answer out, Read read) {
    return json::read_record(
        from.said.ended.out, fmt::format("the answer of Nix to '{}'", about),
        [&](json::record_reader& record) {
            read(record, out);
            return out;
        });
}

} // namespace

result<whole_system> ask_whole(questioner const& by, question const& what, process::runner& with) {
    std::string const about = "proveWhole";
    auto const answered = ask_proof(by, about, what, with);
    if (!answered)
        return answered.error();
    whole_system out;
    out.met = answered->said.met;
    if (out.met)
        return out;
    out.checked = {answered->looked_at.begin(), answered->looked_at.end()};
    return read_proof(
        *answered, about, std::move(out), [](json::record_reader& from, whole_system& into) {
            into.toplevel = from.text("toplevel");
            into.made = from.text("made");
            into.assertions = from.integer("assertions");
            into.warnings = from.texts("warnings");
        });
}

result<readers> ask_readers(questioner const& by, question const& what, process::runner& with) {
    std::string const about = "proveReaders";
    auto const answered = ask_proof(by, about, what, with);
    if (!answered)
        return answered.error();
    readers out;
    out.met = answered->said.met;
    if (!out.met && !answered->looked_at.empty())
        out.met = answered->looked_at.front();
    if (out.met)
        return out;
    return read_proof(
        *answered, about, std::move(out),
        [](json::record_reader& from, readers& into) { into.made = from.text("made"); });
}

} // namespace dynix::evaluation
