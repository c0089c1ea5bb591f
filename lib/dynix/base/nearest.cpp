#include "dynix/base/nearest.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace dynix {

std::size_t edit_distance(std::string_view from, std::string_view to) {
    // Three rows of the usual table: the swap looks two rows back.
    std::vector<std::size_t> before(to.size() + 1), row(to.size() + 1), next(to.size() + 1);
    std::iota(row.begin(), row.end(), 0U);
    for (std::size_t i = 1; i <= from.size(); ++i) {
        next[0] = i;
        for (std::size_t k = 1; k <= to.size(); ++k) {
            auto const same = from[i - 1] == to[k - 1];
            next[k] = std::min({row[k] + 1, next[k - 1] + 1, row[k - 1] + (same ? 0U : 1U)});
            if (i > 1 && k > 1 && from[i - 1] == to[k - 2] && from[i - 2] == to[k - 1])
                next[k] = std::min(next[k], before[k - 2] + 1);
        }
        std::swap(before, row);
        std::swap(row, next);
    }
    return row.back();
}

std::vector<std::string>
nearest(std::string_view word, std::span<std::string const> known, std::size_t most) {
    auto const limit = std::max<std::size_t>(1, word.size() / 3);
    std::vector<std::pair<std::size_t, std::string>> near;
    for (auto const& candidate : known) {
        auto const longer = std::max(candidate.size(), word.size());
        if (longer - std::min(candidate.size(), word.size()) > limit)
            continue;
        if (auto const distance = edit_distance(word, candidate); distance <= limit)
            near.emplace_back(distance, candidate);
    }
    std::stable_sort(near.begin(), near.end(), [](auto& a, auto& b) { return a.first < b.first; });
    std::vector<std::string> out;
    for (auto const& [distance, candidate] : near)
        if (out.size() < most)
            out.push_back(candidate);
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
