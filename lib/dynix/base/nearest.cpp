#include "dynix/base/nearest.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace dynix {
namespace {

// How many more letters than in the nearest word may differ in the others.
constexpr std::size_t further = 2;

using three_rows = std::array<std::vector<std::size_t>, 3>;

// The distance, or more than `limit` when it is more. Three rows of the usual table: the swap looks
// two rows back, so two rows over the limit end it.
std::size_t
distance_up_to(std::string_view from, std::string_view to, std::size_t limit, three_rows& table) {
    // What both begin and end with costs nothing.
    auto const begin = std::mismatch(from.begin(), from.end(), to.begin(), to.end());
    from.remove_prefix(static_cast<std::size_t>(begin.first - from.begin()));
    to.remove_prefix(static_cast<std::size_t>(begin.second - to.begin()));
    auto const end = std::mismatch(from.rbegin(), from.rend(), to.rbegin(), to.rend());
    from.remove_suffix(static_cast<std::size_t>(end.first - from.rbegin()));
    to.remove_suffix(static_cast<std::size_t>(end.second - to.rbegin()));
    auto& [before, row, next] = table;
    before.assign(to.size() + 1, 0);
    row.resize(to.size() + 1);
    next.resize(to.size() + 1);
    std::iota(row.begin(), row.end(), 0U);
    std::size_t last_least = 0;
    for (std::size_t i = 1; i <= from.size(); ++i) {
        next[0] = i;
        auto least = i;
        for (std::size_t k = 1; k <= to.size(); ++k) {
            auto const same = from[i - 1] == to[k - 1];
            next[k] = std::min({row[k] + 1, next[k - 1] + 1, row[k - 1] + (same ? 0U : 1U)});
            if (i > 1 && k > 1 && from[i - 1] == to[k - 2] && from[i - 2] == to[k - 1])
                next[k] = std::min(next[k], before[k - 2] + 1);
            least = std::min(least, next[k]);
        }
        if (least > limit && last_least > limit)
            return least;
        last_least = least;
        std::swap(before, row);
        std::swap(row, next);
    }
    return row.back();
}

} // namespace

std::size_t edit_distance(std::string_view from, std::string_view to) {
    three_rows table;
    return distance_up_to(from, to, std::max(from.size(), to.size()), table);
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (auto& c : lower)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

std::vector<std::string>
nearest(std::string_view word, std::span<std::string const> known, std::size_t most) {
    auto const wanted = lower_case(word);
    auto limit = std::max<std::size_t>(1, word.size() / 3);
    std::vector<std::pair<std::size_t, std::string_view>> near;
    three_rows table;
    for (std::string_view candidate : known) {
        auto const longer = std::max(candidate.size(), word.size());
        if (longer - std::min(candidate.size(), word.size()) > limit)
            continue;
        auto const distance = distance_up_to(wanted, lower_case(candidate), limit, table);
        if (distance > limit)
            continue;
        near.emplace_back(distance, candidate);
        limit = std::min(limit, distance + further);
    }
    std::stable_sort(near.begin(), near.end(), [](auto& a, auto& b) { return a.first < b.first; });
    std::vector<std::string> out;
    for (auto const& [distance, candidate] : near)
        if (out.size() < most && distance <= limit)
            out.emplace_back(candidate);
    return out;
}

std::string did_you_mean(std::span<std::string const> words) {
    if (words.empty())
        return {};
    std::string out = "did you mean ";
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0)
            out += i + 1 == words.size() ? " or " : ", ";
        out += '\'' + words[i] + '\'';
    }
    return out + '?';
}

} // namespace dynix
