#include "dynix/base/unified_diff.hpp"

#include "dynix/test.hpp"

using dynix::unified_diff;

TEST_CASE("unified diffs are those of diff -u") {
    struct {
        std::string before;
        std::string after;
        std::string text;
    } const table[] = {
        {"a\nb\n", "a\nb\n", ""},
        {"a\nb\nc\n", "a\nx\nc\n", "--- s\n+++ d\n@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"},
        {"", "a\n", "--- s\n+++ d\n@@ -0,0 +1 @@\n+a\n"},
        {"a\n", "", "--- s\n+++ d\n@@ -1 +0,0 @@\n-a\n"},
        {"1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
         "--- s\n+++ d\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n"},
        {"a\n2\n3\n4\n5\n6\n7\n8\n9\nb\n", "x\n2\n3\n4\n5\n6\n7\n8\n9\ny\n",
         "--- s\n+++ d\n@@ -1,4 +1,4 @@\n-a\n+x\n 2\n 3\n 4\n@@ -7,4 +7,4 @@\n 7\n 8\n "
         "9\n-b\n+y\n"},
        {"a\n2\n3\n4\n5\n6\nb\n", "x\n2\n3\n4\n5\n6\ny\n",
         "--- s\n+++ d\n@@ -1,7 +1,7 @@\n-a\n+x\n 2\n 3\n 4\n 5\n 6\n-b\n+y\n"},
        {"a\nb\nc\n", "c\na\nb\n", "--- s\n+++ d\n@@ -1,3 +1,3 @@\n+c\n a\n b\n-c\n"},
    };
    for (auto const& [before, after, text] : table) {
        auto const& this_before = before; // clang 14 captures no structured binding
        CAPTURE(this_before);
        CHECK(unified_diff(before, after, "s", "d") == text);
    }
}

TEST_CASE("a very long difference is shown as replaced whole") {
    std::string before;
    std::string after;
    for (int i = 0; i < 5000; ++i) {
        before += "a" + std::to_string(i) + '\n';
        after += "b" + std::to_string(i) + '\n';
    }
    auto const text = unified_diff(before, after, "s", "d");
    CHECK(text.starts_with("--- s\n+++ d\n@@ -1,5000 +1,5000 @@\n-a0\n-a1\n"));
    CHECK(text.ends_with("+b4999\n"));
}
