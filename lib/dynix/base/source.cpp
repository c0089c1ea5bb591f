#include "dynix/base/source.hpp"

#include <algorithm>
#include <iterator>

namespace dynix {

namespace {

// The line that begins here, without "\n" or "\r\n".
std::string_view line_at(std::string_view text, std::size_t begin) {
    auto const end = text.find('\n', begin);
    auto const line = text.substr(begin, end - begin);
    return line.substr(0, line.size() - (end != std::string_view::npos && line.ends_with('\r')));
}

} // namespace

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
    return line_at(text_, begins_[number - 1]);
}

excerpt excerpt_of(std::string_view text, std::string_view file, byte_range where) {
    auto const begin = std::min<std::size_t>(where.begin, text.size());
    auto const place = locate(text, begin);
    auto const line_begin = begin - (place.column - 1);
    auto const line = line_at(text, line_begin);
    auto const end = std::min<std::size_t>(where.end, line_begin + line.size());
    return {std::string(file), place, end > begin ? end - begin : 1, std::string(line)};
}

} // namespace dynix
