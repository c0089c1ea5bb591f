#pragma once

#include "dynix/base/unique_fd.hpp"
#include "dynix/test.hpp"

#include <array>
#include <string>
#include <sys/inotify.h>
#include <unistd.h>

namespace dynix::evaluation {

// For tests: tells whether somebody lists a folder (inotify(7)).
class test_opened_folder {
  public:
    explicit test_opened_folder(std::string const& folder) {
        REQUIRE(watch_);
        REQUIRE(::inotify_add_watch(watch_.get(), folder.c_str(), IN_OPEN | IN_ONLYDIR) >= 0);
    }

    // Since the last question.
    bool was_listed() const {
        alignas(inotify_event) std::array<char, 4096> events{};
        bool found = false;
        for (auto size = ::read(watch_.get(), events.data(), events.size()); size > 0;
             size = ::read(watch_.get(), events.data(), events.size()))
            for (auto const* at = events.data(); at < events.data() + size;) {
                auto const* const event = reinterpret_cast<inotify_event const*>(at);
                found = found || (event->mask & IN_ISDIR) != 0;
                at += sizeof(inotify_event) + event->len;
            }
        return found;
    }

  private:
    unique_fd watch_{::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)};
};

} // namespace dynix::evaluation
