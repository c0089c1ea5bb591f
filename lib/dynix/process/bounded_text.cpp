#include "dynix/process/bounded_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace dynix::process {

void bounded_text::append(std::string_view more) {
    auto const to_head = std::min(more.size(), half_ - head_.size());
    head_.append(more.substr(0, to_head));
    tail_.append(more.substr(to_head));
    // Trimmed only when twice too long, so that each byte is moved once on average.
    if (tail_.size() > 2 * half_) {
        auto const surplus = tail_.size() - half_;
        tail_.erase(0, surplus);
        dropped_ += surplus;
    }
}

std::string bounded_text::text() const {
    if (dropped_ == 0 && tail_.size() <= half_)
        return head_ + tail_;
    auto const surplus = tail_.size() > half_ ? tail_.size() - half_ : 0;
    return fmt::format(
        "{}\n[{} bytes left out]\n{}", head_, dropped_ + surplus,
        std::string_view(tail_).substr(surplus));
}

} // namespace dynix::process
