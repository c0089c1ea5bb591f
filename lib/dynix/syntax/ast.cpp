#include "dynix/syntax/ast.hpp"

#include "dynix/syntax/arena.hpp"
#include "dynix/syntax/grammar/operators.hpp"
#include "dynix/syntax/grammar/scan.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cstdlib>

namespace dynix::syntax {

namespace {

constexpr shape_facts binary{node_kind::binary, 2};

} // namespace

std::array<shape_facts, static_cast<std::size_t>(shape::shape_count)> const shape_table{{
    {node_kind::integer, 0},
    {node_kind::floating, 0},
    {node_kind::string, 0},
    {node_kind::indented_string, 0},
    {node_kind::path, 0},
    {node_kind::search_path, 0},
    {node_kind::uri, 0},
    {node_kind::text, 0},
    {node_kind::string, any_number},
    {node_kind::indented_string, any_number},
    {node_kind::path, any_number},
    {node_kind::list, any_number},
    {node_kind::attribute_set, any_number},
    {node_kind::recursive_set, any_number},
    {node_kind::legacy_let, any_number},
    {node_kind::let_in, any_number},
    {node_kind::lambda, 2},
    {node_kind::lambda, 2},
    {node_kind::lambda, 3},
    {node_kind::lambda, 3},
    {node_kind::apply, 2},
    {node_kind::apply, any_number},
    {node_kind::select, 2},
    {node_kind::select, any_number},
    {node_kind::select, 3},
    {node_kind::select, any_number},
    {node_kind::has_attribute, 2},
    {node_kind::has_attribute, any_number},
    {node_kind::not_operation, 1},
    {node_kind::negation, 1},
    // 17 binary operators
    binary,
    binary,
    binary,
    binary,
    binary,
    binary,
    binary,
    binary,
    binary,
    binary,
    binary,
    binary,
    binary,
    binary,
    binary,
    binary,
    binary,
    {node_kind::if_else, 3},
    {node_kind::assertion, 2},
    {node_kind::with_scope, 2},
    {node_kind::parenthesized, 1},
    {node_kind::interpolation, 1},
    {node_kind::binding, 2},
    {node_kind::binding, any_number},
    {node_kind::inherit, any_number},
    {node_kind::inherit, any_number},
    {node_kind::formals, any_number},
    {node_kind::formals, any_number},
    {node_kind::formal, 2},
}};

byte_range arena::range_of(std::uint32_t id) const {
    if (is_inline(id)) {
        auto const begin = id & ~id_tags;
        auto const* const end = grammar::identifier_end(text.data() + begin);
        return {begin, static_cast<std::uint32_t>(end - text.data())};
    }
    auto const begin = words[id + 1];
    auto const length = words[id] >> shape_bits;
    if (length != length_limit)
        return {begin, begin + length};
    auto const found = std::lower_bound(
        long_ends.begin(), long_ends.end(), id,
        [](auto const& entry, std::uint32_t wanted) { return entry.first < wanted; });
    return {begin, found->second};
}

std::span<std::uint32_t const> arena::children_of(std::uint32_t id) const {
    if (is_inline(id))
        return {};
    auto const known = shape_table[static_cast<std::size_t>(shape_of(id))].children;
    auto const* const after = words.data() + id + 2;
    return known == any_number ? std::span(after + 1, *after) : std::span(after, known);
}

std::uint32_t arena::extent_of(std::uint32_t id) const {
    auto const known = shape_table[static_cast<std::size_t>(shape_of(id))].children;
    return known == any_number ? 3 + words[id + 2] : 2U + known;
}

std::string_view spelling(binary_operator which) {
    return grammar::operator_table[static_cast<std::size_t>(which)].spelling;
}

std::string_view describe(node_kind kind) {
    switch (kind) {
    case node_kind::variable:
        return "variable";
    case node_kind::integer:
        return "integer";
    case node_kind::floating:
        return "floating-point number";
    case node_kind::string:
        return "string";
    case node_kind::indented_string:
        return "indented string";
    case node_kind::path:
        return "path";
    case node_kind::search_path:
        return "search path";
    case node_kind::uri:
        return "URI";
    case node_kind::list:
        return "list";
    case node_kind::attribute_set:
        return "attribute set";
    case node_kind::recursive_set:
        return "recursive attribute set";
    case node_kind::legacy_let:
        return "legacy let";
    case node_kind::let_in:
        return "let";
    case node_kind::lambda:
        return "function";
    case node_kind::apply:
        return "function application";
    case node_kind::select:
        return "attribute selection";
    case node_kind::has_attribute:
        return "attribute test";
    case node_kind::not_operation:
        return "logical negation";
    case node_kind::negation:
        return "negation";
    case node_kind::binary:
        return "operation";
    case node_kind::if_else:
        return "if";
    case node_kind::assertion:
        return "assertion";
    case node_kind::with_scope:
        return "with";
    case node_kind::parenthesized:
        return "parentheses";
    case node_kind::name:
        return "name";
    case node_kind::text:
        return "text";
    case node_kind::interpolation:
        return "interpolation";
    case node_kind::binding:
        return "binding";
    case node_kind::inherit:
        return "inherit";
    case node_kind::formals:
        return "arguments";
    case node_kind::formal:
        return "argument";
    }
    return "";
}

node_kind node::kind() const {
    if ((id_ & variable_tag) != 0)
        return node_kind::variable;
    if ((id_ & name_tag) != 0)
        return node_kind::name;
    return shape_table[static_cast<std::size_t>(owner_->shape_of(id_))].kind;
}

byte_range node::range() const {
    return owner_->range_of(id_);
}

std::string_view node::text() const {
    auto const where = range();
    return std::string_view(owner_->text).substr(where.begin, where.end - where.begin);
}

node_list node::children() const {
    return {owner_, owner_->children_of(id_)};
}

node node::child(std::size_t index) const {
    return children()[index];
}

node node::unwrapped() const {
    auto inner = *this;
    while (inner.kind() == node_kind::parenthesized)
        inner = inner.child(0);
    return inner;
}

let_parts as_let(node of) {
    auto const all = of.children();
    return {all.part(0, all.size() - 1), all.back()};
}

lambda_parts as_lambda(node of) {
    auto const all = of.children();
    switch (of.owner()->shape_of(of.id())) {
    case shape::lambda:
        return {all[0], {}, all[1]};
    case shape::lambda_before:
        return {all[0], all[1], all[2]};
    case shape::lambda_after:
        return {all[1], all[0], all[2]};
    default:
        return {{}, all[0], all[1]};
    }
}

apply_parts as_apply(node of) {
    auto const all = of.children();
    return {all[0], all.part(1, all.size() - 1)};
}

select_parts as_select(node of) {
    auto const all = of.children();
    auto const what = of.owner()->shape_of(of.id());
    if (what == shape::select_or_1 || what == shape::select_or)
        return {all[0], all.part(1, all.size() - 2), all.back()};
    return {all[0], all.part(1, all.size() - 1), {}};
}

has_attribute_parts as_has_attribute(node of) {
    auto const all = of.children();
    return {all[0], all.part(1, all.size() - 1)};
}

binary_parts as_binary(node of) {
    auto const all = of.children();
    auto const code =
        static_cast<unsigned>(of.owner()->shape_of(of.id())) - static_cast<unsigned>(shape::binary);
    return {all[0], all[1], static_cast<binary_operator>(code)};
}

binding_parts as_binding(node of) {
    auto const all = of.children();
    return {all.part(0, all.size() - 1), all.back()};
}

inherit_parts as_inherit(node of) {
    auto const all = of.children();
    if (of.owner()->shape_of(of.id()) == shape::inherit_from)
        return {all[0], all.part(1, all.size() - 1)};
    return {{}, all};
}

formals_parts as_formals(node of) {
    return {of.children(), of.owner()->shape_of(of.id()) == shape::formals_open};
}

formal_parts as_formal(node of) {
    if (of.kind() == node_kind::name)
        return {of, {}};
    return {of.child(0), of.child(1)};
}

std::int64_t integer_value(node of) {
    std::int64_t value = 0;
    auto const text = of.text();
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

double floating_value(node of) {
    // strtod and not from_chars, because that is what Nix calls; a number ends where it should.
    return std::strtod(std::string(of.text()).c_str(), nullptr);
}

tree::tree(std::unique_ptr<arena const> content) : content_(std::move(content)) {}
tree::tree(tree&&) noexcept = default;
tree& tree::operator=(tree&&) noexcept = default;
tree::~tree() = default;

node tree::root() const {
    return {content_.get(), content_->root};
}
std::string_view tree::source() const {
    return content_->text;
}
std::string const& tree::name() const {
    return content_->name;
}
std::span<byte_range const> tree::comments() const {
    return content_->comments;
}

std::string_view tree::text_of(byte_range where) const {
    return source().substr(where.begin, where.end - where.begin);
}

std::size_t tree::memory() const {
    return sizeof(arena) + content_->words.capacity() * sizeof(std::uint32_t) +
           content_->comments.capacity() * sizeof(byte_range) +
           content_->long_ends.capacity() * sizeof(content_->long_ends[0]);
}

} // namespace dynix::syntax
