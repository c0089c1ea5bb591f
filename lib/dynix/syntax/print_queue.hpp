// Private to the printer: what is still to be printed, and the tokens that were.
#pragma once

#include "dynix/syntax/grammar/scan.hpp"
#include "dynix/syntax/layout.hpp"
#include "dynix/syntax/parentheses.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::syntax {

// How a node is written beside its usual way.
enum class manner : std::uint8_t {
    usual,
    expanded,  // a set that is a binding's value: over several lines
    continued, // part of the operation or `if` around it, which has its lines
};

// A token that may become one with what follows it.
enum class glue : std::uint8_t { none, number, path, uri, minus };

// Nodes are taken from a stack, and each may leave words, pieces of layout and further nodes there:
// no recursion. Tokens that would be read as another one if they touched get a blank between them.
class print_queue {
  protected:
    using piece = layout::piece;

    struct task {
        node of;
        place where;
        manner how = manner::usual;
    };

    // What one node is made of is put in order...
    void put(std::string_view words) { put(piece::text, words); }
    void put(piece kind, std::string_view words = {}) { parts_.push_back({{}, kind, 0, words}); }
    void put(node of, place where = {}, manner how = manner::usual) {
        parts_.push_back({{of, where, how}, piece::text, 0, {}});
    }
    void put_blanks(std::size_t count) { parts_.push_back({{}, piece::text, count, {}}); }
    // ...and goes on top of the stack, the first part as the next one.
    void flush() {
        todo_.insert(todo_.end(), parts_.rbegin(), parts_.rend());
        parts_.clear();
    }

    // The next node; everything in front of it is written.
    std::optional<task> take() {
        while (!todo_.empty()) {
            auto const next = todo_.back();
            todo_.pop_back();
            if (next.what.of)
                return next.what;
            if (next.blanks != 0)
                out_.add_blanks(next.blanks);
            else if (next.words.data() == end_of_path.data())
                glue_ = glue::path;
            else if (next.kind == piece::text)
                write_token(next.words);
            else
                lay(next.kind, next.words);
        }
        return std::nullopt;
    }

    // Writes a token at once: nothing may have been put before it.
    void write_token(std::string_view words, glue what = glue::none) {
        write_token(words, what, what);
    }
    void write_token(std::string_view words, glue what, glue behind) {
        if (words.empty())
            return;
        if (touches(words[0], what))
            out_.add(piece::text, " ");
        out_.add(piece::text, words);
        glue_ = behind;
    }

    std::string finish() { return out_.render(); }

    // Put behind the pieces of a path: what follows must not continue it.
    static constexpr std::string_view end_of_path = "(path)";

  private:
    struct part {
        task what;
        piece kind;
        std::size_t blanks;
        std::string_view words;
    };

    void lay(piece kind, std::string_view words) {
        if (kind == piece::if_broken && touches(words[0], glue::none))
            out_.add(kind, " ");
        out_.add(kind, words);
        if (kind == piece::line || kind == piece::hard_line)
            glue_ = glue::none;
    }

    bool touches(char first, glue next) const {
        switch (glue_) {
        case glue::number:
            return first == '.';
        case glue::path:
            return grammar::is(first, grammar::path_rest);
        case glue::uri:
            return grammar::is(first, grammar::uri_rest);
        case glue::minus:
            return next == glue::path;
        case glue::none:
            break;
        }
        return false;
    }

    layout out_;
    glue glue_ = glue::none;
    std::vector<part> parts_;
    std::vector<part> todo_;
};

} // namespace dynix::syntax
