// dynix certify: prove what no value of a dynamic option can reach.
#include "command.hpp"
#include "command_line.hpp"
#include "dynix/base/lock.hpp"
#include "dynix/base/owned_folder.hpp"
#include "dynix/host/clock.hpp"
#include "dynix/session/certificates.hpp"
#include "shared/progress_line.hpp"
#include "shared/report.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <memory>
#include <sys/resource.h>
#include <unistd.h>

namespace dynix::tool {
namespace {

struct certify_arguments {
    std::string system = default_system_record;
    bool status = false;
    bool again = false;
    bool json = false;
    std::optional<unsigned> wait;
};

std::string as_text(evaluation::certificate const& what) {
    constexpr double kib = 1024;
    constexpr double second = 1000;
    auto out = fmt::format(
        "{}: made {} in {:.1f} s with {:.0f} MiB\n", what.running, what.made,
        static_cast<double>(what.milliseconds) / second, static_cast<double>(what.peak_kib) / kib);
    std::vector<std::string> options = what.proved;
    for (auto const& [option, unused] : what.reaches)
        options.push_back(option);
    std::sort(options.begin(), options.end());
    for (auto const& option : options)
        out += fmt::format("{}: {}\n", option, evaluation::words_for(what, option));
    for (auto const& [service, why] : what.without_slice)
        out +=
            fmt::format("an apply evaluates the whole configuration for '{}': {}\n", service, why);
    if (options.empty())
        out += "no option of this system is dynamic\n";
    return out;
}

exit_code show(evaluation::certificate const& what, bool json) {
    // The record is the file, which has its version.
    print(json ? evaluation::print_certificate(what) : as_text(what));
    return exit_code::done;
}

result<std::optional<evaluation::certificate>> found(evaluation::binding const& what) {
    return evaluation::find_certificate({}, what);
}

exit_code show_status(evaluation::binding const& what, certify_arguments const& given) {
    auto const holds = found(what);
    if (!holds)
        return report(holds.error(), given.json, exit_code::refused);
    if (!*holds)
        return report(
            make_error(
                "there is no certificate of the system that runs", "'dynix certify' makes one"),
            given.json, exit_code::refused);
    return show(**holds, given.json);
}

std::int64_t peak_of_children() {
    struct rusage used {};
    return ::getrusage(RUSAGE_CHILDREN, &used) == 0 ? used.ru_maxrss : 0;
}

result<evaluation::certificate> make(
    evaluation::binding const& what, process::runner& with, bool quiet,
    std::chrono::seconds patience) {
    evaluation::store const where;
    if (auto const folder = owned_folder::make("/var/cache", where.folder()); !folder)
        return folder.error();
    auto const lock = file_lock::acquire(where.lock(), patience, note_wait);
    if (!lock)
        return lock.error();
    progress_line line(quiet);
    evaluation::certify_request request;
    request.what = what;
    request.on_step = [&](std::string_view step) { line.detail(step); };
    line.begin("certify");
    auto made = evaluation::certify(request, with);
    if (!made)
        return made;
    line.end(host::milliseconds(made->milliseconds));
    made->made = host::system_clock().date();
    made->peak_kib = peak_of_children();
    // Of use already while the slices are worked out, which takes longer.
    if (auto saved = evaluation::save(where, *made); !saved)
        return saved.error();
    line.begin("slices");
    auto const began = std::chrono::steady_clock::now();
    auto const slices = evaluation::make_slices(request, *made, with);
    if (!slices) {
        if (!quiet)
            note_line(one_line(slices.error()));
        return made;
    }
    auto const took =
        std::chrono::duration_cast<host::milliseconds>(std::chrono::steady_clock::now() - began);
    made->milliseconds += took.count();
    made->peak_kib = peak_of_children();
    if (auto saved = evaluation::save_slices(where, *made, *slices); !saved)
        return saved.error();
    line.end(took);
    return made;
}

exit_code run(certify_arguments const& given) {
    auto const record = session::read_system(given.system);
    if (!record)
        return report(record.error(), given.json, exit_code::refused);
    auto const runner = process::make_runner();
    auto const what = session::binding_of(*record, {}, *runner);
    if (!what)
        return report(what.error(), given.json, exit_code::refused);
    if (given.status)
        return show_status(*what, given);
    if (::geteuid() != 0)
        return report(
            make_error("only root can keep a certificate", "try again with sudo, or '--status'"),
            given.json, exit_code::refused);
    if (!given.again)
        if (auto const holds = found(*what); holds && *holds)
            return show(**holds, given.json);
    auto const made =
        make(*what, *runner, given.json, std::chrono::seconds(given.wait.value_or(0)));
    if (!made)
        return report(made.error(), given.json, exit_code::refused);
    return show(*made, given.json);
}

} // namespace

void add_certify(CLI::App& app, exit_code& code) {
    command_line line(
        app, "certify",
        "Prove once what no value of an option reaches, so that an apply is faster");
    auto const given = std::make_shared<certify_arguments>();
    line.flag(
        "--status", given->status, "Show what is proved of the system that runs; makes nothing");
    line.flag("--again", given->again, "Make another one even if there is one that holds");
    add_wait_option(line, given->wait);
    add_system_option(line, given->system);
    add_json_option(line, given->json);
    line.footer("Example:\n  dynix certify --status\n\n"
                "Exit codes: 0 there is a certificate that holds; 1 there is none.");
    line.runs([given] { return run(*given); }, code);
}

} // namespace dynix::tool
