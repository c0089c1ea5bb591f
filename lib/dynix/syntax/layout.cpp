#include "dynix/syntax/layout.hpp"

#include <algorithm>
#include <limits>

namespace dynix::syntax {

namespace {

constexpr auto too_wide = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t level_width = 2;

} // namespace

// From the last piece to the first, so that what follows a group is known when it begins.
void layout::measure() {
    struct group {
        std::uint64_t end; // columns from the first place to break behind it to the end of all
        bool forced = false;
    };
    std::vector<group> groups;
    std::uint64_t columns = 0; // from here to the end of all, on one line
    std::uint64_t last_break = 0;
    for (auto at = entries_.rbegin(); at != entries_.rend(); ++at) {
        switch (at->kind) {
        case piece::text:
            columns += at->bytes.size();
            if (!groups.empty() && at->bytes.find('\n') != std::string_view::npos)
                groups.back().forced = true;
            break;
        case piece::hard_line:
            if (!groups.empty())
                groups.back().forced = true;
            last_break = columns;
            break;
        case piece::line:
        case piece::soft_line:
            columns += at->kind == piece::line ? 1U : 0U;
            last_break = columns;
            break;
        case piece::close:
            groups.push_back({last_break});
            break;
        case piece::open: {
            auto const [end, forced] = groups.back();
            groups.pop_back();
            at->needed = forced ? too_wide
                                : static_cast<std::uint32_t>(
                                      std::min<std::uint64_t>(columns - end, too_wide - 1));
            if (forced && !groups.empty())
                groups.back().forced = true;
            break;
        }
        default:
            break;
        }
    }
}

std::string layout::render() {
    measure();
    std::string out;
    std::vector<bool> broken; // for each group around
    std::size_t level = 0;
    std::size_t column = 0;
    std::size_t unbroken = 0;
    bool at_line_start = false;
    auto const write = [&](std::string_view bytes) {
        if (bytes.empty())
            return;
        if (at_line_start) {
            column = std::min(level * level_width, deepest_column);
            out.append(column, ' ');
            at_line_start = false;
        }
        out += bytes;
        auto const line_break = bytes.rfind('\n');
        column = line_break == std::string_view::npos ? column + bytes.size()
                                                      : bytes.size() - line_break - 1;
    };
    auto const break_line = [&] {
        out += '\n';
        at_line_start = true;
    };
    for (auto const& one : entries_) {
        auto const is_broken = !broken.empty() && broken.back();
        switch (one.kind) {
        case piece::text:
            write(one.bytes);
            break;
        case piece::hard_line:
            break_line();
            break;
        case piece::line:
        case piece::soft_line:
            if (is_broken)
                break_line();
            else
                write(one.kind == piece::line ? " " : "");
            break;
        case piece::if_broken:
            write(is_broken ? one.bytes : "");
            break;
        case piece::open: {
            auto const begin =
                at_line_start ? std::min(level * level_width, deepest_column) : column;
            broken.push_back(
                one.needed == too_wide || (unbroken == 0 && begin + one.needed > width));
            break;
        }
        case piece::close:
            broken.pop_back();
            break;
        case piece::indent:
            ++level;
            break;
        case piece::dedent:
            --level;
            break;
        case piece::begin_unbroken:
            ++unbroken;
            break;
        case piece::end_unbroken:
            --unbroken;
            break;
        }
    }
    return out;
}

} // namespace dynix::syntax
