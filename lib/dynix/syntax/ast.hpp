// The tree of a Nix text: cheap handles on compact nodes, every one with its place in the text.
#pragma once

#include "dynix/base/source.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::syntax {

// What a node is. The comment shows the Nix text and which function takes the node apart.
enum class node_kind : std::uint8_t {
    // expressions
    variable,        // x            (also the word __curPos)
    integer,         // 12
    floating,        // 1.5
    string,          // "a${b}"      string_parts(), static_string()
    indented_string, // ''a${b}''    string_parts(), static_string()
    path,            // ./a/${b}     children(): text and interpolation
    search_path,     // <nixpkgs>
    uri,             // http://a.b   static_string()
    list,            // [ a b ]      children(): the items
    attribute_set,   // { a = 1; }   children(): binding and inherit
    recursive_set,   // rec { }      children(): binding and inherit
    legacy_let,      // let { body = 1; }  children(): binding and inherit
    let_in,          // let a = 1; in a    as_let()
    lambda,          // a: b         as_lambda()
    apply,           // f a b        as_apply()
    select,          // a.b.c or d   as_select()
    has_attribute,   // a ? b.c      as_has_attribute()
    not_operation,   // !a           child(0)
    negation,        // -a           child(0)
    binary,          // a + b        as_binary()
    if_else,         // if a then b else c  children(): condition, then, else
    assertion,       // assert a; b  children(): condition, body
    with_scope,      // with a; b    children(): scope, body
    parenthesized,   // (a)          child(0)
    // parts of expressions
    name, // the a of { a = 1; } or x.a, written as an identifier; also a formal without default
    text, // a piece of a string or path, as written
    interpolation, // ${a}, in a string, a path or as an attribute's name; child(0)
    binding,       // a.b = c;       as_binding()
    inherit,       // inherit (a) b; as_inherit()
    formals,       // { a, b ? c, ... }  as_formals()
    formal,        // b ? c          as_formal()
};

enum class binary_operator : std::uint8_t {
    implication,
    logical_or,
    logical_and,
    equal,
    not_equal,
    less,
    less_or_equal,
    greater,
    greater_or_equal,
    update,
    add,
    subtract,
    multiply,
    divide,
    concatenate,
    pipe_into, // a |> f
    pipe_from, // f <| a
};

// The operator as it is written, such as "//".
std::string_view spelling(binary_operator which);

// The kind in a reader's words, such as "attribute set".
std::string_view describe(node_kind kind);

struct arena; // private: the pool of 32-bit words behind a tree
class node_list;

// A handle on one node of a tree: two words, copied freely, valid as long as the tree lives (also
// after the tree was moved). A default-made node is empty and converts to false; asking it for
// anything else is a bug of the caller.
class node {
  public:
    node() = default;
    node(arena const* owner, std::uint32_t id) : owner_(owner), id_(id) {}

    explicit operator bool() const { return owner_ != nullptr; }

    node_kind kind() const;
    byte_range range() const;
    std::string_view text() const; // the source text of range()

    // Every part that is a node, in source order.
    node_list children() const;
    node child(std::size_t index) const;

    // The node inside any number of parentheses, or the node itself.
    node unwrapped() const;

    std::uint32_t id() const { return id_; }
    arena const* owner() const { return owner_; }
    friend bool operator==(node const&, node const&) = default;

  private:
    arena const* owner_ = nullptr;
    std::uint32_t id_ = 0;
};

// Some nodes in source order, as a view into the tree.
class node_list {
  public:
    class iterator {
      public:
        using value_type = node;
        using difference_type = std::ptrdiff_t;
        iterator() = default;
        iterator(arena const* owner, std::uint32_t const* id) : owner_(owner), id_(id) {}
        node operator*() const { return {owner_, *id_}; }
        iterator& operator++() {
            ++id_;
            return *this;
        }
        iterator operator++(int) { return {owner_, id_++}; }
        friend bool operator==(iterator const&, iterator const&) = default;

      private:
        arena const* owner_ = nullptr;
        std::uint32_t const* id_ = nullptr;
    };

    node_list() = default;
    node_list(arena const* owner, std::span<std::uint32_t const> ids) : owner_(owner), ids_(ids) {}

    std::size_t size() const { return ids_.size(); }
    bool empty() const { return ids_.empty(); }
    node operator[](std::size_t index) const { return {owner_, ids_[index]}; }
    node front() const { return {owner_, ids_.front()}; }
    node back() const { return {owner_, ids_.back()}; }
    iterator begin() const { return {owner_, ids_.data()}; }
    iterator end() const { return {owner_, ids_.data() + ids_.size()}; }
    node_list part(std::size_t from, std::size_t count) const {
        return {owner_, ids_.subspan(from, count)};
    }

  private:
    arena const* owner_ = nullptr;
    std::span<std::uint32_t const> ids_;
};

// The parts of the kinds that have some. Each function takes a node of the kind in its name.
// An attribute path is a list of at least one node of kind name, string or interpolation.
struct let_parts {
    node_list bindings; // binding and inherit
    node body;
};
struct lambda_parts {
    node argument; // a name; empty in { a }: b
    node formals;  // empty in a: b
    node body;
};
struct apply_parts {
    node function;
    node_list arguments; // at least one
};
struct select_parts {
    node subject;
    node_list path;
    node fallback; // the c of a.b or c; empty when there is none
};
struct has_attribute_parts {
    node subject;
    node_list path;
};
struct binary_parts {
    node left;
    node right;
    binary_operator which;
};
struct binding_parts {
    node_list path;
    node value;
};
struct inherit_parts {
    node source;     // the a of inherit (a) b; empty when there is none
    node_list names; // may have no element
};
struct formals_parts {
    node_list items; // of kind formal, or name when there is no default
    bool ellipsis;
};
struct formal_parts {
    node name;
    node fallback; // empty when there is none
};

let_parts as_let(node of);
lambda_parts as_lambda(node of);
apply_parts as_apply(node of);
select_parts as_select(node of);
has_attribute_parts as_has_attribute(node of);
binary_parts as_binary(node of);
binding_parts as_binding(node of);
inherit_parts as_inherit(node of);
formals_parts as_formals(node of);
formal_parts as_formal(node of); // takes kind formal and kind name

// A piece of a string's value: text with escapes resolved and indentation stripped, or (when
// `expression` is not empty) the expression of an interpolation.
struct string_part {
    std::string text;
    node expression;
};

// The pieces of a string or indented string, as Nix would concatenate them.
std::vector<string_part> string_parts(node of);

// The value of a string, indented string or URI without interpolation; nullopt for any other node.
// Parentheses are looked through, as Nix does.
std::optional<std::string> static_string(node of);

// The name of one step of an attribute path when it is known without evaluation: a name, a string
// without interpolation, or an interpolation of just such a string.
std::optional<std::string> static_name(node step);

// The value of an integer or floating node.
std::int64_t integer_value(node of);
double floating_value(node of);

// A parsed text. Owns the text and all nodes; moving it leaves its nodes valid, destroying it costs
// a few calls of free however deep the nesting.
class tree {
  public:
    explicit tree(std::unique_ptr<arena const> content);
    tree(tree&&) noexcept;
    tree& operator=(tree&&) noexcept;
    ~tree();

    node root() const;
    std::string_view source() const;
    std::string const& name() const; // what errors call the text, such as its path

    // Every comment in source order, with its `#` or `/*` and `*/`, without the line break.
    std::span<byte_range const> comments() const;

    std::string_view text_of(byte_range where) const;

    // Bytes of memory beside the source text.
    std::size_t memory() const;

  private:
    std::unique_ptr<arena const> content_;
};

} // namespace dynix::syntax
