// Private to the room: a growing array of 32-bit words that gives unused memory back in place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace dynix::syntax {

// Beside std::vector: growing needs no copy where realloc can extend, and shrinking none at all.
class word_buffer {
  public:
    word_buffer() = default;
    explicit word_buffer(std::size_t capacity) { reallocate(capacity); }
    word_buffer(word_buffer&& other) noexcept
        : words_(std::exchange(other.words_, nullptr)), size_(std::exchange(other.size_, 0)),
          capacity_(std::exchange(other.capacity_, 0)) {}
    word_buffer& operator=(word_buffer&& other) noexcept {
        std::swap(words_, other.words_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
        return *this;
    }
    word_buffer(word_buffer const&) = delete;
    word_buffer& operator=(word_buffer const&) = delete;
    ~word_buffer() { std::free(words_); }

    std::size_t size() const { return size_; }
    std::size_t capacity() const { return capacity_; }
    std::uint32_t const* data() const { return words_; }
    std::uint32_t operator[](std::size_t index) const { return words_[index]; }
    std::uint32_t& operator[](std::size_t index) { return words_[index]; }
    std::uint32_t back() const { return words_[size_ - 1]; }

    void push(std::uint32_t word) {
        if (size_ == capacity_) [[unlikely]]
            reallocate(capacity_ * 2 + 64);
        words_[size_++] = word;
    }
    // Room for `count` more words, which the caller fills in at once.
    std::uint32_t* extend(std::size_t count) {
        if (capacity_ - size_ < count) [[unlikely]]
            reallocate((capacity_ + count) * 2);
        auto* const place = words_ + size_;
        size_ += count;
        return place;
    }
    void pop() { --size_; }
    void truncate(std::size_t size) { size_ = size; }
    void shrink_to_fit() {
        if (size_ != 0)
            reallocate(size_);
    }

  private:
    void reallocate(std::size_t capacity) {
        auto* const moved = std::realloc(words_, capacity * sizeof(std::uint32_t));
        if (moved == nullptr)
            throw std::bad_alloc();
        words_ = static_cast<std::uint32_t*>(moved);
        capacity_ = capacity;
    }

    std::uint32_t* words_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

} // namespace dynix::syntax
