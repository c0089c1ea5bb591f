#include "build_plan.hpp"

#include "author.hpp"
#include "dynix/overrides/store.hpp"
#include "dynix/session/certificates.hpp"
#include "dynix/session/plans.hpp"
#include "selection_output.hpp"
#include "shared/progress_line.hpp"
#include "shared/report.hpp"
#include "this_machine.hpp"

#include <optional>
#include <utility>

namespace dynix::tool {
namespace {

result<std::optional<activation::state>> what_is_applied() {
    auto const machine = this_machine::on_demand();
    if (!machine)
        return machine.error();
    auto world = (*machine)->view();
    return activation::read_state(world);
}

// What is wrong with the file or the system, the build says, and nothing is selected then.
result<session::selection> selection_of(build_arguments const& given) {
    auto const record = session::read_system(given.request.system);
    if (!record)
        return session::selection();
    auto const file =
        overrides::load(given.request.file.empty() ? record->dynamic_file : given.request.file);
    if (!file)
        return session::selection();
    auto const applied = what_is_applied();
    if (!applied)
        return given.chosen.empty() ? result<session::selection>(session::selection())
                                    : applied.error();
    return session::select(*file, *applied ? &**applied : nullptr, given.chosen, current_user());
}

} // namespace

result<built_selection> build_plan(build_arguments const& given) {
    auto selected = selection_of(given);
    if (!selected)
        return selected.error();
    auto request = given.request;
    if (selected->chosen)
        request.chosen = selected->chosen->text;
    if (!given.quiet)
        show_selection(*selected);
    progress_line line(given.quiet);
    request.lines_are_shown = given.verbose;
    request.on_progress = [&](session::build_progress const& what) {
        if (what.begins)
            line.begin(session::to_string(what.stage));
        else
            line.end(what.elapsed);
    };
    if (!given.quiet)
        request.on_note = note_line;
    if (given.verbose)
        request.on_line = [&](std::string_view said) { line.pass_on(said); };
    auto const runner = process::make_runner();
    host::system_clock time;
    auto built = session::build(request, {*runner, time, {}});
    if (!built)
        return built.error();
    auto plan = session::read_built_plan(*built);
    if (!plan)
        return plan.error();
    if (auto const same = session::check_same(*selected, *plan); !same) {
        if (request.keep)
            session::forget_last_plan({});
        return same.error();
    }
    return built_selection{std::move(*built), std::move(*selected), std::move(*plan)};
}

} // namespace dynix::tool
