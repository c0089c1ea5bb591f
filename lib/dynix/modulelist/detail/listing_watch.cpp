#include "dynix/modulelist/detail/listing_watch.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <sys/inotify.h>
#include <unistd.h>

namespace dynix::modulelist::detail {

listing_watch::listing_watch(std::vector<std::string> const& folders)
    : events_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    for (auto const& folder : folders) {
        auto const number =
            events_ ? ::inotify_add_watch(events_.get(), folder.c_str(), IN_ACCESS | IN_ONLYDIR)
                    : -1;
        if (number < 0 && errno != ENOENT && found_.empty())
            found_ = folder;
        watched_.push_back({number, folder});
    }
}

std::string listing_watch::looked_through() {
    std::array<char, 64 * 1024> read{};
    for (auto size = ::read(events_.get(), read.data(), read.size()); size > 0;
         size = ::read(events_.get(), read.data(), read.size())) {
        for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
            ::inotify_event event{};
            std::memcpy(&event, read.data() + at, sizeof event);
            at += sizeof event + event.len;
            // inotify(7): the name of a file in the folder, where it is not the folder's own event.
            bool const is_own = (event.mask & IN_ISDIR) != 0 && event.len == 0;
            bool const is_lost = (event.mask & IN_Q_OVERFLOW) != 0;
            auto const one =
                std::ranges::find_if(watched_, [is_lost, of = event.wd](auto const& it) {
                    return is_lost || it.number == of;
                });
            if (found_.empty() && (is_own || is_lost) && one != watched_.end())
                found_ = one->folder;
        }
    }
    return found_;
}

} // namespace dynix::modulelist::detail
