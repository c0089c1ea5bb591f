#include "build_plan.hpp"

#include "shared/progress_line.hpp"
#include "shared/report.hpp"

namespace dynix::tool {

result<session::built_plan> build_plan(build_arguments const& given) {
    progress_line line(given.quiet);
    auto request = given.request;
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
    return session::build(request, {*runner, time, {}});
}

} // namespace dynix::tool
