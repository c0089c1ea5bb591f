// Reading and printing Boost.JSON documents. The members of a record: json_record.hpp.
//
// For .cpp files only: no public header shows a JSON library type (the door check refuses it).
#pragma once

#include "dynix/base/result.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

namespace dynix::json {

// How deep a document may nest; a plan or a state is under ten levels deep.
inline constexpr std::size_t deepest = 256;

// The document in `text`, whose top level must be an object. Errors have file, line and column.
result<boost::json::object> parse_record(std::string_view text, std::string_view file);

// The text of a document, two spaces an indentation, with a final newline. Strings that are not
// UTF-8 have their bad bytes replaced by U+FFFD, because JSON text must be UTF-8 (RFC 8259, 8.1).
std::string print(boost::json::value const& document);

} // namespace dynix::json
