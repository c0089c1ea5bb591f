// A machine for tests: files below a folder of its own, a fake service manager, and faults on
// demand.
#pragma once

#include "dynix/activation/apply.hpp"
#include "dynix/activation/fakes/fake_systemd.hpp"
#include "dynix/activation/reset.hpp"
#include "dynix/base/test_folder.hpp"

#include "dynix/host/fake_clock.hpp"
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
    // Of a test that has a fault at every call: the number of calls from one to the next.
    static std::size_t distance();

    void arm(manner how, std::size_t at);
    void disarm() { arm(manner::none, 0); }

    bool strikes(std::string const& call);

    std::vector<std::string> calls{};

  private:
    manner how_ = manner::none;
    std::size_t at_ = 0;
};

class faulty_files : public host::runtime_files {
  public:
    faulty_files(faults& with, host::paths const& where)
        : with_(with), root_(where.root), real_(where) {}

    result<std::optional<std::string>> read(std::string const& path) override;
    result<void> write(std::string const& path, std::string_view text, host::readers who) override;
    result<void> remove(std::string const& path) override;
    result<void> link(std::string const& target, std::string const& path) override;
    result<std::optional<std::string>> link_target(std::string const& path) override;
    result<bool> set_aside(std::string const& path, std::string const& ending) override;
    result<void> check_folder(std::string const& path) override;
    result<std::vector<std::string>> units_with_drop_in(host::paths const& where) override;

  private:
    bool struck(std::string_view what, std::string_view path);

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
std::string service(std::string const& argument, std::string const& more = {});

// For fake_systemd::on_start: a service whose argument ends in "bad" fails.
void fail_bad(std::string const& unit, fake_unit& started);

// Its errors, as a person reads them.
std::string said(apply_outcome const& found);

class fake_machine {
  public:
    fake_machine();
    ~fake_machine();

    // A service of the static configuration, and how the plan wants to change it.
    void
    add(std::string const& name, std::string const& text, std::string const& dynamic,
        bool running = true);
    plan::planned_unit& planned(std::string const& name);
    apply_outcome apply(apply_options options = {});
    apply_outcome reset(reset_options options = {});
    machine_view view();
    std::string invocation(std::string const& name);

    test_folder folder;
    host::paths where;
    host::real_files plain;
    faults injected;
    faulty_files files;
    host::fake_clock time;
    fake_systemd units;
    host::machine seen;
    plan::activation_plan wanted{};
};

// A machine as it was, to go on from there more than once: to make it so takes as long as what is
// tried with it.
class kept_machine {
  public:
    explicit kept_machine(fake_machine& of);
    void put_back() const;

  private:
    fake_machine& of_;
    test_folder files_;
    std::map<std::string, fake_unit> units_;
    std::map<std::string, fake_systemd::armed_timer> timers_;
    std::vector<std::string> calls_;
    std::vector<host::milliseconds> patience_;
    host::time_point time_;
    plan::activation_plan wanted_;
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
