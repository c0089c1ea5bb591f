#include "dynix/evaluation/slices.hpp"

#include "dynix/base/file.hpp"
#include "dynix/evaluation/derivations.hpp"
#include "dynix/plan/evaluation.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <system_error>
#include <utility>

namespace dynix::evaluation {
namespace {

// As nixmodules/slices/grow.nix writes them.
constexpr std::string_view said_line = "trace: dynix-slice ";
constexpr std::string_view ended_with = "'dynix-";

// What a slice needs is found layer by layer, and real services have few.
constexpr int most_growing_rounds = 12;

// A folder for questions, which may be longer than an argument of a program.
class question_folder {
  public:
    static result<question_folder> make() {
        std::error_code failed;
        auto const above = std::filesystem::temp_directory_path(failed);
        // One that TMPDIR names and that is not there is no reason to prove less.
        auto name = ((failed ? "/tmp" : above) / "dynix-XXXXXX").string();
        if (!::mkdtemp(name.data()))
            return errno_error("make", name, errno);
        return question_folder(std::move(name));
    }

    question_folder(question_folder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    question_folder(question_folder const&) = delete;
    question_folder& operator=(question_folder const&) = delete;
    question_folder& operator=(question_folder&&) = delete;
    ~question_folder() {
        std::error_code ignored;
        if (!path_.empty())
            std::filesystem::remove_all(path_, ignored);
    }

    std::string const& path() const { return path_; }

  private:
    explicit question_folder(std::string path) : path_(std::move(path)) {}
    std::string path_;
};

struct slice_answer {
    boost::json::value value{};
    boost::json::array said{};
    std::string ended{}; // why there is no value
};

// Why Nix ended, in one line.
std::string reason_in(std::string_view said) {
    if (auto const at = said.rfind(ended_with); at != said.npos) {
        auto const line = said.substr(at + 1, said.find('\n', at) - at - 1);
        return std::string(line.substr(0, line.rfind('\'')));
    }
    auto const at = said.find("error: ");
    if (at == said.npos)
        return "Nix ended without an error";
    return std::string(said.substr(at, said.find('\n', at) - at));
}

class slicer {
  public:
    slicer(questioner const& by, process::runner& with, std::string folder)
        : by_(by), with_(with), folder_(std::move(folder)) {}

    result<slice_answer> ask(std::string const& about, boost::json::object const& question) {
        auto const file = folder_ + "/question.json";
        if (auto written = replace_file(file, boost::json::serialize(question)); !written)
            return written.error();
        auto command = plan::json_evaluator();
        command.timeout = by_.timeout;
        // What they name is to be in the store: slices are made of it.
        if (about == "prove" || about == "untouched")
            command.args.emplace_back("--read-write-mode");
        plan::evaluation evaluated;
        evaluated.source = by_.source;
        evaluated.search_path = by_.search_path;
        evaluated.readable = by_.roots;
        evaluated.readable.push_back(folder_);
        evaluated.body = R"(let
  slices = system.config.dynamicism.certificate.slices
    or (throw "the configuration on disk has a dynix module without slices");
in
slices.${about} {
  type = entry.type or (throw "dynix-slice: this NixOS does not tell what modules it is made of");
  question = builtins.fromJSON (builtins.readFile question);
}
)";
        evaluated.arguments = {{"about", about}, {"question", file}};
        plan::add_expression(command, evaluated);
        slice_answer out;
        command.on_err_line = [&](std::string_view line) {
            boost::json::error_code failed;
            if (!line.starts_with(said_line))
                return;
            auto value = boost::json::parse(line.substr(said_line.size()), failed);
            if (!failed && value.is_array() && !value.get_array().empty())
                out.said.push_back(std::move(value));
        };
        auto const ended = with_.run(command);
        if (!ended)
            return ended.error();
        if (ended->interrupted != 0)
            return make_error("interrupted");
        boost::json::error_code failed;
        if (ended->success())
            out.value = boost::json::parse(ended->out, failed);
        if (!ended->success() || failed)
            out.ended = reason_in(ended->err);
        return out;
    }

  private:
    questioner const& by_;
    process::runner& with_;
    std::string folder_;
};

// What is known of a slice while it is worked out.
struct growth {
    boost::json::array live{};
    boost::json::array opened{};
    boost::json::array given_up{};
    boost::json::array found{};

    static bool add(boost::json::array& to, boost::json::value const& one) {
        if (std::find(to.begin(), to.end(), one) != to.end())
            return false;
        to.push_back(one);
        return true;
    }

    // Takes in what was said; whether the slice needs more than it had.
    bool take(boost::json::array const& said) {
        bool more = false;
        found.clear();
        for (auto const& line : said) {
            auto const& words = line.get_array();
            auto const& kind = words[0];
            if (kind == "live" && words.size() == 3 && words[2].is_array())
                for (auto const& one : words[2].get_array())
                    more = add(live, one) || more;
            else if (kind == "open" && words.size() == 2)
                more = add(opened, words[1]) || more;
            else if (kind != "trying")
                found.push_back(line);
        }
        return more;
    }

    // Goes on without what ended the evaluation; false where that is not new.
    bool give_up(boost::json::array const& said) {
        for (auto line = said.rbegin(); line != said.rend(); ++line)
            if (line->get_array()[0] == "trying" && line->get_array().size() == 2)
                return add(given_up, line->get_array()[1]);
        return false;
    }

    void add_to(boost::json::object& question) const {
        question["live"] = live;
        question["opened"] = opened;
        question["givenUp"] = given_up;
        question["found"] = found;
    }
};

// The modules to begin with.
result<slice_answer> begin(slicer& by, boost::json::object const& question, growth& now) {
    auto begun = by.ask("begin", question);
    if (begun && begun->ended.empty())
        if (auto const* live = begun->value.if_array())
            now.live = *live;
    return begun;
}

// The slice of a service; a text says why there is none.
result<slice_answer> slice_of(slicer& by, boost::json::object question, growth& now) {
    for (int round = 0; round < most_growing_rounds; ++round) {
        now.add_to(question);
        auto grown = by.ask("grow", question);
        if (!grown)
            return grown;
        bool const ended = !grown->ended.empty();
        if (ended && !now.give_up(grown->said))
            return grown;
        bool const more = now.take(grown->said);
        if (!ended && !more) {
            now.add_to(question);
            return by.ask("prove", question);
        }
    }
    slice_answer none;
    none.ended = "it needs more and more modules";
    return none;
}

std::string name_of(boost::json::object const& service) {
    return std::string(service.at("name").as_string());
}

// The text of all slices, of which Nix reads by itself each that it evaluates: to read those of all
// services takes longer than to evaluate one. They are JSON, and what else is said is behind them,
// as JSON that has their places, [begin, length]; where that begins stands before them all
// (plan/build.cpp).
class slice_text {
  public:
    boost::json::value add(boost::json::value const& slice) {
        if (slice.is_null())
            return nullptr;
        auto const begin = text_.size();
        text_ += boost::json::serialize(slice);
        return boost::json::array{begin, text_.size() - begin};
    }

    // With what is built of the derivations that all of it names.
    std::string with(boost::json::object all) && {
        auto named = store_paths_in(text_);
        named.merge(store_paths_in(boost::json::serialize(all)));
        std::erase_if(named, [](std::string const& path) { return !path.ends_with(".drv"); });
        boost::json::object built;
        for (auto const& [path, output] : built_outputs_of(named))
            built[path] = {output.derivation, output.name};
        all["built"] = std::move(built);
        text_.replace(0, head, fmt::format("{:>{}}", text_.size(), head));
        text_ += boost::json::serialize(all);
        return std::move(text_);
    }

  private:
    static constexpr std::size_t head = 16;
    std::string text_ = std::string(head, ' ');
};

// The proved options that are the service's own, or those that are not.
boost::json::array
own_of(boost::json::object const& service, boost::json::array const& options, bool are_own = true) {
    boost::json::array out;
    auto const& targets = service.at("targets").as_array();
    for (auto const& option : options)
        if ((std::find(targets.begin(), targets.end(), option) != targets.end()) == are_own)
            out.push_back(option);
    return out;
}

// What overrides of its own options need, and then what those of other services' options need
// besides: much more, because warnings of NixOS look at all units.
//
// What ends the evaluation for the one ends it for the other, whose canaries are more. What they
// open is opened from the start for the next service, and the modules too, where slices need
// modules of other services: otherwise each needs several rounds to find the same. A text says why
// there is none, or not both.
result<std::string> find_both(
    slicer& by, boost::json::object& service, boost::json::array const& options, growth& last) {
    auto const own = own_of(service, options);
    auto const question = [&](boost::json::array const& of) {
        return boost::json::object{{"service", name_of(service)}, {"options", of}};
    };
    growth now;
    now.opened = last.opened;
    auto const begun = begin(by, question(own), now);
    if (!begun)
        return begun.error();
    if (!begun->ended.empty())
        return begun->ended;
    auto alone = slice_of(by, question(own), now);
    if (!alone)
        return alone.error();
    if (!alone->ended.empty())
        return alone->ended;
    if (own.size() == options.size()) {
        service["slice"] = std::move(alone->value);
        return std::string();
    }
    service["alone"] = std::move(alone->value);
    auto const modules = now.live.size();
    for (auto const& one : last.live)
        growth::add(now.live, one);
    auto beside = slice_of(by, question(options), now);
    if (!beside)
        return beside.error();
    if (!beside->ended.empty())
        return "where other services have overrides too: " + beside->ended;
    service["slice"] = std::move(beside->value);
    last.opened = now.opened;
    if (now.live.size() > modules)
        last.live = now.live;
    return std::string();
}

// What has to be known of a service, whether it has a slice or not.
result<void>
ask_about(slicer& by, boost::json::object& service, boost::json::array const& options) {
    auto answer = by.ask(
        "untouched", {{"service", name_of(service)}, {"options", own_of(service, options, false)}});
    if (!answer)
        return answer.error();
    service["untouched"] = nullptr;
    if (answer->ended.empty())
        service["untouched"] = std::move(answer->value);
    service["alone"] = nullptr;
    service["slice"] = nullptr;
    return {};
}

} // namespace

result<slice_set> find_slices(
    questioner by, std::vector<std::string> const& proved, process::runner& with,
    std::function<void(std::string_view)> const& on_step) {
    auto const folder = question_folder::make();
    if (!folder)
        return folder.error();
    auto source = plan::readable_source(std::move(by.source));
    if (!source)
        return source.error();
    by.source = std::move(*source);
    slicer asked(by, with, folder->path());
    auto services = asked.ask("services", {});
    if (!services)
        return services.error();
    if (!services->ended.empty() || !services->value.is_object())
        return make_error(fmt::format("there are no slices: {}", services->ended));
    boost::json::array const options(proved.begin(), proved.end());
    auto& all = services->value.get_object();
    slice_set out;
    slice_text text;
    growth last;
    for (auto& one : all["services"].as_array()) {
        auto& service = one.as_object();
        auto const name = name_of(service);
        if (auto answered = ask_about(asked, service, options); !answered)
            return answered.error();
        if (own_of(service, options).empty()) {
            out.without[name] = "none of its options is proved";
            continue;
        }
        if (on_step)
            on_step(fmt::format("slice {}", name));
        auto const why_not = find_both(asked, service, options, last);
        if (!why_not)
            return why_not.error();
        if (!why_not->empty())
            out.without[name] = *why_not;
        for (auto const* part : {"alone", "slice"})
            service[part] = text.add(service[part]);
    }
    all["proved"] = options;
    out.text = std::move(text).with(std::move(all));
    return out;
}

} // namespace dynix::evaluation
