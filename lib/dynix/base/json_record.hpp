// Reading the members of a JSON record one after the other, for every format that dynix keeps as a
// record (FORMATS.md). options.json is read as a stream instead: a tree of it would take longer
// than all the rest of `dynix append` (options/detail/schema_read.cpp).
//
// For .cpp files only, as json.hpp.
#pragma once

#include "dynix/base/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dynix::json {

// A record that is being read. The first error is kept, and says where it is ("plan.json: units[2]:
// member 'name' is missing"); what cannot be read gives an empty value, so ask once, at the end.
// Members that are not asked for are left alone, so that a later dynix can add some.
//
// Does not own the document. One thread.
class record_reader {
  public:
    // `place` names the record in messages; `failed` is shared with the records inside of it.
    record_reader(
        boost::json::object const& record, std::string place, std::optional<error>& failed)
        : record_(&record), place_(std::move(place)), failed_(&failed) {}

    bool has(std::string_view name) const { return record_->if_contains(name) != nullptr; }
    bool has_value(std::string_view name) const; // and it is not null
    std::vector<std::string> names() const;      // of all members, in their order

    // A text without NUL bytes: what is read ends up in command lines and names of files.
    std::string text(std::string_view name);
    std::optional<std::string> text_or_null(std::string_view name);
    std::int64_t integer(std::string_view name);
    bool truth(std::string_view name);
    std::vector<std::string> texts(std::string_view name);
    // The JSON text of a member of any type; "null" when there is none.
    std::string json_text(std::string_view name) const;

    // Members that an older dynix did not write.
    std::string text_or(std::string_view name, std::string otherwise);
    std::int64_t integer_or(std::string_view name, std::int64_t otherwise);
    bool truth_or(std::string_view name, bool otherwise);

    // The record that is member `name`.
    record_reader inner(std::string_view name);

    // Gives `read` each record of the array that is member `name`, as a record_reader&.
    template <class Read>
    void each(std::string_view name, Read const& read) {
        for (auto& one : records(name)) {
            if (*failed_)
                return;
            read(one);
        }
    }

    // Refuses another version than `known`; `hint` says what to do then.
    void expect_version(std::int64_t known, std::string hint);
    // Refuses what the record says: "<place>: <what>".
    void refuse(std::string_view what, std::string hint = {});
    // The same with an error of another room, unless it is none.
    void check(result<void> const& good);

    std::string const& place() const { return place_; }

  private:
    boost::json::value const* find(std::string_view name);
    // As find, of a type that `is` accepts; `expected` names it.
    boost::json::value const* find(
        std::string_view name, bool (boost::json::value::*is)() const noexcept,
        char const* expected);
    std::vector<record_reader> records(std::string_view name);

    boost::json::object const* record_;
    std::string place_;
    std::optional<error>* failed_;
};

// Reads the record in `text` with `read(record_reader&)`, whose value is the result unless there
// was an error. `file` is the name of the text in messages; `hint` is what to do about an error
// that says nothing of it.
template <class Read>
auto read_record(
    std::string_view text, std::string_view file, Read const& read, std::string_view hint = {})
    -> result<decltype(read(std::declval<record_reader&>()))> {
    auto const with_hint = [&](error failed) {
        if (failed.hint.empty())
            failed.hint = hint;
        return failed;
    };
    auto const record = parse_record(text, file);
    if (!record)
        return with_hint(record.error());
    std::optional<error> failed;
    record_reader top(*record, std::string(file), failed);
    auto value = read(top);
    if (failed)
        return with_hint(std::move(*failed));
    return value;
}

} // namespace dynix::json
