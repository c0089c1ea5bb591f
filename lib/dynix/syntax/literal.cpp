#include "dynix/syntax/literal.hpp"

#include <utility>

namespace dynix::syntax {

literal::literal() = default;
literal::literal(bool it) : value(it) {}
literal::literal(std::int64_t it) : value(it) {}
literal::literal(double it) : value(it) {}
literal::literal(std::string it) : value(std::move(it)) {}
literal::literal(literal_path it) : value(std::move(it)) {}
literal::literal(list it) : value(std::move(it)) {}
literal::literal(attribute_set it) : value(std::move(it)) {}
literal::literal(literal const& other) = default;
literal::literal(literal&& other) noexcept = default;

// Through a copy or a move, so that what was here goes the way of the destructor.
literal& literal::operator=(literal const& other) {
    literal copy(other);
    value.swap(copy.value);
    return *this;
}
literal& literal::operator=(literal&& other) noexcept {
    literal moved(std::move(other));
    value.swap(moved.value);
    return *this;
}

namespace {

// Moves what `from` holds to `to`, if it holds values that may hold values.
void take_content(literal::value_type& from, literal::list& to) {
    if (auto* const items = std::get_if<literal::list>(&from)) {
        for (auto& item : *items)
            to.push_back(std::move(item));
        items->clear();
    } else if (auto* const attributes = std::get_if<literal::attribute_set>(&from)) {
        for (auto& attribute : *attributes)
            to.push_back(std::move(attribute.value));
        attributes->clear();
    }
}

} // namespace

literal::~literal() {
    if (!std::holds_alternative<list>(value) && !std::holds_alternative<attribute_set>(value))
        return;
    list doomed;
    take_content(value, doomed);
    while (!doomed.empty()) {
        auto last = std::move(doomed.back().value);
        doomed.pop_back();
        take_content(last, doomed);
    }
}

bool operator==(literal const& left, literal const& right) {
    return left.value == right.value;
}

bool operator==(literal_attribute const& left, literal_attribute const& right) {
    return left.name == right.name && left.value == right.value;
}

} // namespace dynix::syntax
