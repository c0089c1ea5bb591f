// A world for tests: a system below a folder of its own, a Nix and a systemd that do as they are
// asked, and faults on demand.
#pragma once

#include "dynix/base/json.hpp"
#include "dynix/base/test_folder.hpp"
#include "dynix/host/fake_clock.hpp"
#include "dynix/modules/activation.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dynix::modules {

// What kill -9 is to the code under test: nothing runs after it.
struct killed {};

// Counts the calls of files and programs; one of them fails, or is the last.
class call_counter {
  public:
    std::vector<std::string> calls{};
    std::size_t kill_at = 0; // the call before which the process is killed; 0: none
    std::size_t fail_at = 0; // the call that fails

    bool fails(std::string call) {
        calls.push_back(std::move(call));
        if (calls.size() == kill_at)
            throw killed();
        return calls.size() == fail_at;
    }
};

class counted_files : public host::runtime_files {
  public:
    counted_files(call_counter& counter, host::paths const& where)
        : counter_(counter), real_(where) {}

    result<std::optional<std::string>> read(std::string const& path) override {
        return real_.read(path);
    }
    result<void> write(std::string const& path, std::string_view text, host::readers who) override {
        return counter_.fails("write " + path) ? make_error("no writing")
                                               : real_.write(path, text, who);
    }
    result<void> remove(std::string const& path) override {
        return counter_.fails("remove " + path) ? make_error("no removing") : real_.remove(path);
    }
    result<void> link(std::string const& target, std::string const& path) override {
        return counter_.fails("link " + path) ? make_error("no linking") : real_.link(target, path);
    }
    result<std::optional<std::string>> link_target(std::string const& path) override {
        return real_.link_target(path);
    }
    result<bool> set_aside(std::string const& path, std::string const& ending) override {
        return real_.set_aside(path, ending);
    }
    result<void> check_folder(std::string const& path) override { return real_.check_folder(path); }
    result<std::vector<std::string>> units_with_drop_in(host::paths const& where) override {
        return real_.units_with_drop_in(where);
    }

  private:
    call_counter& counter_;
    host::real_files real_;
};

// How an activation of a system ends.
enum class switch_end {
    well,
    before_it, // it fails before it has changed anything
    unit,      // the system runs, but a unit of it fails
};

class fake_world : public process::runner {
  public:
    using names = std::vector<std::string>;

    // gaming requires graphics; kiosk conflicts with gaming.
    fake_world() : where{folder.path("root")}, files(counter, where) {
        namespace fs = std::filesystem;
        fs::create_directories(store());
        fs::create_directories(where.run());
        fs::create_directories(folder_of_root());
        make_system("base", {});
        go_to(store() + "/base");
    }

    std::string store() const { return where.root + "/nix/store"; }
    std::string system_with(names const& enabled) const {
        return enabled.empty() ? store() + "/base"
                               : fmt::format("{}/with-{}", store(), fmt::join(enabled, "-"));
    }

    surroundings host() { return {*this, files, time, where}; }

    std::string current() const {
        return std::filesystem::read_symlink(where.current_system()).string();
    }
    void go_to(std::string const& system) {
        auto const fresh = where.current_system() + ".new";
        std::filesystem::create_symlink(system, fresh);
        std::filesystem::rename(fresh, where.current_system());
    }

    void make_system(std::string const& name, names const& enabled) const {
        auto const system = store() + "/" + name;
        std::filesystem::create_directories(system + "/bin");
        std::filesystem::create_directories(system + "/etc/dynix");
        std::ofstream(system + "/bin/switch-to-configuration") << "";
        auto base = boost::json::value(nullptr);
        if (!enabled.empty())
            base = store() + "/base";
        auto const module = [](char const* called, names const& needs, names const& against) {
            return boost::json::object{
                {"name", called},
                {"description", ""},
                {"path", nullptr},
                {"requires", boost::json::array(needs.begin(), needs.end())},
                {"conflicts", boost::json::array(against.begin(), against.end())}};
        };
        std::ofstream(system + "/etc/dynix/modules.json") << json::print(boost::json::object{
            {"version", 1},
            {"source",
             {{"kind", "file"}, {"file", "/system.nix"}, {"attribute", boost::json::array()}}},
            {"base", base},
            {"elevation", boost::json::array()},
            {"enabled", boost::json::array(enabled.begin(), enabled.end())},
            {"modules", boost::json::array{
                            module("graphics", {}, {}), module("gaming", {"graphics"}, {}),
                            module("kiosk", {}, {"gaming"})}}});
    }

    result<process::outcome> run(process::command const& what) override {
        bool const fails = counter.fails(what.program);
        if (what.program == "nix-build")
            return fails || build_fails ? process::outcome{.exit_code = 1, .err = "error: no\n"}
                                        : process::outcome{.out = build(what)};
        if (what.program == "systemd-run") {
            if (no_systemd_run)
                return make_error("no systemd-run");
            switched = true;
            return activate(what, fails);
        }
        if (what.program == "systemctl") {
            systemctl_environment = what.environment;
            return fails || systemctl_fails ? process::outcome{.exit_code = 1, .err = "no bus\n"}
                                            : process::outcome{.out = failing_list()};
        }
        return process::outcome{.exit_code = fails ? 1 : 0};
    }

    test_folder folder;
    host::paths where;
    call_counter counter;
    counted_files files;
    host::fake_clock time;
    bool build_fails = false;
    std::string base_on_disk = "base";
    names problems{};
    bool another_kernel = false; // of the systems with modules
    // What a module has put in the place of /etc/dynix/modules.json; or there is none.
    std::optional<std::string> record_of_module{};
    bool hides_record = false;
    // By the system that is activated; every other one goes well.
    std::vector<std::pair<std::string, switch_end>> ends{};
    names activated{};
    names sore{};     // units that fail, whatever system runs
    std::string said; // by a switch that comes to its end with something that failed
    int status = 4;   // its exit status
    bool systemctl_fails = false;
    bool no_systemd_run = false; // there is no such program
    // Of the last call of systemctl.
    std::map<std::string, std::string> systemctl_environment{};

  private:
    names failing() const {
        auto out = sore;
        if (unit_failed)
            out.emplace_back("a.service");
        return out;
    }

    // As `systemctl list-units --plain --no-legend` prints it.
    std::string failing_list() const {
        std::string out;
        for (auto const& one : failing())
            out += fmt::format("{:<20} loaded failed failed  A unit that is sore\n", one);
        // Until systemd has collected it.
        if (switched)
            out += fmt::format("{} loaded failed failed  A switch\n", switch_unit);
        return out;
    }

    bool unit_failed = false; // in the activation that was last
    bool switched = false;

    std::string folder_of_root() const { return where.root + "/nix/var/nix/gcroots"; }

    std::string build(process::command const& what) const {
        auto const at = std::ranges::find(what.args, "enabled");
        auto const list = boost::json::parse(*(at + 1)).as_array();
        names enabled;
        for (auto const& one : list)
            enabled.emplace_back(one.get_string());
        auto const name = system_with(enabled).substr(store().size() + 1);
        make_system(name, enabled);
        if (record_of_module)
            std::ofstream(store() + "/" + name + "/etc/dynix/modules.json") << *record_of_module;
        if (hides_record)
            std::filesystem::remove(store() + "/" + name + "/etc/dynix/modules.json");
        auto const path = store() + "/extension-" + name;
        auto toplevel = boost::json::value(nullptr);
        if (base_on_disk == "base" && problems.empty())
            toplevel = system_with(enabled);
        auto differences = boost::json::array{
            {{"kind", "unit"},
             {"name", name + ".service"},
             {"base", nullptr},
             {"extended", "[Service]\nWantedBy=multi-user.target"}}};
        if (another_kernel)
            differences.push_back(
                {{"kind", "boot"}, {"name", "kernel"}, {"base", "/1"}, {"extended", "/2"}});
        std::ofstream(path) << json::print(boost::json::object{
            {"version", 1},
            {"base", store() + "/" + base_on_disk},
            {"enabled", list},
            {"problems", boost::json::array(problems.begin(), problems.end())},
            {"warnings", boost::json::array()},
            {"toplevel", toplevel},
            {"differences", std::move(differences)}});
        return path + "\n";
    }

    result<process::outcome> activate(process::command const& what, bool fails) {
        auto const& program = what.args[what.args.size() - 2];
        auto const system = program.substr(0, program.find("/bin/"));
        auto const planned =
            std::ranges::find(ends, system, &std::pair<std::string, switch_end>::first);
        auto const end = fails                   ? switch_end::before_it
                         : planned == ends.end() ? switch_end::well
                                                 : planned->second;
        if (end == switch_end::before_it)
            return process::outcome{.exit_code = 1, .err = "it did not begin\n"};
        go_to(system);
        activated.push_back(system);
        unit_failed = end == switch_end::unit;
        auto err = said;
        if (auto const all = failing(); !all.empty())
            err += fmt::format("warning: the following units failed: {}\n", fmt::join(all, ", "));
        return process::outcome{.exit_code = err.empty() ? 0 : status, .err = err};
    }
};

} // namespace dynix::modules
