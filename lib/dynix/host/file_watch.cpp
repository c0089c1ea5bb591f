#include "dynix/host/file_watch.hpp"

#include "dynix/base/unique_fd.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/fanotify.h>
#include <unistd.h>
#include <utility>

namespace dynix::host {
namespace {

class fanotify_watch : public file_watch {
  public:
    explicit fanotify_watch(unique_fd group) : group_(std::move(group)) {}

    std::set<std::int64_t> readers() override {
        alignas(fanotify_event_metadata) std::array<char, 4096> events{};
        for (;;) {
            auto size = ::read(group_.get(), events.data(), events.size());
            if (size <= 0)
                return found_;
            auto const* one = reinterpret_cast<fanotify_event_metadata const*>(events.data());
            for (; FAN_EVENT_OK(one, size); one = FAN_EVENT_NEXT(one, size)) {
                // It comes with the file, opened.
                unique_fd const file(one->fd);
                if (one->pid > 0 && one->pid != ::getpid())
                    found_.insert(one->pid);
            }
        }
    }

  private:
    unique_fd group_;
    std::set<std::int64_t> found_;
};

} // namespace

result<std::unique_ptr<file_watch>> watch_file(std::string const& path) {
    unique_fd group(::fanotify_init(
        FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK, O_RDONLY | O_CLOEXEC | O_LARGEFILE));
    if (group.get() < 0)
        return errno_error("watch the file", path, errno);
    if (::fanotify_mark(group.get(), FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, path.c_str()) != 0)
        return errno_error("watch the file", path, errno);
    return std::unique_ptr<file_watch>(std::make_unique<fanotify_watch>(std::move(group)));
}

} // namespace dynix::host
