#include "dynix/host/detail/transient_unit.hpp"

namespace dynix::host {
namespace {

// systemd puts variables into the arguments of a command.
std::vector<std::string> escaped(std::vector<std::string> words) {
    for (auto& word : words)
        for (auto at = word.find('$'); at != word.npos; at = word.find('$', at + 2))
            word.insert(at, 1, '$');
    return words;
}

} // namespace

result<std::string> start_transient_on(
    sd_bus* bus, transient_service const& what,
    std::function<int(sd_bus_message*)> const& more_properties) {
    sd_bus_message* raw = nullptr;
    auto code = sd_bus_message_new_method_call(
        bus, &raw, destination, manager_path, manager_interface, "StartTransientUnit");
    message_ptr const request(raw);
    auto const then = [&code](auto call) {
        if (code >= 0)
            code = call();
    };
    auto const text = [&](char const* name, std::string const& value) {
        then([&] { return sd_bus_message_append(raw, "(sv)", name, "s", value.c_str()); });
    };
    auto const texts = [&](std::vector<std::string> const& values) {
        then([&] { return sd_bus_message_open_container(raw, 'a', "s"); });
        for (auto const& one : values)
            then([&] { return sd_bus_message_append(raw, "s", one.c_str()); });
        then([&] { return sd_bus_message_close_container(raw); });
    };
    // A property whose value no format string of sd-bus can make.
    auto const property = [&](char const* name, char const* type, auto const& value) {
        then([&] { return sd_bus_message_open_container(raw, 'r', "sv"); });
        then([&] { return sd_bus_message_append(raw, "s", name); });
        then([&] { return sd_bus_message_open_container(raw, 'v', type); });
        value();
        then([&] { return sd_bus_message_close_container(raw); });
        then([&] { return sd_bus_message_close_container(raw); });
    };
    auto const stream = [&](char const* name, int descriptor) {
        if (descriptor >= 0)
            then([&] { return sd_bus_message_append(raw, "(sv)", name, "h", descriptor); });
    };
    then([&] { return sd_bus_message_append(raw, "ss", what.name.c_str(), "fail"); });
    then([&] { return sd_bus_message_open_container(raw, 'a', "(sv)"); });
    text("Description", what.description);
    text("CollectMode", "inactive-or-failed");
    if (!what.folder.empty())
        text("WorkingDirectory", what.folder);
    // Else it would wait for a boot that may itself wait for it.
    then([&] { return sd_bus_message_append(raw, "(sv)", "DefaultDependencies", "b", 0); });
    property("Environment", "as", [&] { texts(what.environment); });
    property("ExecStart", "a(sasb)", [&] {
        then([&] { return sd_bus_message_open_container(raw, 'a', "(sasb)"); });
        then([&] { return sd_bus_message_open_container(raw, 'r', "sasb"); });
        then([&] { return sd_bus_message_append(raw, "s", what.command.front().c_str()); });
        texts(escaped(what.command));
        then([&] { return sd_bus_message_append(raw, "b", 0); });
        then([&] { return sd_bus_message_close_container(raw); });
        then([&] { return sd_bus_message_close_container(raw); });
    });
    stream("StandardInputFileDescriptor", what.in);
    stream("StandardOutputFileDescriptor", what.out);
    stream("StandardErrorFileDescriptor", what.err);
    if (more_properties)
        then([&] { return more_properties(raw); });
    then([&] { return sd_bus_message_close_container(raw); });
    then([&] { return sd_bus_message_append(raw, "a(sa(sv))", 0); });
    bus_error failed;
    sd_bus_message* answer = nullptr;
    then([&] { return sd_bus_call(bus, raw, call_timeout_usec, failed.get(), &answer); });
    message_ptr const reply(answer);
    char const* job = nullptr;
    then([&] { return sd_bus_message_read_basic(answer, 'o', &job); });
    if (code < 0)
        return call_failed("start", what.name, failed, code);
    return std::string(job);
}

} // namespace dynix::host
