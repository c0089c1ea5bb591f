#include "dynix/base/json_record.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <utility>

namespace dynix::json {

using boost::json::value;

bool record_reader::has_value(std::string_view name) const {
    auto const* found = record_->if_contains(name);
    return found != nullptr && !found->is_null();
}

std::vector<std::string> record_reader::names() const {
    std::vector<std::string> all;
    for (auto const& [name, unread] : *record_)
        all.emplace_back(name);
    return all;
}

value const* record_reader::find(std::string_view name) {
    auto const* found = record_->if_contains(name);
    if (found == nullptr)
        refuse(fmt::format("member '{}' is missing", name));
    return found;
}

value const* record_reader::find(
    std::string_view name, bool (value::*is)() const noexcept, char const* expected) {
    auto const* found = find(name);
    if (found == nullptr || (found->*is)())
        return found;
    refuse(fmt::format("member '{}' is not {}", name, expected));
    return nullptr;
}

std::string record_reader::text(std::string_view name) {
    auto const* found = find(name, &value::is_string, "a string");
    if (found == nullptr)
        return {};
    auto const& text = found->get_string();
    if (text.find('\0') == boost::json::string::npos)
        return std::string(text);
    refuse(fmt::format("member '{}' has a NUL byte", name));
    return {};
}

std::optional<std::string> record_reader::text_or_null(std::string_view name) {
    auto const* found = record_->if_contains(name);
    if (found != nullptr && found->is_null())
        return std::nullopt;
    return text(name);
}

std::int64_t record_reader::integer(std::string_view name) {
    auto const* found = find(name, &value::is_int64, "an integer");
    return found == nullptr ? 0 : found->get_int64();
}

bool record_reader::truth(std::string_view name) {
    auto const* found = find(name, &value::is_bool, "true or false");
    return found != nullptr && found->get_bool();
}

std::vector<std::string> record_reader::texts(std::string_view name) {
    std::vector<std::string> all;
    auto const* found = find(name, &value::is_array, "an array");
    if (found == nullptr)
        return all;
    for (auto const& item : found->get_array()) {
        if (!item.is_string()) {
            refuse(fmt::format("{}[{}] is not a string", name, all.size()));
            break;
        }
        all.emplace_back(item.get_string());
    }
    return all;
}

std::string record_reader::json_text(std::string_view name) const {
    auto const* found = record_->if_contains(name);
    return found == nullptr ? "null" : boost::json::serialize(*found);
}

std::string record_reader::text_or(std::string_view name, std::string otherwise) {
    return has(name) ? text(name) : std::move(otherwise);
}

std::int64_t record_reader::integer_or(std::string_view name, std::int64_t otherwise) {
    return has(name) ? integer(name) : otherwise;
}

bool record_reader::truth_or(std::string_view name, bool otherwise) {
    return has(name) ? truth(name) : otherwise;
}

record_reader record_reader::inner(std::string_view name) {
    static boost::json::object const none;
    auto const* found = find(name, &value::is_object, "an object");
    return {
        found == nullptr ? none : found->get_object(), fmt::format("{}: {}", place_, name),
        *failed_};
}

std::vector<record_reader> record_reader::records(std::string_view name) {
    std::vector<record_reader> all;
    auto const* found = find(name, &value::is_array, "an array");
    if (found == nullptr)
        return all;
    for (auto const& item : found->get_array()) {
        auto const where = fmt::format("{}[{}]", name, all.size());
        auto const* record = item.if_object();
        if (record == nullptr) {
            refuse(fmt::format("{} is not an object", where));
            break;
        }
        all.emplace_back(*record, fmt::format("{}: {}", place_, where), *failed_);
    }
    return all;
}

void record_reader::expect_version(std::int64_t known, std::string hint) {
    auto const found = integer("version");
    if (found != known && !*failed_)
        *failed_ = make_error(
            fmt::format("{} has version {}, expected {}", place_, found, known), std::move(hint));
}

void record_reader::refuse(std::string_view what, std::string hint) {
    if (!*failed_)
        *failed_ = make_error(fmt::format("{}: {}", place_, what), std::move(hint));
}

void record_reader::check(result<void> const& good) {
    if (!good)
        refuse(good.error().message, good.error().hint);
}

} // namespace dynix::json
