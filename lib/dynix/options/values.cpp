#include "dynix/options/values.hpp"

#include <algorithm>
#include <optional>

namespace dynix::options {
namespace {

constexpr std::string_view store = "/nix/store/";
constexpr std::size_t hash_length = 32;

std::optional<double> as_float(syntax::literal const& value) {
    if (auto const* number = value.as<double>())
        return *number;
    if (auto const* number = value.as<std::int64_t>())
        return static_cast<double>(*number);
    return std::nullopt;
}

} // namespace

bool is_null(syntax::literal const& value) {
    return value.as<std::monostate>() != nullptr;
}

bool is_set(syntax::literal const& value) {
    return value.as<syntax::literal::attribute_set>() != nullptr;
}

bool is_collection(syntax::literal const& value) {
    return is_set(value) || value.as<syntax::literal::list>() != nullptr;
}

bool less(syntax::literal const& left, syntax::literal const& right) {
    auto const* a = left.as<std::int64_t>();
    auto const* b = right.as<std::int64_t>();
    if (a != nullptr && b != nullptr)
        return *a < *b;
    auto const x = as_float(left);
    auto const y = as_float(right);
    return x && y && *x < *y;
}

bool equal_in_nix(syntax::literal const& left, syntax::literal const& right) {
    if (auto const* items = left.as<syntax::literal::list>()) {
        auto const* others = right.as<syntax::literal::list>();
        return others != nullptr &&
               std::equal(
                   items->begin(), items->end(), others->begin(), others->end(), equal_in_nix);
    }
    if (auto const* members = left.as<syntax::literal::attribute_set>()) {
        auto const* others = right.as<syntax::literal::attribute_set>();
        return others != nullptr && members->size() == others->size() &&
               std::all_of(members->begin(), members->end(), [&](auto const& one) {
                   return std::any_of(others->begin(), others->end(), [&](auto const& other) {
                       return one.name == other.name && equal_in_nix(one.value, other.value);
                   });
               });
    }
    if (left.value.index() == right.value.index())
        return left == right;
    auto const x = as_float(left);
    auto const y = as_float(right);
    return x && y && *x == *y;
}

bool is_in_store(std::string_view text) {
    if (!text.starts_with(store))
        return false;
    auto const name = text.substr(store.size());
    auto const hash = name.substr(0, hash_length);
    return name.size() > hash_length + 1 && name[hash_length] == '-' &&
           name[hash_length + 1] != '/' &&
           hash.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz") == std::string_view::npos;
}

bool is_store_path(std::string_view text) {
    return is_in_store(text) && text.find('/', store.size()) == std::string_view::npos;
}

} // namespace dynix::options
