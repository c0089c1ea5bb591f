#include "dynix/host/detail/transient_unit.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <optional>
#include <utility>

namespace dynix::host {
namespace {

// systemd puts variables into the arguments of a command.
std::vector<std::string> escaped(std::vector<std::string> words) {
    for (auto& word : words)
        for (auto at = word.find('$'); at != word.npos; at = word.find('$', at + 2))
            word.insert(at, 1, '$');
    return words;
}

// A call of StartTransientUnit that is put together: units and their properties.
class transient_request {
  public:
    explicit transient_request(sd_bus* bus) : bus_(bus) {
        sd_bus_message* raw = nullptr;
        code_ = sd_bus_message_new_method_call(
            bus, &raw, destination, manager_path, manager_interface, "StartTransientUnit");
        message_.reset(raw);
    }

    sd_bus_message* get() const { return message_.get(); }

    // Unless something failed before.
    template <class Call>
    void then(Call const& call) {
        if (code_ >= 0)
            code_ = call();
    }
    void open(char type, char const* contents) {
        then([&] { return sd_bus_message_open_container(get(), type, contents); });
    }
    void close() {
        then([&] { return sd_bus_message_close_container(get()); });
    }
    void string(std::string const& value) {
        then([&] { return sd_bus_message_append(get(), "s", value.c_str()); });
    }
    void strings(std::vector<std::string> const& values) {
        open('a', "s");
        for (auto const& one : values)
            string(one);
        close();
    }

    void text(char const* name, std::string const& value) {
        then([&] { return sd_bus_message_append(get(), "(sv)", name, "s", value.c_str()); });
    }
    void truth(char const* name, bool value) {
        then([&] { return sd_bus_message_append(get(), "(sv)", name, "b", value ? 1 : 0); });
    }
    void number(char const* name, std::uint64_t value) {
        then([&] { return sd_bus_message_append(get(), "(sv)", name, "t", value); });
    }
    void stream(char const* name, int descriptor) {
        if (descriptor >= 0)
            then([&] { return sd_bus_message_append(get(), "(sv)", name, "h", descriptor); });
    }
    // A property whose value no format string of sd-bus can make.
    template <class Value>
    void property(char const* name, char const* type, Value const& value) {
        open('r', "sv");
        string(name);
        open('v', type);
        value();
        close();
        close();
    }
    void environment(std::vector<std::string> const& variables) {
        property("Environment", "as", [&] { strings(variables); });
    }
    void command(std::vector<std::string> const& words) {
        property("ExecStart", "a(sasb)", [&] {
            open('a', "(sasb)");
            open('r', "sasb");
            string(words.front());
            strings(escaped(words));
            then([&] { return sd_bus_message_append(get(), "b", 0); });
            close();
            close();
        });
    }

    // The object of its start job; nullopt: there is such a unit already.
    result<std::optional<std::string>> send(std::string const& unit) {
        bus_error failed;
        sd_bus_message* answer = nullptr;
        then([&] { return sd_bus_call(bus_, get(), call_timeout_usec, failed.get(), &answer); });
        message_ptr const reply(answer);
        char const* job = nullptr;
        then([&] { return sd_bus_message_read_basic(answer, 'o', &job); });
        if (code_ >= 0)
            return std::optional<std::string>(job);
        if (failed.is("org.freedesktop.systemd1.UnitExists"))
            return std::optional<std::string>();
        return call_failed("start", unit, failed, code_);
    }

  private:
    sd_bus* bus_;
    message_ptr message_{};
    int code_ = 0;
};

} // namespace

result<std::string> start_transient_on(
    sd_bus* bus, transient_service const& what,
    std::function<int(sd_bus_message*)> const& more_properties) {
    transient_request request(bus);
    request.string(what.name);
    request.string("fail");
    request.open('a', "(sv)");
    request.text("Description", what.description);
    request.text("CollectMode", "inactive-or-failed");
    if (!what.folder.empty())
        request.text("WorkingDirectory", what.folder);
    // Else it would wait for a boot that may itself wait for it.
    request.truth("DefaultDependencies", false);
    request.environment(what.environment);
    request.command(what.command);
    request.stream("StandardInputFileDescriptor", what.in);
    request.stream("StandardOutputFileDescriptor", what.out);
    request.stream("StandardErrorFileDescriptor", what.err);
    if (more_properties)
        request.then([&] { return more_properties(request.get()); });
    request.close();
    request.then([&] { return sd_bus_message_append(request.get(), "a(sa(sv))", 0); });
    auto sent = request.send(what.name);
    if (!sent)
        return sent.error();
    if (!*sent)
        return make_error(fmt::format("systemd has a unit '{}' already", what.name));
    return std::move(**sent);
}

result<bool> start_timer_on(sd_bus* bus, transient_timer const& what) {
    constexpr std::uint64_t accuracy_usec = 100'000;
    auto const timer = what.name + ".timer";
    auto const service = what.name + ".service";
    transient_request request(bus);
    request.string(timer);
    request.string("fail");
    request.open('a', "(sv)");
    request.text("Description", what.description);
    // It goes on while a switch or a soft reboot stops what is there by default.
    request.truth("DefaultDependencies", false);
    request.truth("RemainAfterElapse", false);
    request.number("AccuracyUSec", accuracy_usec);
    if (what.after)
        request.property("TimersMonotonic", "a(st)", [&] {
            auto const usec = std::chrono::microseconds(*what.after).count();
            request.then([&] {
                return sd_bus_message_append(
                    request.get(), "a(st)", 1, "OnActiveSec", static_cast<std::uint64_t>(usec));
            });
        });
    else
        request.property("TimersCalendar", "a(ss)", [&] {
            request.then([&] {
                return sd_bus_message_append(
                    request.get(), "a(ss)", 1, "OnCalendar", what.at.c_str());
            });
        });
    request.close();
    request.open('a', "(sa(sv))");
    request.open('r', "sa(sv)");
    request.string(service);
    request.open('a', "(sv)");
    request.text("Description", what.description);
    request.truth("DefaultDependencies", false);
    request.text("Restart", "on-abnormal");
    request.text("SyslogIdentifier", "dynix"); // its program is named otherwise
    request.environment(what.environment);
    request.command(what.command);
    request.close();
    request.close();
    request.close();
    auto const sent = request.send(timer);
    if (!sent)
        return sent.error();
    return sent->has_value();
}

std::vector<std::string> own_variables(std::initializer_list<char const*> names) {
    std::vector<std::string> found;
    for (auto const* name : names)
        if (auto const* value = std::getenv(name))
            found.push_back(fmt::format("{}={}", name, value));
    return found;
}

} // namespace dynix::host
