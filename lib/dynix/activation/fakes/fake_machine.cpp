#include "dynix/activation/fakes/fake_machine.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dynix::activation {

std::size_t faults::distance() {
    return DYNIX_CALLS_TO_A_FAULT;
}

void faults::arm(manner how, std::size_t at) {
    how_ = how;
    at_ = at;
    calls.clear();
}

bool faults::strikes(std::string const& call) {
    calls.push_back(call);
    auto const now = calls.size();
    if (how_ == manner::none || now < at_ || (now > at_ && how_ != manner::from_then_on))
        return false;
    if (how_ == manner::kill)
        throw killed();
    return true;
}

result<std::optional<std::string>> faulty_files::read(std::string const& path) {
    return struck("read", path) ? make_error("no reading of '" + path + "'") : real_.read(path);
}

result<void>
faulty_files::write(std::string const& path, std::string_view text, host::readers who) {
    return struck("write", path) ? make_error("no writing of '" + path + "'")
                                 : real_.write(path, text, who);
}

result<void> faulty_files::remove(std::string const& path) {
    return struck("remove", path) ? make_error("no removing of '" + path + "'")
                                  : real_.remove(path);
}

result<void> faulty_files::link(std::string const& target, std::string const& path) {
    return struck("link", path) ? make_error("no linking of '" + path + "'")
                                : real_.link(target, path);
}

result<std::optional<std::string>> faulty_files::link_target(std::string const& path) {
    return struck("look at", path) ? make_error("no look at '" + path + "'")
                                   : real_.link_target(path);
}

result<bool> faulty_files::set_aside(std::string const& path, std::string const& ending) {
    return struck("set aside", path) ? make_error("no renaming of '" + path + "'")
                                     : real_.set_aside(path, ending);
}

result<void> faulty_files::check_folder(std::string const& path) {
    return struck("look into the folder of", path) ? make_error("no look into its folder")
                                                   : real_.check_folder(path);
}

result<std::vector<std::string>> faulty_files::units_with_drop_in(host::paths const& where) {
    if (struck("list", where.runtime_units()))
        return make_error("no listing");
    return real_.units_with_drop_in(where);
}

bool faulty_files::struck(std::string_view what, std::string_view path) {
    return with_.strikes(fmt::format("{} {}", what, path.substr(root_.size())));
}

std::string service(std::string const& argument, std::string const& more) {
    return fmt::format("[Service]\nExecStart=/bin/x {}\n{}", argument, more);
}

void fail_bad(std::string const&, fake_unit& started) {
    if (started.loaded.last("Service", "ExecStart").ends_with("bad"))
        fake_systemd::fail(started);
}

std::string said(apply_outcome const& found) {
    std::string all;
    for (auto const& one : found.errors)
        all += render(one);
    return all;
}

fake_machine::fake_machine()
    : where{folder.path("root")}, plain(where), files(injected, where),
      units(where, plain, time), seen{units, units, files, time, where} {
    units.fails = [this](std::string const& call) { return injected.strikes(call); };
}

fake_machine::~fake_machine() = default;

void fake_machine::add(
    std::string const& name, std::string const& text, std::string const& dynamic, bool running) {
    units.add(name, text, running);
    if (wanted.services.empty())
        wanted.services.push_back({.name = "all", .settle = std::chrono::seconds(1)});
    wanted.services[0].units.push_back({name, text, dynamic});
}

plan::planned_unit& fake_machine::planned(std::string const& name) {
    return *std::find_if(
        wanted.services[0].units.begin(), wanted.services[0].units.end(),
        [&](plan::planned_unit const& one) { return one.name == name; });
}

apply_outcome fake_machine::apply(apply_options options) {
    options.require_root = false;
    options.lock_patience = host::milliseconds(0);
    return activation::apply(wanted, options, seen);
}

apply_outcome fake_machine::reset(reset_options options) {
    options.require_root = false;
    options.lock_patience = host::milliseconds(0);
    return activation::reset(options, seen);
}

machine_view fake_machine::view() {
    machine_view found;
    for (auto const& [name, unit] : units.units) {
        found.runs[name] = unit.status.active() ? fmt::format(
                                                      "{} {}", fmt::join(unit.process.argv, " "),
                                                      fmt::join(unit.process.environment, " "))
                                                : unit.status.active_state;
        if (auto const text = plain.read(where.drop_in(name)); text && *text)
            found.drop_ins[name] = **text;
    }
    if (auto const text = plain.read(where.state()); text)
        found.state = *text;
    return found;
}

std::string fake_machine::invocation(std::string const& name) {
    return units.units[name].status.invocation_id;
}

namespace {

void copy_tree(std::string const& from, std::string const& to) {
    using std::filesystem::copy_options;
    std::filesystem::copy(from, to, copy_options::recursive | copy_options::copy_symlinks);
}

} // namespace

kept_machine::kept_machine(fake_machine& of)
    : of_(of), units_(of.units.units), timers_(of.units.timers), calls_(of.units.calls),
      patience_(of.units.patience), time_(of.time.time), wanted_(of.wanted) {
    copy_tree(of.where.root, files_.path("root"));
}

void kept_machine::put_back() const {
    std::filesystem::remove_all(of_.where.root);
    copy_tree(files_.path("root"), of_.where.root);
    of_.units.units = units_;
    of_.units.timers = timers_;
    of_.units.calls = calls_;
    of_.units.patience = patience_;
    of_.time.time = time_;
    of_.wanted = wanted_;
}

} // namespace dynix::activation
