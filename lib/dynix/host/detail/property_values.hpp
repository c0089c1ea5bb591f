// Reading the values of properties from D-Bus messages (org.freedesktop.DBus.Properties).
#pragma once

#include "dynix/host/detail/bus_connection.hpp"

#include <concepts>
#include <cstdint>
#include <cstdlib>
#include <fmt/format.h>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dynix::host {

// Readers of one variant's content, by what it is read into.
inline int read_value(sd_bus_message* from, std::string& to) {
    char const* text = nullptr;
    auto const code = sd_bus_message_read_basic(from, SD_BUS_TYPE_STRING, &text);
    if (code >= 0)
        to = text;
    return code;
}
inline int read_value(sd_bus_message* from, bool& to) {
    int value = 0;
    auto const code = sd_bus_message_read_basic(from, SD_BUS_TYPE_BOOLEAN, &value);
    to = value != 0;
    return code;
}
template <class Narrow, class Wide>
int read_number(sd_bus_message* from, char type, Wide& to) {
    Narrow value = 0;
    auto const code = sd_bus_message_read_basic(from, type, &value);
    to = static_cast<Wide>(value);
    return code;
}
// The type is the variant's own.
template <class Wide>
requires std::same_as<Wide, std::uint64_t> || std::same_as<Wide, std::int64_t>
int read_value(sd_bus_message* from, Wide& to) {
    char type = 0;
    if (auto const code = sd_bus_message_peek_type(from, &type, nullptr); code < 0)
        return code;
    switch (type) {
    case SD_BUS_TYPE_INT32:
        return read_number<std::int32_t>(from, type, to);
    case SD_BUS_TYPE_UINT32:
        return read_number<std::uint32_t>(from, type, to);
    default:
        return read_number<std::uint64_t>(from, SD_BUS_TYPE_UINT64, to);
    }
}
// Puts them behind what is there.
inline int read_value(sd_bus_message* from, std::vector<std::string>& to) {
    char** texts = nullptr;
    auto const code = sd_bus_message_read_strv(from, &texts);
    for (auto** text = texts; text && *text; ++text) {
        to.emplace_back(*text);
        std::free(*text);
    }
    std::free(texts);
    return code;
}

// The InvocationID's 16 bytes as systemctl shows them; nothing if they are zero: it never ran.
struct id_bytes {
    std::string& text;
};
inline int read_value(sd_bus_message* from, id_bytes to) {
    void const* bytes = nullptr;
    std::size_t size = 0;
    auto const code = sd_bus_message_read_array(from, SD_BUS_TYPE_BYTE, &bytes, &size);
    to.text.clear();
    for (std::size_t i = 0; code >= 0 && i < size; ++i)
        to.text += fmt::format("{:02x}", static_cast<unsigned char const*>(bytes)[i]);
    if (to.text.find_first_not_of('0') == std::string::npos)
        to.text.clear();
    return code;
}

using property_readers = std::map<std::string_view, std::function<int(sd_bus_message*)>>;

// Reads those of "a{sv}" that someone asks for.
inline int read_properties(sd_bus_message* from, property_readers const& wanted) {
    auto code = sd_bus_message_enter_container(from, 'a', "{sv}");
    while (code >= 0 && (code = sd_bus_message_enter_container(from, 'e', "sv")) > 0) {
        char const* name = nullptr;
        char const* type = nullptr;
        code = sd_bus_message_read_basic(from, 's', &name);
        auto const found = code >= 0 ? wanted.find(name) : wanted.end();
        if (code < 0)
            return code;
        if (found == wanted.end()) {
            code = sd_bus_message_skip(from, "v");
        } else if ((code = sd_bus_message_peek_type(from, nullptr, &type)) >= 0) {
            code = sd_bus_message_enter_container(from, 'v', type);
            if (code >= 0)
                code = found->second(from);
            if (code >= 0)
                code = sd_bus_message_exit_container(from);
        }
        if (code >= 0)
            code = sd_bus_message_exit_container(from);
    }
    return code;
}

template <class T>
auto into(T& member) {
    return [&member](sd_bus_message* from) { return read_value(from, member); };
}

// Reads what a variant holds.
template <class T>
int read_variant(sd_bus_message* from, char const* type, T&& to) {
    auto code = sd_bus_message_enter_container(from, 'v', type);
    if (code >= 0)
        code = read_value(from, std::forward<T>(to));
    return code;
}

} // namespace dynix::host
