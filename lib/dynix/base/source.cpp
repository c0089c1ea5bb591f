#include "dynix/base/source.hpp"

#include <algorithm>
#include <iterator>

namespace dynix {

line_column locate(std::string_view text, std::size_t offset) {
    auto const before = text.substr(0, std::min(offset, text.size()));
    auto const last_break = before.rfind('\n');
    return {
        static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1,
        last_break == std::string_view::npos ? before.size() + 1 : before.size() - last_break};
}

line_index::line_index(std::string_view text) : text_(text), begins_{0} {
    for (auto at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
        begins_.push_back(at + 1);
}

line_column line_index::locate(std::size_t offset) const {
    offset = std::min(offset, text_.size());
    auto const after = std::upper_bound(begins_.begin(), begins_.end(), offset);
    return {static_cast<std::size_t>(after - begins_.begin()), offset - *std::prev(after) + 1};
}

std::string_view line_index::line(std::size_t number) const {
    auto const rest = text_.substr(begins_[number - 1]);
    return rest.substr(0, rest.find('\n'));
}

excerpt excerpt_of(std::string_view text, std::string_view file, byte_range where) {
    auto const begin = std::min<std::size_t>(where.begin, text.size());
    auto const place = locate(text, begin);
    auto const line_begin = begin - (place.column - 1);
    auto const line_end = std::min(text.find('\n', begin), text.size());
    auto const end = std::clamp<std::size_t>(where.end, begin, line_end);
    return {
        std::string(file), place, std::max<std::size_t>(end - begin, 1),
        std::string(text.substr(line_begin, line_end - line_begin))};
}

} // namespace dynix
