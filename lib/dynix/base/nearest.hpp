// "Did you mean": the known words that look most like a mistyped one.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dynix {

// The number of letters to insert, delete, replace or swap with their neighbour to get from one
// word to the other (optimal string alignment distance).
std::size_t edit_distance(std::string_view from, std::string_view to);

// Up to `most` words of `known` that are near enough to `word` to be meant, the nearest first: at
// most a third of the word's letters differ (one may always), and at most two more than in the
// nearest. Upper and lower case do not count.
std::vector<std::string>
nearest(std::string_view word, std::span<std::string const> known, std::size_t most = 3);

// `text` with its ASCII letters in lower case.
std::string lower_case(std::string_view text);

// "did you mean 'a', 'b' or 'c'?", or nothing for no words.
std::string did_you_mean(std::span<std::string const> words);

} // namespace dynix
