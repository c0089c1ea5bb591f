#include "dynix/syntax/names.hpp"

#include "dynix/syntax/strings.hpp"

#include <bit>

namespace dynix::syntax {

namespace {

// Up to this many names a look at each of them is faster than hashing.
constexpr std::size_t few = 12;

} // namespace

void name_table::clear() {
    entries_.clear();
    hashed_ = false;
}

std::optional<std::string_view> name_table::text_of(node name) {
    auto const text = name.text();
    if (name.kind() == node_kind::name)
        return text;
    if (name.kind() == node_kind::string && name.children().empty() &&
        text.find_first_of("\\\r") == std::string_view::npos)
        return text.substr(1, text.size() - 2);
    auto value = static_name(name);
    if (!value)
        return std::nullopt;
    return unescaped_.emplace_back(std::move(*value));
}

std::size_t name_table::hash(std::string_view text) {
    return std::hash<std::string_view>{}(text);
}

void name_table::grow() {
    hashed_ = true;
    slots_.assign(std::bit_ceil(entries_.size() * 4), 0);
    auto const mask = slots_.size() - 1;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        auto slot = hash(entries_[i].text) & mask;
        while (slots_[slot] != 0)
            slot = (slot + 1) & mask;
        slots_[slot] = static_cast<std::uint32_t>(i + 1);
    }
}

std::optional<node> name_table::add(node name) {
    auto const text = text_of(name);
    if (!text)
        return std::nullopt;
    if (!hashed_) {
        for (auto const& known : entries_)
            if (known.text == *text)
                return known.name;
        entries_.push_back({*text, name});
        if (entries_.size() > few)
            grow();
        return std::nullopt;
    }
    auto const mask = slots_.size() - 1;
    auto slot = hash(*text) & mask;
    for (; slots_[slot] != 0; slot = (slot + 1) & mask)
        if (entries_[slots_[slot] - 1].text == *text)
            return entries_[slots_[slot] - 1].name;
    entries_.push_back({*text, name});
    slots_[slot] = static_cast<std::uint32_t>(entries_.size());
    if (entries_.size() * 2 > slots_.size())
        grow();
    return std::nullopt;
}

} // namespace dynix::syntax
