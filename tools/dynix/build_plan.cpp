#include "build_plan.hpp"

#include "dynix/base/file.hpp"
#include "dynix/overrides/store.hpp"
#include "dynix/plan/build.hpp"
#include "dynix/session/plans.hpp"
#include "progress_line.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>

namespace dynix::tool {
namespace {

result<plan::system_record> read_system(std::string const& path) {
    auto const text = read_file_if_any(path);
    if (!text)
        return text.error();
    if (!*text)
        return fault(
            fmt::format("'{}' is not there: this system was built without dynix", path),
            "set 'dynamicism.enable = true;' in its configuration and run 'nixos-rebuild switch'");
    return plan::read_system_record(**text, path);
}

// nix-build evaluates and builds in one run; its output tells when the one becomes the other.
class nix_phases {
  public:
    explicit nix_phases(build_request const& request)
        : verbose_(request.verbose), line_(request.quiet) {
        begin("evaluate");
    }

    void on_line(std::string_view said) {
        if (verbose_)
            line_.pass_on(said);
        bool const builds = said.starts_with("these ") || said.starts_with("this derivation ") ||
                            said.starts_with("building ");
        if (builds && times_.empty()) {
            end();
            begin("build");
        }
    }

    std::vector<activation::phase_time> end() {
        auto const elapsed = std::chrono::duration_cast<host::milliseconds>(
            std::chrono::steady_clock::now() - began_);
        times_.push_back({name_, elapsed});
        line_.end(elapsed);
        return times_;
    }

  private:
    void begin(char const* name) {
        name_ = name;
        began_ = std::chrono::steady_clock::now();
        line_.begin(name);
    }

    bool verbose_;
    progress_line line_;
    char const* name_ = "";
    std::chrono::steady_clock::time_point began_;
    std::vector<activation::phase_time> times_;
};

} // namespace

result<built_plan> build_plan(build_request const& request) {
    auto const record = read_system(request.system);
    if (!record)
        return record.error();
    auto const& named = request.file.empty() ? record->dynamic_file : request.file;
    auto const file = overrides::load(named);
    if (!file)
        return file.error();
    if (auto const text = overrides::check_is_text(*file); !text)
        return text.error();
    // A mistyped name must not pass for the wish to run without overrides.
    if (!request.file.empty() && !std::filesystem::exists(request.file))
        return fault(
            fmt::format("'{}' does not exist", request.file),
            "'dynix reset' goes back to the static configuration");

    plan::build_options options;
    options.source = record->source;
    options.verify = request.verify;
    options.dynamic_file = std::filesystem::absolute(named).lexically_normal().string();
    options.hide_values =
        std::filesystem::exists(options.dynamic_file) && !is_public(options.dynamic_file);
    if (!request.keep)
        options.out_link.clear();
    std::error_code none;
    options.running = std::filesystem::read_symlink("/run/current-system", none).string();
    if (auto const last = session::last_plan({}))
        options.known_bystanders = last->bystanders;
    if (auto const memory = read_file("/proc/meminfo");
        memory && !std::getenv("GC_INITIAL_HEAP_SIZE"))
        options.heap_bytes = plan::heap_for_nix(*memory);
    nix_phases phases(request);
    options.lines_are_shown = request.verbose;
    options.on_line = [&](std::string_view line) { phases.on_line(line); };
    auto const runner = process::make_runner();
    auto built = plan::build_script(options, *runner);
    if (!built)
        return built.error();
    return built_plan{built->store_path, options.dynamic_file, phases.end()};
}

result<plan::activation_plan> read_built_plan(built_plan const& built) {
    auto const path = built.store_path + "/plan.json";
    auto const text = read_file(path);
    if (!text)
        return text.error();
    return plan::read_plan(*text, path);
}

} // namespace dynix::tool
