// A machine for tests: files below a folder of its own, a fake service manager, and faults on
// demand.
#pragma once

#include "dynix/activation/apply.hpp"
#include "dynix/activation/fake_systemd.hpp"
#include "dynix/activation/reset.hpp"
#include "dynix/base/test_folder.hpp"

#include <fmt/ranges.h>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dynix::activation {

// What kill -9 is to the code under test: nothing runs after it.
struct killed {};

enum class manner {
    none,
    once,         // one call fails
    from_then_on, // and every later one too
    kill,         // the process is killed before the call
};

// Counts the calls of files and service manager, and lets one of them fail.
class faults {
  public:
    void arm(manner how, std::size_t at) {
        how_ = how;
        at_ = at;
        calls.clear();
    }
    void disarm() { arm(manner::none, 0); }

    bool strikes(std::string const& call) {
        calls.push_back(call);
        auto const now = calls.size();
        if (how_ == manner::none || now < at_ || (now > at_ && how_ != manner::from_then_on))
            return false;
        if (how_ == manner::kill)
            throw killed();
        return true;
    }

    std::vector<std::string> calls{};

  private:
    manner how_ = manner::none;
    std::size_t at_ = 0;
};

class faulty_files : public host::runtime_files {
  public:
    faulty_files(faults& with, host::paths const& where)
        : with_(with), root_(where.root), real_(where) {}

    result<std::optional<std::string>> read(std::string const& path) override {
        return struck("read", path) ? make_error("no reading of '" + path + "'") : real_.read(path);
    }
    result<void> write(std::string const& path, std::string_view text, host::readers who) override {
        return struck("write", path) ? make_error("no writing of '" + path + "'")
                                     : real_.write(path, text, who);
    }
    result<void> remove(std::string const& path) override {
        return struck("remove", path) ? make_error("no removing of '" + path + "'")
                                      : real_.remove(path);
    }
    result<void> link(std::string const& target, std::string const& path) override {
        return struck("link", path) ? make_error("no linking of '" + path + "'")
                                    : real_.link(target, path);
    }
    result<std::optional<std::string>> link_target(std::string const& path) override {
        return struck("look at", path) ? make_error("no look at '" + path + "'")
                                       : real_.link_target(path);
    }
    result<bool> set_aside(std::string const& path, std::string const& ending) override {
        return struck("set aside", path) ? make_error("no renaming of '" + path + "'")
                                         : real_.set_aside(path, ending);
    }
    result<std::vector<std::string>> units_with_drop_in(host::paths const& where) override {
        if (struck("list", where.runtime_units()))
            return make_error("no listing");
        return real_.units_with_drop_in(where);
    }

  private:
    bool struck(std::string_view what, std::string_view path) {
        return with_.strikes(fmt::format("{} {}", what, path.substr(root_.size())));
    }

    faults& with_;
    std::string root_;
    host::real_files real_;
};

// What a person would find: what each unit runs, every drop-in, and the state file.
struct machine_view {
    std::map<std::string, std::string> runs{};     // argv, or the unit's state when it has none
    std::map<std::string, std::string> drop_ins{}; // text by unit
    std::optional<std::string> state{};

    friend bool operator==(machine_view const&, machine_view const&) = default;
};

// The text of a service that runs '/bin/x' with an argument.
inline std::string service(std::string const& argument, std::string const& more = {}) {
    return fmt::format("[Service]\nExecStart=/bin/x {}\n{}", argument, more);
}

// Its errors, as a person reads them.
inline std::string said(apply_outcome const& found) {
    std::string all;
    for (auto const& one : found.errors)
        all += render(one);
    return all;
}

class fake_machine {
  public:
    fake_machine()
        : where{folder.path("root")}, plain(where), files(injected, where),
          units(where, plain, time), seen{units, units, files, time, where} {
        units.fails = [this](std::string const& call) { return injected.strikes(call); };
    }

    // A service of the static configuration, and how the plan wants to change it.
    void
    add(std::string const& name, std::string const& text, std::string const& dynamic,
        bool running = true) {
        units.add(name, text, running);
        if (wanted.services.empty())
            wanted.services.push_back({.name = "all", .settle = std::chrono::seconds(1)});
        wanted.services[0].units.push_back({name, text, dynamic});
    }

    plan::planned_unit& planned(std::string const& name) {
        return *std::find_if(
            wanted.services[0].units.begin(), wanted.services[0].units.end(),
            [&](plan::planned_unit const& one) { return one.name == name; });
    }

    apply_outcome apply(apply_options options = {}) {
        options.require_root = false;
        options.lock_patience = host::milliseconds(0);
        return activation::apply(wanted, options, seen);
    }

    apply_outcome reset(reset_options options = {}) {
        options.require_root = false;
        options.lock_patience = host::milliseconds(0);
        return activation::reset(options, seen);
    }

    machine_view view() {
        machine_view found;
        for (auto const& [name, unit] : units.units) {
            found.runs[name] = unit.status.active()
                                   ? fmt::format(
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

    std::string invocation(std::string const& name) {
        return units.units[name].status.invocation_id;
    }

    test_folder folder;
    host::paths where;
    host::real_files plain;
    faults injected;
    faulty_files files;
    fake_clock time;
    fake_systemd units;
    host::machine seen;
    plan::activation_plan wanted{};
};

// What came of something with a fault at one of its calls.
template <class T>
struct faulty_run {
    std::optional<T> found{}; // nullopt: it was killed
    bool beyond = false;      // it makes fewer calls than that
    std::string call{};       // the one that was struck
};

template <class Act>
auto with_fault(fake_machine& m, manner how, std::size_t at, Act const& act) {
    faulty_run<decltype(act())> out;
    m.injected.arm(how, at);
    try {
        out.found = act();
    } catch (killed const&) {
    }
    auto const calls = m.injected.calls;
    m.injected.disarm();
    out.beyond = calls.size() < at;
    if (!out.beyond)
        out.call = calls[at - 1];
    return out;
}

} // namespace dynix::activation
