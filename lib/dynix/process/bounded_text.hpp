// Keeps the head and the tail of a text of any length.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dynix::process {

class bounded_text {
  public:
    // `limit` bytes are kept at most: half of them from the head, half from the tail.
    explicit bounded_text(std::size_t limit) : half_(limit / 2) {}

    void append(std::string_view more);

    // The text; where bytes are left out, a line of its own says how many.
    std::string text() const;

  private:
    std::size_t half_;
    std::size_t dropped_ = 0;
    std::string head_;
    std::string tail_;
};

} // namespace dynix::process
