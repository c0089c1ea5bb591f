// Private to the room: a set of names of one tree that finds the second of two equal ones.
#pragma once

#include "dynix/syntax/arena.hpp"

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::syntax {

// Used again and again without giving memory back: most sets are small.
class name_table {
  public:
    // Forgets all names.
    void clear();

    // Adds the name if it is known without evaluation; the equal one that was there, if any.
    std::optional<node> add(node name);

    // The bytes of a static name, which live as long as this table; nullopt for a computed one.
    std::optional<std::string_view> text_of(node name);

  private:
    struct entry {
        std::string_view text;
        node name;
    };
    static std::size_t hash(std::string_view text);
    void grow();

    std::vector<entry> entries_;
    std::vector<std::uint32_t> slots_; // index of an entry plus one; 0: free
    bool hashed_ = false;
    std::deque<std::string> unescaped_;
};

} // namespace dynix::syntax
