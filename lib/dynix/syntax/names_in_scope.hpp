// Private to the room: which names are defined while one walks through a tree.
#pragma once

#include "dynix/syntax/hashed_name.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace dynix::syntax {

// Every name has one entry for good, which counts how many of the open scopes define it, so that to
// open and close a scope costs no memory and no copy.
class names_in_scope {
  public:
    void define(hashed_name const& name) {
        auto const known = entry_of(name);
        ++entries_[known].times;
        order_.push_back(known);
    }
    // Forgets what was defined since `defined()` was `before`.
    void forget(std::size_t before) {
        for (auto i = before; i < order_.size(); ++i)
            --entries_[order_[i]].times;
        order_.resize(before);
    }
    std::size_t defined() const { return order_.size(); }

    bool contains(hashed_name const& name) const {
        auto const known = slots_[slot_of(name)].entry;
        return known != none && entries_[known].times != 0;
    }

  private:
    static constexpr std::uint32_t none = ~std::uint32_t(0);
    struct slot {
        std::uint32_t hash = 0;
        std::uint32_t entry = none;
    };
    struct entry {
        std::string_view text;
        std::uint32_t times;
    };

    // Where the name is, or the free slot where it would be.
    std::size_t slot_of(hashed_name const& name) const {
        auto const mask = slots_.size() - 1;
        auto at = name.hash & mask;
        while (slots_[at].entry != none &&
               (slots_[at].hash != name.hash || entries_[slots_[at].entry].text != name.text))
            at = (at + 1) & mask;
        return at;
    }
    std::uint32_t entry_of(hashed_name const& name) {
        auto& free = slots_[slot_of(name)];
        if (free.entry != none)
            return free.entry;
        auto const made = static_cast<std::uint32_t>(entries_.size());
        free = {name.hash, made};
        entries_.push_back({name.text, 0});
        if (entries_.size() * 2 > slots_.size())
            grow();
        return made;
    }
    void grow() {
        auto const old = std::exchange(slots_, std::vector<slot>(slots_.size() * 4));
        auto const mask = slots_.size() - 1;
        for (auto const& one : old) {
            auto at = one.hash & mask;
            while (slots_[at].entry != none)
                at = (at + 1) & mask;
            if (one.entry != none)
                slots_[at] = one;
        }
    }

    std::vector<slot> slots_ = std::vector<slot>(64);
    std::vector<entry> entries_;
    std::vector<std::uint32_t> order_; // entries, innermost last
};

} // namespace dynix::syntax
