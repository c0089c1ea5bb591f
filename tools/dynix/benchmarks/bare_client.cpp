// The least that a change of units takes: a reload of systemd, a restart of each unit, and the wait
// for the ends of their jobs. It asks for nothing and looks at nothing, and sends all restarts
// before it waits. `bare-client UNIT…`; 1 where a job does not end well.
#include <cstdint>
#include <cstring>
#include <memory>
#include <set>
#include <string>
#include <systemd/sd-bus.h>

namespace {

constexpr char const* destination = "org.freedesktop.systemd1";
constexpr char const* path = "/org/freedesktop/systemd1";
constexpr char const* interface = "org.freedesktop.systemd1.Manager";

struct closer {
    void operator()(sd_bus* bus) const { sd_bus_close_unref(bus); }
};

struct waiting {
    std::set<std::string> units{};
    bool good = true;
};

int on_queued(sd_bus_message* answer, void* data, sd_bus_error*) {
    auto& all = *static_cast<waiting*>(data);
    if (sd_bus_message_is_method_error(answer, nullptr) > 0) {
        all.good = false;
        all.units.clear();
    }
    return 0;
}

int on_removed(sd_bus_message* signal, void* data, sd_bus_error*) {
    auto& all = *static_cast<waiting*>(data);
    std::uint32_t id = 0;
    char const* job = nullptr;
    char const* unit = nullptr;
    char const* result = nullptr;
    if (sd_bus_message_read(signal, "uoss", &id, &job, &unit, &result) < 0)
        return 0;
    if (all.units.erase(unit) > 0)
        all.good = all.good && std::strcmp(result, "done") == 0;
    return 0;
}

} // namespace

int main(int count, char** words) {
    sd_bus* raw = nullptr;
    if (sd_bus_new(&raw) < 0)
        return 1;
    std::unique_ptr<sd_bus, closer> const bus(raw);
    waiting all{.units = {words + 1, words + count}};
    if (sd_bus_set_address(raw, "unix:path=/run/systemd/private") < 0 || sd_bus_start(raw) < 0 ||
        sd_bus_match_signal(
            raw, nullptr, nullptr, path, interface, "JobRemoved", on_removed, &all) < 0 ||
        sd_bus_call_method(
            raw, destination, path, interface, "Subscribe", nullptr, nullptr, nullptr) < 0 ||
        sd_bus_call_method(raw, destination, path, interface, "Reload", nullptr, nullptr, nullptr) <
            0)
        return 1;
    for (int i = 1; i < count; ++i)
        if (sd_bus_call_method_async(
                raw, nullptr, destination, path, interface, "RestartUnit", on_queued, &all, "ss",
                words[i], "replace") < 0)
            return 1;
    while (!all.units.empty()) {
        auto code = sd_bus_process(raw, nullptr);
        if (code == 0)
            code = sd_bus_wait(raw, UINT64_MAX);
        if (code < 0)
            return 1;
    }
    return all.good ? 0 : 1;
}
