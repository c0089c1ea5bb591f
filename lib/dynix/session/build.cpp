#include "dynix/session/build.hpp"

#include "dynix/base/file.hpp"
#include "dynix/evaluation/derivations.hpp"
#include "dynix/evaluation/roots.hpp"
#include "dynix/overrides/store.hpp"
#include "dynix/plan/build.hpp"
#include "dynix/session/certificates.hpp"
#include "dynix/session/plans.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <future>
#include <system_error>
#include <utility>
#include <vector>

namespace dynix::session {
namespace {

// The stages of one run of Nix, by the lines that it prints.
class stages {
  public:
    stages(host::clock& time, std::function<void(build_progress const&)> on_progress)
        : time_(time), on_progress_(std::move(on_progress)) {
        begin(build_stage::evaluate);
    }

    void on_line(std::string_view said) {
        bool const builds = said.starts_with("these ") || said.starts_with("this derivation ") ||
                            said.starts_with("building ");
        if (builds && now_ == build_stage::evaluate) {
            end();
            begin(build_stage::build);
        }
    }

    std::vector<activation::phase_time> end() {
        auto const elapsed = std::chrono::duration_cast<host::milliseconds>(time_.now() - began_);
        times_.push_back({std::string(to_string(now_)), elapsed});
        tell({now_, false, elapsed});
        return times_;
    }

  private:
    void begin(build_stage stage) {
        now_ = stage;
        began_ = time_.now();
        tell({now_, true, {}});
    }

    void tell(build_progress const& what) const {
        if (on_progress_)
            on_progress_(what);
    }

    host::clock& time_;
    std::function<void(build_progress const&)> on_progress_;
    build_stage now_ = build_stage::evaluate;
    host::time_point began_{};
    std::vector<activation::phase_time> times_;
};

// Remembers whether a program ended because the user wanted it.
class attentive_runner : public process::runner {
  public:
    explicit attentive_runner(process::runner& with) : with_(with) {}

    result<process::outcome> run(process::command const& what) override {
        auto ended = with_.run(what);
        was_interrupted_ |= ended && ended->interrupted != 0;
        return ended;
    }
    bool was_interrupted() const { return was_interrupted_; }

  private:
    process::runner& with_;
    bool was_interrupted_ = false;
};

result<std::string> dynamic_file_to_build(build_request const& request, std::string const& named) {
    auto const file = overrides::load(named);
    if (!file)
        return file.error();
    if (auto const text = overrides::check_is_text(*file); !text)
        return text.error();
    // A mistyped name must not pass for the wish to run without overrides.
    if (!request.file.empty() && !std::filesystem::exists(request.file))
        return make_error(
            fmt::format("'{}' does not exist", request.file),
            "'dynix reset' goes back to the static configuration");
    return std::filesystem::absolute(named).lexically_normal().string();
}

// What Nix could read for it, by the links as they are now.
std::vector<std::string>
roots_of(evaluation::certificate const& what, plan::system_record const& record) {
    auto roots = evaluation::known_roots(record, what.search_path);
    if (!roots)
        return {};
    roots->push_back(evaluation::known_ways(record, what.search_path).moment);
    return std::move(*roots);
}

struct proofs {
    std::optional<evaluation::certificate> certificate{};
    std::optional<std::string> slices{};
};

// What may be used of what is proved. Slices that do not suffice end the evaluation, and never give
// another plan. They read the dynamic file as it stands, and so are nothing for a part of it.
//
// Whether the files are still those that were read for the proof is asked behind the evaluation:
// their times say that nothing changed since, so for slices, which cost less than the question, it
// is not asked before. A flake only says what it is at that moment.
proofs proofs_of(
    plan::system_record const& record, build_machine const& host, build_request const& request) {
    proofs out;
    auto const is_flake = record.source.kind == plan::source_kind::flake;
    if (auto const running = running_system(host.where);
        !is_flake && !request.chosen && !running.empty())
        if (auto kept = evaluation::load({host.where.root}, running); kept && *kept) {
            out.certificate = std::move(*kept);
            out.slices = slices_of(*out.certificate, host.where, request.on_note);
        }
    if (out.slices)
        return out;
    out.certificate = certificate_of(record, host.where, host.nix, request.on_note);
    if (is_flake && out.certificate && !request.chosen)
        out.slices = slices_of(*out.certificate, host.where, request.on_note);
    return out;
}

// Whether an evaluation that has ended rested on what this certificate was made of. Files tell by
// their times that they are the same; which of them a path has led to meanwhile, links do not.
class hold_check {
  public:
    hold_check(plan::system_record const& record, build_machine const& host)
        : record_(record), host_(host) {}

    // The evaluation has ended: it can be looked at while Nix builds. Of a flake it is Nix that is
    // asked, and one program runs at a time.
    void begin(evaluation::certificate const& used, std::vector<std::string> const& roots) {
        if (record_.source.kind == plan::source_kind::flake)
            return;
        try {
            verdict_ = std::async(std::launch::async, [&, this] { return look(used, roots); });
        } catch (std::system_error const&) {
            // The system has no more threads, and it is asked later.
        }
    }

    bool held(
        evaluation::certificate const& used, std::vector<std::string> const& roots,
        build_request const& request) {
        auto const found = verdict_.valid() ? verdict_.get() : look(used, roots);
        if (request.on_note)
            for (auto const& note : found.notes)
                request.on_note(note);
        return found.held;
    }

    // No program is run while it is looked at.
    void end() {
        if (verdict_.valid())
            verdict_.wait();
    }

  private:
    struct verdict {
        bool held = false;
        std::vector<std::string> notes{};
    };

    verdict look(evaluation::certificate const& used, std::vector<std::string> const& roots) const {
        verdict out;
        auto const now =
            certificate_of(record_, host_.where, host_.nix, [&](std::string_view note) {
                out.notes.emplace_back(note);
            });
        out.held = now && now->key == used.key && now->slices == used.slices &&
                   roots_of(used, record_) == roots;
        return out;
    }

    plan::system_record const& record_;
    build_machine const& host_;
    std::future<verdict> verdict_{};
};

} // namespace

std::string_view to_string(build_stage stage) {
    switch (stage) {
    case build_stage::evaluate:
        return "evaluate";
    case build_stage::build:
        return "build";
    }
    return "";
}

result<built_plan> build(build_request const& request, build_machine const& host) {
    auto const record = read_system(request.system);
    if (!record)
        return record.error();
    auto file =
        dynamic_file_to_build(request, request.file.empty() ? record->dynamic_file : request.file);
    if (!file)
        return file.error();

    auto const running = running_system(host.where);
    auto modules = plan::enabled_modules_of(host.where.current_system());
    if (!modules)
        return modules.error();

    plan::build_options options;
    options.source = record->source;
    options.modules = std::move(*modules);
    options.verify = request.verify;
    options.dynamic_file = *file;
    options.hide_values = std::filesystem::exists(*file) && !is_public(*file);
    chosen_file chosen;
    if (request.chosen) {
        auto written = chosen_file::write(host.where, *request.chosen, !options.hide_values);
        if (!written)
            return written.error();
        chosen = std::move(*written);
        options.chosen_file = chosen.path();
    }
    options.out_link = request.keep ? host.where.pending() : "";
    options.running = running;
    if (auto const last = last_plan(host.where))
        options.known_bystanders = last->bystanders;
    if (auto const memory = read_file("/proc/meminfo");
        memory && !std::getenv("GC_INITIAL_HEAP_SIZE"))
        options.heap_bytes = plan::heap_for_nix(*memory);
    auto const compares = request.no_certificate || request.verify == plan::verification::full;
    auto proved = compares ? proofs() : proofs_of(*record, host, request);
    auto& [certificate, slices] = proved;
    std::vector<std::string> roots;
    if (certificate) {
        roots = roots_of(*certificate, *record);
        options.certificate = evaluation::for_modules(*certificate);
        options.search_path = certificate->search_path;
    }
    if (slices) {
        options.slices = *slices;
        auto gone = evaluation::gone_since(*slices);
        options.derivations_are_kept = !gone.derivations;
        options.gone = std::move(gone.others);
    }
    hold_check check(*record, host);
    if (certificate)
        options.on_evaluated = [&] { check.begin(*proved.certificate, roots); };
    auto const use_no_certificate = [&options, &check] {
        check.end();
        options.on_evaluated = {};
        options.certificate.clear();
        options.search_path.reset();
        options.slices.clear();
    };
    bool was_error = false;
    bool was_interrupted = false;
    std::string why_not;
    stages seen(host.time, request.on_progress);
    options.lines_are_shown = request.lines_are_shown;
    options.on_line = [&](std::string_view line) {
        if (request.on_line)
            request.on_line(line);
        seen.on_line(line);
        was_error |= line.find("error:") != line.npos;
        was_interrupted |= line.find("interrupted by the user") != line.npos;
        if (auto const at = line.rfind("dynix-slice"); at != line.npos && was_error)
            why_not = line.substr(at, line.find('\'', at) - at);
    };
    attentive_runner nix(host.nix);
    auto built = plan::build_script(options, nix);
    if (slices && !built && !was_interrupted && !nix.was_interrupted()) {
        // That they hold was not asked before (proofs_of).
        if (!check.held(*certificate, roots, request)) {
            certificate.reset();
            use_no_certificate();
        } else if (request.on_note)
            request.on_note(fmt::format(
                "the whole configuration is evaluated, because the slice does not suffice: {}",
                why_not.empty() ? "it does not evaluate" : why_not));
        options.slices.clear();
        built = plan::build_script(options, host.nix);
    }
    // What was edited while Nix read it is nothing that the certificate holds for.
    if (certificate && built && !check.held(*certificate, roots, request)) {
        use_no_certificate();
        built = plan::build_script(options, host.nix);
    }
    if (!built) {
        // A plan of what did not hold may have been built before.
        if (slices && request.keep)
            forget_last_plan(host.where);
        return built.error();
    }
    // Of which it was built: its units, and its runtime modules.
    if (running_system(host.where) != running) {
        if (request.keep)
            forget_last_plan(host.where);
        return make_error("another system runs since Nix began", "run the command again");
    }
    return built_plan{
        std::move(built->store_path), std::move(*file), seen.end(), std::move(chosen)};
}

result<plan::activation_plan> read_built_plan(built_plan const& built) {
    auto const path = built.store_path + "/plan.json";
    auto const text = read_file(path);
    if (!text)
        return text.error();
    return plan::read_plan(*text, path);
}

} // namespace dynix::session
