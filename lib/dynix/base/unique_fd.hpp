// A file descriptor that is closed with its owner; every one that dynix keeps open is one of these.
#pragma once

#include <unistd.h>
#include <utility>

namespace dynix {

class unique_fd {
  public:
    explicit unique_fd(int number = -1) : number_(number) {}
    unique_fd(unique_fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    unique_fd& operator=(unique_fd&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    unique_fd(unique_fd const&) = delete;
    unique_fd& operator=(unique_fd const&) = delete;
    ~unique_fd() {
        if (number_ >= 0)
            ::close(number_);
    }
    int get() const { return number_; }
    // The number, which is the caller's to close from then on.
    [[nodiscard]] int release() { return std::exchange(number_, -1); }
    explicit operator bool() const { return number_ >= 0; }

  private:
    int number_;
};

} // namespace dynix
