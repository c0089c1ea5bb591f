#include "dynix/host/detail/unit_command.hpp"

#include "dynix/base/unique_fd.hpp"
#include "dynix/host/detail/transient_unit.hpp"
#include "dynix/host/detail/unit_properties.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <string_view>
#include <unistd.h>

namespace dynix::host {
namespace {

// What a command has from its unit: properties of org.freedesktop.systemd1.Service that can be
// read and given to a transient unit in the same form. Not: what would run another program or
// nothing at all (RootImage=, ExecPaths=), how the processor is shared, and the log.
constexpr std::string_view copied[] = {
    // Who it is, and with what.
    "User", "Group", "SupplementaryGroups", "DynamicUser", "UMask", "Environment",
    "EnvironmentFiles", "PassEnvironment", "UnsetEnvironment", "RootDirectory", "LoadCredential",
    "LoadCredentialEncrypted", "SetCredential", "SetCredentialEncrypted", "ImportCredential",
    // Its limits.
    "LimitCPU", "LimitCPUSoft", "LimitFSIZE", "LimitFSIZESoft", "LimitDATA", "LimitDATASoft",
    "LimitSTACK", "LimitSTACKSoft", "LimitCORE", "LimitCORESoft", "LimitRSS", "LimitRSSSoft",
    "LimitNOFILE", "LimitNOFILESoft", "LimitAS", "LimitASSoft", "LimitNPROC", "LimitNPROCSoft",
    "LimitMEMLOCK", "LimitMEMLOCKSoft", "LimitLOCKS", "LimitLOCKSSoft", "LimitSIGPENDING",
    "LimitSIGPENDINGSoft", "LimitMSGQUEUE", "LimitMSGQUEUESoft", "LimitNICE", "LimitNICESoft",
    "LimitRTPRIO", "LimitRTPRIOSoft", "LimitRTTIME", "LimitRTTIMESoft", "Slice", "MemoryHigh",
    "MemoryMax", "MemorySwapMax", "TasksMax", "CPUQuotaPerSecUSec", "Nice",
    // Its sandbox.
    "CapabilityBoundingSet", "AmbientCapabilities", "NoNewPrivileges", "SecureBits",
    "ProtectSystem", "ProtectHome", "ProtectProc", "ProcSubset", "ProtectClock", "ProtectHostname",
    "ProtectKernelTunables", "ProtectKernelModules", "ProtectKernelLogs", "ProtectControlGroups",
    "PrivateTmp", "PrivateDevices", "PrivateUsers", "PrivateIPC", "PrivateMounts", "ReadWritePaths",
    "ReadOnlyPaths", "InaccessiblePaths", "BindPaths", "BindReadOnlyPaths", "TemporaryFileSystem",
    "DevicePolicy", "DeviceAllow", "RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID",
    "LockPersonality", "MemoryDenyWriteExecute", "SystemCallFilter", "SystemCallArchitectures",
    "SystemCallErrorNumber", "KeyringMode"};

// And unless it looks at the unit from outside: its folders,
constexpr std::string_view copied_folders[] = {
    "StateDirectory", "StateDirectoryMode", "CacheDirectory",         "CacheDirectoryMode",
    "LogsDirectory",  "LogsDirectoryMode",  "ConfigurationDirectory", "ConfigurationDirectoryMode"};
// and without DynamicUser=, where to preserve it would move it (systemd.exec(5),
// RuntimeDirectory=),
constexpr std::string_view copied_runtime_folder[] = {"RuntimeDirectory", "RuntimeDirectoryMode"};
// and its network:
constexpr std::string_view copied_of_network[] = {
    "PrivateNetwork", "NetworkNamespacePath", "RestrictAddressFamilies", "IPAddressAllow",
    "IPAddressDeny"};

// How long it has after SIGTERM.
constexpr auto stop_time = std::chrono::seconds(2);
// What systemd needs besides.
constexpr auto margin = std::chrono::seconds(10);
constexpr auto poll_interval = milliseconds(100);
// Of reading, until the bus is looked at again: a pipe holds 64 KiB, at most 1 MiB (pipe(7)).
constexpr int most_turns = 16;

template <class All>
bool contains(All const& all, std::string_view name) {
    return std::find(std::begin(all), std::end(all), name) != std::end(all);
}

std::uint64_t usec(std::chrono::microseconds time) {
    return static_cast<std::uint64_t>(time.count());
}

// The object of a unit.
struct unit_path {
    explicit unit_path(std::string const& unit) {
        sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit.c_str(), &text);
    }
    unit_path(unit_path const&) = delete;
    unit_path& operator=(unit_path const&) = delete;
    ~unit_path() { std::free(text); }
    char* text = nullptr;
};

// Gives the properties of "a{sv}" that are wanted to a request, as "(sv)".
int copy_properties(
    sd_bus_message* from, sd_bus_message* to, bool from_outside, bool dynamic_user) {
    auto code = sd_bus_message_rewind(from, 1);
    if (code >= 0)
        code = sd_bus_message_enter_container(from, 'a', "{sv}");
    while (code >= 0 && (code = sd_bus_message_enter_container(from, 'e', "sv")) > 0) {
        char const* name = nullptr;
        code = sd_bus_message_read_basic(from, 's', &name);
        if (code < 0)
            return code;
        bool const wanted =
            contains(copied, name) ||
            (!from_outside &&
             (contains(copied_folders, name) || contains(copied_of_network, name))) ||
            (!from_outside && !dynamic_user && contains(copied_runtime_folder, name));
        if (!wanted) {
            code = sd_bus_message_skip(from, "v");
        } else if ((code = sd_bus_message_open_container(to, 'r', "sv")) >= 0) {
            code = sd_bus_message_append_basic(to, 's', name);
            if (code >= 0)
                code = sd_bus_message_copy(to, from, 0);
            if (code >= 0)
                code = sd_bus_message_close_container(to);
        }
        if (code >= 0)
            code = sd_bus_message_exit_container(from);
    }
    return code;
}

class running_command {
  public:
    running_command(sd_bus* bus, unit_command const& what) : bus_(bus), what_(what) {
        static int number = 0;
        service_.name = fmt::format("dynix-check-{}-{}.service", ::getpid(), ++number);
        service_.description = what.description;
        service_.command = what.command;
    }
    running_command(running_command const&) = delete;
    running_command& operator=(running_command const&) = delete;

    result<void> start(std::optional<std::string> const& bound_to) {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0)
            return errno_error("make", "a pipe", errno);
        out_ = unique_fd(ends[0]);
        unique_fd const theirs(ends[1]);
        ::fcntl(out_.get(), F_SETFL, O_NONBLOCK);
        service_.out = service_.err = theirs.get();
        if (auto listening = listen(); !listening)
            return listening;
        auto properties = properties_of_unit();
        if (!properties)
            return properties.error();
        auto const dynamic_user = has_dynamic_user();
        if (!dynamic_user)
            return dynamic_user.error();
        auto const more = [&](sd_bus_message* to) {
            auto code = copy_properties(properties->get(), to, what_.from_outside, *dynamic_user);
            // A job of a oneshot ends with its command, and this is when it is ended.
            auto const number = [&](char const* name, char const* type, auto value) {
                if (code >= 0)
                    code = sd_bus_message_append(to, "(sv)", name, type, value);
            };
            number("Type", "s", "oneshot");
            number("TimeoutStartUSec", "t", usec(what_.at_most));
            number("TimeoutStopUSec", "t", usec(stop_time));
            // What it has left running is killed at once when it has ended, and counts for nothing.
            number("KillMode", "s", "mixed");
            // Else the unit's own would go when the command ends.
            number("RuntimeDirectoryPreserve", "s", "yes");
            if (code >= 0 && bound_to)
                code = sd_bus_message_append(to, "(sv)", "BindsTo", "as", 1, bound_to->c_str());
            return code;
        };
        auto job = start_transient_on(bus_, service_, more);
        if (!job)
            // The private socket may not take file descriptors.
            if (auto const system_bus = open_system_bus())
                job = start_transient_on(system_bus.get(), service_, more);
        if (!job)
            return job.error();
        job_ = std::move(*job);
        return {};
    }

    result<command_end> wait(std::function<bool()> const& give_up) {
        auto deadline = std::chrono::steady_clock::now() + what_.at_most + stop_time + margin;
        for (;;) {
            if (auto handled = handle_messages(); !handled)
                return handled.error();
            drain();
            if (!job_result_.empty())
                return end();
            auto const late = std::chrono::steady_clock::now() >= deadline;
            if (late && stopped_)
                return make_error(
                    fmt::format("'{}' does not end", service_.name),
                    fmt::format("look at 'systemctl status {}'", service_.name));
            if (!stopped_ && (late || (give_up && give_up()))) {
                stop();
                deadline = std::chrono::steady_clock::now() + stop_time + margin;
            }
            wait_for_more();
        }
    }

  private:
    result<void> listen() {
        unit_path const path(service_.name);
        sd_bus_slot* slot = nullptr;
        auto code = sd_bus_match_signal(
            bus_, &slot, nullptr, path.text, "org.freedesktop.DBus.Properties", "PropertiesChanged",
            on_change, this);
        changes_.reset(slot);
        slot = nullptr;
        if (code >= 0)
            code = sd_bus_match_signal(
                bus_, &slot, nullptr, manager_path, manager_interface, "JobRemoved", on_job_removed,
                this);
        jobs_.reset(slot);
        return code < 0 ? result<void>(not_reachable(code)) : result<void>();
    }

    result<message_ptr> properties_of_unit() {
        unit_path const path(what_.unit);
        bus_error failed;
        sd_bus_message* raw = nullptr;
        auto const code = sd_bus_call_method(
            bus_, destination, path.text, "org.freedesktop.DBus.Properties", "GetAll", failed.get(),
            &raw, "s", "org.freedesktop.systemd1.Service");
        message_ptr reply(raw);
        if (code < 0)
            return call_failed("describe", what_.unit, failed, code);
        return reply;
    }

    result<bool> has_dynamic_user() {
        unit_path const path(what_.unit);
        bus_error failed;
        int value = 0;
        auto const code = sd_bus_get_property_trivial(
            bus_, destination, path.text, "org.freedesktop.systemd1.Service", "DynamicUser",
            failed.get(), 'b', &value);
        if (code < 0)
            return call_failed("describe", what_.unit, failed, code);
        return value != 0;
    }

    static int on_change(sd_bus_message* message, void* self, sd_bus_error*) {
        static_cast<void>(read_end(message, static_cast<running_command*>(self)->said_));
        return 0;
    }

    static int on_job_removed(sd_bus_message* message, void* data, sd_bus_error*) {
        auto* const self = static_cast<running_command*>(data);
        std::uint32_t id = 0;
        char const* job = nullptr;
        char const* unit = nullptr;
        char const* result = nullptr;
        // By the unit: it may end before the answer to its start comes.
        if (sd_bus_message_read(message, "uoss", &id, &job, &unit, &result) >= 0 &&
            self->service_.name == unit && (self->job_.empty() || self->job_ == job))
            self->job_result_ = result;
        return 0;
    }

    result<void> handle_messages() {
        for (;;) {
            auto const code = sd_bus_process(bus_, nullptr);
            if (code < 0)
                return not_reachable(code);
            if (code == 0)
                return {};
        }
    }

    // What is there by now. Not more than a pipe holds: who writes without end would keep us here.
    void drain() {
        std::array<char, 65536> bytes{};
        for (int turn = 0; turn < most_turns; ++turn) {
            auto const size = ::read(out_.get(), bytes.data(), bytes.size());
            closed_ = closed_ || size == 0;
            if (size <= 0)
                return;
            auto const count = static_cast<std::size_t>(size);
            written_ += count;
            output_.append(bytes.data(), count);
            if (output_.size() > kept_output)
                output_.erase(0, output_.size() - kept_output);
        }
    }

    void wait_for_more() {
        std::array<struct pollfd, 2> watched{
            {{sd_bus_get_fd(bus_), POLLIN, 0}, {closed_ ? -1 : out_.get(), POLLIN, 0}}};
        ::poll(watched.data(), watched.size(), static_cast<int>(poll_interval.count()));
    }

    void stop() {
        stopped_ = true;
        bus_error failed;
        sd_bus_call_method(
            bus_, destination, manager_path, manager_interface, "StopUnit", failed.get(), nullptr,
            "ss", service_.name.c_str(), "replace");
    }

    command_end end() {
        drain();
        command_end found;
        // The end of a job is told after what led to it.
        found.result = stopped_                    ? "interrupted"
                       : job_result_ == "done"     ? "success"
                       : said_.result.empty()      ? job_result_
                       : said_.result == "success" ? job_result_
                                                   : said_.result;
        found.status = said_.status;
        found.output = std::move(output_);
        found.written = written_;
        return found;
    }

    sd_bus* bus_;
    unit_command const& what_;
    transient_service service_;
    unique_fd out_;
    slot_ptr changes_;
    slot_ptr jobs_;
    std::string job_;
    std::string job_result_;
    unit_end said_;
    std::string output_;
    std::size_t written_ = 0;
    bool closed_ = false;
    bool stopped_ = false;
};

} // namespace

result<command_end> run_command_on(
    sd_bus* bus, unit_command const& what, std::optional<std::string> const& bound_to,
    std::function<bool()> const& give_up) {
    running_command one(bus, what);
    if (auto started = one.start(bound_to); !started)
        return started.error();
    return one.wait(give_up);
}

} // namespace dynix::host
