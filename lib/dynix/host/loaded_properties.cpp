#include "dynix/host/detail/loaded_properties.hpp"

#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <fmt/format.h>

namespace dynix::host {
namespace {

template <class T>
int append_basic(sd_bus_message* from, char type, std::string& to) {
    T value{};
    auto const code = sd_bus_message_read_basic(from, type, &value);
    if (code >= 0)
        to += fmt::format("{} ", value);
    return code;
}

int append_basic(sd_bus_message* from, char type, std::string& to) {
    switch (type) {
    case SD_BUS_TYPE_STRING:
    case SD_BUS_TYPE_OBJECT_PATH:
    case SD_BUS_TYPE_SIGNATURE: {
        char const* text = nullptr;
        auto const code = sd_bus_message_read_basic(from, type, &text);
        if (code >= 0)
            to += fmt::format("'{}' ", text);
        return code;
    }
    case SD_BUS_TYPE_BYTE:
        return append_basic<std::uint8_t>(from, type, to);
    case SD_BUS_TYPE_INT16:
        return append_basic<std::int16_t>(from, type, to);
    case SD_BUS_TYPE_UINT16:
        return append_basic<std::uint16_t>(from, type, to);
    case SD_BUS_TYPE_BOOLEAN:
    case SD_BUS_TYPE_INT32:
        return append_basic<std::int32_t>(from, type, to);
    case SD_BUS_TYPE_UINT32:
        return append_basic<std::uint32_t>(from, type, to);
    case SD_BUS_TYPE_INT64:
        return append_basic<std::int64_t>(from, type, to);
    case SD_BUS_TYPE_UINT64:
        return append_basic<std::uint64_t>(from, type, to);
    case SD_BUS_TYPE_DOUBLE:
        return append_basic<double>(from, type, to);
    default:
        return sd_bus_message_skip(from, nullptr);
    }
}

// Everything that is left in the container.
int append_values(sd_bus_message* from, std::string& to) {
    for (;;) {
        char type = 0;
        char const* contents = nullptr;
        auto code = sd_bus_message_peek_type(from, &type, &contents);
        if (code <= 0)
            return code;
        if (!contents) {
            code = append_basic(from, type, to);
        } else {
            code = sd_bus_message_enter_container(from, type, contents);
            to += '(';
            if (code >= 0)
                code = append_values(from, to);
            to += ')';
            if (code >= 0)
                code = sd_bus_message_exit_container(from);
        }
        if (code < 0)
            return code;
    }
}

// "org.freedesktop.systemd1.Service" for "x.service".
std::string interface_of(std::string const& unit) {
    auto kind = unit.substr(unit.rfind('.') + 1);
    if (!kind.empty())
        kind[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(kind[0])));
    return "org.freedesktop.systemd1." + kind;
}

} // namespace

result<std::map<std::string, std::string>> read_loaded(sd_bus* bus, std::string const& unit) {
    char* path = nullptr;
    auto code = sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit.c_str(), &path);
    bus_error failed;
    sd_bus_message* raw = nullptr;
    if (code >= 0)
        code = sd_bus_call_method(
            bus, destination, path, "org.freedesktop.DBus.Properties", "GetAll", failed.get(), &raw,
            "s", interface_of(unit).c_str());
    std::free(path);
    message_ptr const reply(raw);
    if (code < 0)
        return is_disconnect(code) ? not_reachable(code)
                                   : call_failed("describe", unit, failed, code);
    std::map<std::string, std::string> found;
    code = sd_bus_message_enter_container(raw, 'a', "{sv}");
    while (code >= 0 && (code = sd_bus_message_enter_container(raw, 'e', "sv")) > 0) {
        char const* name = nullptr;
        code = sd_bus_message_read_basic(raw, 's', &name);
        if (code >= 0)
            code = append_values(raw, found[name]);
        if (code >= 0)
            code = sd_bus_message_exit_container(raw);
    }
    if (code < 0)
        return not_understood(unit, code);
    return found;
}

} // namespace dynix::host
