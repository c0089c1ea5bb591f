// A value or the error that stands in its place.
#pragma once

#include "dynix/base/error.hpp"

#include <boost/system/result.hpp>

namespace dynix {

// Use: if (!r) return r.error(); then *r. One that is dropped is a warning: what cannot fail for
// the caller says so with static_cast<void>, and a comment says why.
//
// std::expected does not compile with clang 14 on libstdc++ 12; this class is the only place that
// knows which type is used instead.
template <class T>
class [[nodiscard]] result : public boost::system::result<T, error> {
  public:
    using boost::system::result<T, error>::result;
};

// What result::value() does when there is none: a bug of the caller, so it ends the program.
[[noreturn]] void
throw_exception_from_error(error const& what, boost::source_location const& where);

} // namespace dynix
