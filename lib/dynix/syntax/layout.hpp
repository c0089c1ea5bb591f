// Private to the room: text that is broken into lines where it does not fit.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::syntax {

// A text as pieces in order, after Oppen ("Prettyprinting", 1980) and Wadler: what stands between
// open and close is one line if that fits, else every `line` of it that is not in a further group
// breaks. All passes go over the pieces in order and none recurses.
class layout {
  public:
    // Columns that a line should not exceed: nixfmt's soft limit.
    static constexpr std::size_t width = 100;
    // Indentation stops growing here: else text nested n levels deep would be n * n bytes long.
    static constexpr std::size_t deepest_column = 80;

    enum class piece : std::uint8_t {
        text,           // as it is, also with line breaks
        line,           // a blank, or a line break
        soft_line,      // nothing, or a line break
        hard_line,      // a line break, also of every line of every group around
        if_broken,      // text that is only there when the lines around break
        open,           // a group begins
        close,          // and ends
        indent,         // by one step, from the next line break on
        dedent,         // back again
        begin_unbroken, // from here on no group breaks for its width
        end_unbroken,
    };

    // `bytes` (of text and if_broken) must live as long as the layout.
    void add(piece kind, std::string_view bytes = {}) { entries_.push_back({kind, 0, bytes}); }
    void add_blanks(std::size_t count) { add(piece::text, kept_.emplace_back(count, ' ')); }

    // The whole text, without a final line break.
    std::string render();

  private:
    struct entry {
        piece kind;
        std::uint32_t needed = 0; // of open: the columns up to the first place to break behind it
        std::string_view bytes;
    };

    void measure();

    std::vector<entry> entries_;
    std::deque<std::string> kept_;
};

} // namespace dynix::syntax
