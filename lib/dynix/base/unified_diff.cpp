#include "dynix/base/unified_diff.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <vector>

namespace dynix {
namespace {

constexpr std::size_t context = 3;
// Above this many cells the table of common subsequences would take too much memory; the differing
// middle is then shown as replaced whole.
constexpr std::size_t largest_table = 4'000'000;

struct edit {
    char mark; // ' ', '-' or '+'
    std::string_view line;
};

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        auto const end = text.find('\n');
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

using lines = std::vector<std::string_view>;

void edit_middle(
    lines const& a, lines const& b, std::size_t first, std::size_t a_end, std::size_t b_end,
    std::vector<edit>& edits) {
    auto const rows = a_end - first;
    auto const columns = b_end - first;
    // common[i][j]: length of the longest common subsequence of a from i and b from j.
    bool const fits = rows == 0 || columns <= largest_table / rows;
    std::vector<std::uint32_t> common(fits ? (rows + 1) * (columns + 1) : 0);
    auto const at = [&](std::size_t i, std::size_t j) -> std::uint32_t& {
        return common[i * (columns + 1) + j];
    };
    if (fits)
        for (auto i = rows; i-- > 0;)
            for (auto j = columns; j-- > 0;)
                at(i, j) = a[first + i] == b[first + j] ? at(i + 1, j + 1) + 1
                                                        : std::max(at(i + 1, j), at(i, j + 1));
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < rows || j < columns) {
        if (fits && i < rows && j < columns && a[first + i] == b[first + j]) {
            edits.push_back({' ', a[first + i++]});
            ++j;
        } else if (i < rows && (j == columns || !fits || at(i + 1, j) >= at(i, j + 1))) {
            edits.push_back({'-', a[first + i++]});
        } else {
            edits.push_back({'+', b[first + j++]});
        }
    }
}

std::vector<edit> edits_between(lines const& a, lines const& b) {
    std::vector<edit> edits;
    std::size_t first = 0;
    while (first < a.size() && first < b.size() && a[first] == b[first])
        edits.push_back({' ', a[first++]});
    auto a_end = a.size();
    auto b_end = b.size();
    while (a_end > first && b_end > first && a[a_end - 1] == b[b_end - 1]) {
        --a_end;
        --b_end;
    }
    edit_middle(a, b, first, a_end, b_end, edits);
    for (; a_end < a.size(); ++a_end)
        edits.push_back({' ', a[a_end]});
    return edits;
}

std::string range(std::size_t before, std::size_t count) {
    // diff counts lines from 1, and names the line before an empty range.
    return count == 1 ? fmt::format("{}", before + 1)
                      : fmt::format("{},{}", count == 0 ? before : before + 1, count);
}

} // namespace

std::string unified_diff(
    std::string_view before, std::string_view after, std::string_view from, std::string_view to) {
    if (before == after)
        return {};
    auto const edits = edits_between(lines_of(before), lines_of(after));
    auto out = fmt::format("--- {}\n+++ {}\n", from, to);
    std::size_t a_line = 0;
    std::size_t b_line = 0;
    for (std::size_t at = 0; at < edits.size();) {
        auto const changed = [](edit const& one) { return one.mark != ' '; };
        auto const next =
            std::find_if(edits.begin() + static_cast<std::ptrdiff_t>(at), edits.end(), changed);
        if (next == edits.end())
            break;
        auto const change = static_cast<std::size_t>(next - edits.begin());
        auto const begin = change - std::min(context, change - at);
        a_line += begin - at;
        b_line += begin - at;
        // The hunk ends where more than two contexts' worth of equal lines follow.
        auto end = change + 1;
        for (auto look = end; look < edits.size() && look <= end + 2 * context; ++look)
            if (changed(edits[look]))
                end = look + 1;
        end = std::min(end + context, edits.size());
        std::size_t a_count = 0;
        std::size_t b_count = 0;
        std::string body;
        for (auto i = begin; i < end; ++i) {
            a_count += edits[i].mark != '+';
            b_count += edits[i].mark != '-';
            body += fmt::format("{}{}\n", edits[i].mark, edits[i].line);
        }
        out +=
            fmt::format("@@ -{} +{} @@\n{}", range(a_line, a_count), range(b_line, b_count), body);
        a_line += a_count;
        b_line += b_count;
        at = end;
    }
    return out;
}

} // namespace dynix
