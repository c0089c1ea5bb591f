// Private to the room: a name and its hash, which is computed once and serves every table.
#pragma once

#include <cstdint>
#include <string_view>

namespace dynix::syntax {

// FNV-1a: names are short, so a byte at a time is as good as any, and it goes along with the scan
// for a name's end.
inline constexpr std::uint32_t hash_begin = 2166136261U;
constexpr std::uint32_t hash_with(std::uint32_t hash, char next) {
    return (hash ^ static_cast<unsigned char>(next)) * 16777619U;
}

struct hashed_name {
    constexpr explicit hashed_name(std::string_view name) : text(name) {
        for (char const c : name)
            hash = hash_with(hash, c);
    }
    constexpr hashed_name(std::string_view name, std::uint32_t known) : text(name), hash(known) {}

    std::string_view text;
    std::uint32_t hash = hash_begin;
};

} // namespace dynix::syntax
