// doctest, and how it shows a result: its error as the user would read it.
#pragma once

#include "dynix/base/result.hpp"

#include <doctest/doctest.h>

template <class T>
struct doctest::StringMaker<dynix::result<T>> {
    static String convert(dynix::result<T> const& value) {
        return value.has_value() ? String("a value") : String(dynix::render(value.error()).c_str());
    }
};
