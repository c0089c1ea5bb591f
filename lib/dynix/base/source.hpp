// Text with a name, and places in it: byte offsets inside the library, line and column for the
// reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dynix {

// Bytes [begin, end) of a text.
struct byte_range {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;

    friend bool operator==(byte_range const&, byte_range const&) = default;
};

// Line and column, both counted from 1, the column in bytes, as compilers count them.
struct line_column {
    std::size_t line = 1;
    std::size_t column = 1;

    friend bool operator==(line_column const&, line_column const&) = default;
};

// The line and column of a byte offset; an offset past the end means the end.
line_column locate(std::string_view text, std::size_t offset);

// The same for many places of one text, which must outlive the index: one pass over the text, then
// a binary search each.
class line_index {
  public:
    explicit line_index(std::string_view text);

    line_column locate(std::size_t offset) const;

    // A line, counted from 1, without its line break.
    std::string_view line(std::size_t number) const;

  private:
    std::string_view text_;
    std::vector<std::size_t> begins_;
};

// A place in a text together with the line it stands in, so that it outlives the text.
struct excerpt {
    std::string file;      // the name to show, such as a path or "VALUE"
    line_column begin;     // where the place begins
    std::size_t width = 1; // how many bytes of the line belong to it, at least 1
    std::string line;      // the line itself, without its line break
};

// The excerpt of `where` in `text`; a range over several lines is cut at the end of its first line.
excerpt excerpt_of(std::string_view text, std::string_view file, byte_range where);

} // namespace dynix
