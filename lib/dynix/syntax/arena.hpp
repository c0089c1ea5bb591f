// Private to the room: how a tree lies in memory.
//
// A node is a few 32-bit words in one pool: a header (shape and length in bytes), where it begins
// in the text, for shapes with any number of children their count, then the ids of the children in
// source order. An id is an index into the pool, or, for the most frequent nodes of all, the place
// of an identifier in the text itself (its end is found by reading it again), which costs no word.
#pragma once

#include "dynix/base/source.hpp"
#include "dynix/syntax/ast.hpp"
#include "dynix/syntax/word_buffer.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace dynix::syntax {

// The kinds of ast.hpp, split by layout: `x_1` holds exactly one step of an attribute path (or one
// argument), so that it needs no count.
enum class shape : std::uint8_t {
    integer,
    floating,
    string_leaf,
    indented_leaf,
    path_leaf,
    search_path,
    uri,
    text,
    string_pieces,
    indented_pieces,
    path_pieces,
    list,
    attribute_set,
    recursive_set,
    legacy_let,
    let_in,         // bindings, body
    lambda,         // name, body
    lambda_formals, // formals, body
    lambda_before,  // name, formals, body
    lambda_after,   // formals, name, body
    apply_1,        // function, argument
    apply,          // function, arguments
    select_1,       // subject, step
    select,         // subject, steps
    select_or_1,    // subject, step, fallback
    select_or,      // subject, steps, fallback
    has_1,          // subject, step
    has,            // subject, steps
    not_operation,
    negation,
    binary, // this and the next 16: in the order of binary_operator
    if_else = binary + 17,
    assertion,
    with_scope,
    parenthesized,
    interpolation,
    binding_1, // step, value
    binding,   // steps, value
    inherit,
    inherit_from, // source, names
    formals,
    formals_open, // with an ellipsis
    formal,       // name, fallback
    shape_count,
};

inline constexpr std::uint8_t any_number = 0xff;

struct shape_facts {
    node_kind kind;
    std::uint8_t children; // any_number: counted
};

// Indexed by shape.
extern std::array<shape_facts, static_cast<std::size_t>(shape::shape_count)> const shape_table;

inline constexpr unsigned shape_bits = 6;
inline constexpr std::uint32_t length_limit = (1U << (32 - shape_bits)) - 1;
static_assert(static_cast<unsigned>(shape::shape_count) <= 1U << shape_bits);

// The two top bits of an id.
inline constexpr std::uint32_t id_tags = 3U << 30;
inline constexpr std::uint32_t variable_tag = 1U << 30;
inline constexpr std::uint32_t name_tag = 2U << 30;

struct arena {
    std::string text;
    std::string name;
    word_buffer words;
    std::uint32_t root = 0;
    std::vector<byte_range> comments;
    // Ends of the few nodes whose length does not fit their header, by rising id.
    std::vector<std::pair<std::uint32_t, std::uint32_t>> long_ends;

    void forget_nodes() {
        words.truncate(0);
        comments.clear();
        long_ends.clear();
    }

    static bool is_inline(std::uint32_t id) { return (id & id_tags) != 0; }
    shape shape_of(std::uint32_t id) const {
        return static_cast<shape>(words[id] & ((1U << shape_bits) - 1));
    }
    byte_range range_of(std::uint32_t id) const;
    std::uint32_t begin_of(std::uint32_t id) const {
        return is_inline(id) ? id & ~id_tags : words[id + 1];
    }
    std::span<std::uint32_t const> children_of(std::uint32_t id) const;
    // How many words the node at `id` takes; the next node begins there.
    std::uint32_t extent_of(std::uint32_t id) const;
};

} // namespace dynix::syntax
