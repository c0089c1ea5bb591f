#include "dynix/process/bounded_text.hpp"

#include "dynix/test.hpp"

using dynix::process::bounded_text;

TEST_CASE("a text within the limit is kept whole") {
    bounded_text text(10);
    text.append("hello");
    text.append("world");
    CHECK(text.text() == "helloworld");
}

TEST_CASE("of a longer text head and tail are kept, whatever the pieces") {
    for (std::size_t const piece : {1U, 3U, 7U, 40U, 1000U}) {
        CAPTURE(piece);
        std::string all;
        for (int i = 0; all.size() < 1000; ++i)
            all += std::to_string(i) + ' ';
        bounded_text text(20);
        for (std::size_t at = 0; at < all.size(); at += piece)
            text.append(std::string_view(all).substr(at, piece));
        CHECK(
            text.text() == all.substr(0, 10) + "\n[" + std::to_string(all.size() - 20) +
                               " bytes left out]\n" + all.substr(all.size() - 10));
    }
}
