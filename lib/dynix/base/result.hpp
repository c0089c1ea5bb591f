// A value or the error that stands in its place.
#pragma once

#include "dynix/base/error.hpp"

#include <boost/system/result.hpp>

namespace dynix {

// std::expected does not compile with clang 14 on libstdc++ 12; this alias is the only place that
// knows which type is used instead. Use: if (!r) return r.error(); then *r.
template <class T>
using result = boost::system::result<T, error>;

// What result::value() does when there is none: a bug of the caller, so it ends the program.
[[noreturn]] void
throw_exception_from_error(error const& what, boost::source_location const& where);

} // namespace dynix
