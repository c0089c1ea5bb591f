// Private to the room: what a set given in pieces means. `a.b = 1; a = { c = 2; };` is one set `a`.
#pragma once

#include "dynix/syntax/names.hpp"

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dynix::syntax {

inline constexpr std::uint32_t no_set = ~std::uint32_t(0);
inline constexpr std::uint32_t no_source = ~std::uint32_t(0);

// One attribute of a merged set. A value is a node, or, when it was written in pieces, another
// merged set.
struct merged_attribute {
    enum class origin : std::uint8_t { plain, inherited, inherited_from };

    std::string_view name;
    node defined_at; // the step of an attribute path, or the name behind `inherit`
    node value;      // empty if inherited, or if `set` is there
    std::uint32_t set = no_set;
    std::uint32_t source = no_source; // which of merged_set::sources, for inherited_from
    origin from = origin::plain;
};

struct merged_dynamic {
    node step; // a string with interpolation, or an interpolation
    node value;
    std::uint32_t set = no_set;
};

struct merged_set {
    bool recursive = false;
    std::vector<merged_attribute> attributes; // in the order of their first definition
    std::vector<merged_dynamic> dynamics;
    std::vector<node> sources; // of `inherit (source)`
    std::uint32_t parent = no_set;
    std::string_view name; // in the parent
};

// Two definitions of one attribute that are not both sets.
struct clash {
    node first;
    node second;
    std::string path;
};

// Merges as Nix does while it parses. Keeps its own stack, so that depth costs no recursion.
class merger {
  public:
    explicit merger(arena const& content) : content_(content) {}

    // Merges the bindings of one set (or let) and returns its index.
    std::uint32_t merge(std::span<std::uint32_t const> bindings, bool recursive);

    merged_set const& set(std::uint32_t index) const { return sets_[index]; }
    std::vector<clash> const& clashes() const { return clashes_; }
    // The nodes of the sets that became part of another one.
    std::vector<std::uint32_t> const& taken_apart() const { return taken_apart_; }
    void clear();

  private:
    struct frame {
        std::uint32_t target;
        std::span<std::uint32_t const> bindings;
        std::size_t next = 0;
        std::size_t step = 0; // of the next binding's path, when its first steps are done
    };
    struct key {
        std::uint32_t set;
        std::string_view name;
        friend bool operator==(key const&, key const&) = default;
    };
    struct key_hash {
        std::size_t operator()(key const& of) const {
            return std::hash<std::string_view>{}(of.name) * 31 + of.set;
        }
    };

    node at(std::uint32_t id) const { return {&content_, id}; }
    std::span<std::uint32_t const> take_apart(node set);
    std::uint32_t new_set(bool recursive, std::uint32_t parent, std::string_view name);
    void run();
    void add_binding(std::uint32_t target, std::uint32_t const* binding, std::size_t step);
    void add_inherit(std::uint32_t target, node inherit);
    // The attribute's value as a merged set, if it is a set at all; a set that was one node is
    // taken apart, which is left on the stack to do.
    std::uint32_t as_set(std::uint32_t owner, std::uint32_t attribute);
    std::uint32_t* find(std::uint32_t set, std::string_view name);
    void report(std::uint32_t set, std::uint32_t attribute, node second);

    arena const& content_;
    name_table names_;
    std::vector<merged_set> sets_;
    std::vector<frame> frames_;
    std::unordered_map<key, std::uint32_t, key_hash> index_;
    std::vector<clash> clashes_;
    std::vector<std::uint32_t> taken_apart_;
};

} // namespace dynix::syntax
