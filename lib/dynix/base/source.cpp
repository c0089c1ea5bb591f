#include "dynix/base/source.hpp"

#include <algorithm>

namespace dynix {

line_column locate(std::string_view text, std::size_t offset) {
    auto const before = text.substr(0, std::min(offset, text.size()));
    auto const last_break = before.rfind('\n');
    return {
        static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1,
        last_break == std::string_view::npos ? before.size() + 1 : before.size() - last_break};
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
