// Private to the grammar: what the rules build into. Every rule leaves the ids of the nodes it made
// on a stack (ids are the grammar's attributes); a node directive takes them off and leaves its
// own.
#pragma once

#include "dynix/syntax/arena.hpp"
#include "dynix/syntax/grammar/scan.hpp"
#include "dynix/syntax/parse.hpp"

#include <cstring>
#include <string_view>

namespace dynix::syntax::grammar {

// Thrown for what no expectation of the grammar says: text that is refused though its shape is
// right. It dies, with X3's own exception, at the door of the room.
struct refusal {
    char const* begin;
    char const* end;
    std::string_view message;
    std::string_view hint;
};

// Thrown at the level that is one too many.
struct too_deep {
    char const* at;
};

class builder {
  public:
    builder(arena& tree, std::size_t deepest)
        : tree_(tree), text_(tree.text.data()), last_(text_ + tree.text.size()), deepest_(deepest) {
    }

    char const* text() const { return text_; }
    char const* last() const { return last_; }
    std::uint32_t offset(char const* at) const { return static_cast<std::uint32_t>(at - text_); }

    // --- trivia: blanks and comments

    // The first character after trivia, which is taken: its comments are recorded.
    char const* skip(char const* at) {
        return behind_trivia(at, [this](char const* begin, char const* end) {
            tree_.comments.push_back({offset(begin), offset(end)});
        });
    }
    // The same to look ahead: nothing is recorded.
    char const* peek(char const* at) const {
        return behind_trivia(at, [](char const*, char const*) {});
    }

    // Called by every token: nodes end where their last token does, before the trivia behind it.
    char const* take(char const* token_end) {
        token_end_ = token_end;
        return skip(token_end);
    }
    void take_without_trivia(char const* token_end) { token_end_ = token_end; }
    char const* token_end() const { return token_end_; }

    // --- words, paths and URIs, which flex tells apart by the longest match

    // Whether a path begins here: path characters* '/' (path character | "${").
    bool path_at(char const* at) {
        if (at < no_path_before_)
            return false;
        auto const* const end = skip_class(at, path_rest);
        if (*end == '/' && slash_makes_path(end))
            return true;
        // No start within this run of path characters can fare better. Without this memory,
        // a.a.a.a... would take quadratic time.
        no_path_before_ = end;
        return false;
    }
    // The end of the URI that begins here, at a letter, or null.
    char const* uri_end(char const* at) {
        if (at < no_uri_before_)
            return nullptr;
        auto const* const colon = skip_class(at, scheme_rest);
        if (*colon == ':' && is(colon[1], uri_rest))
            return skip_class(colon + 1, uri_rest);
        no_uri_before_ = colon;
        return nullptr;
    }
    // Whether the run of identifier characters that ends at `end` is a token of its own.
    bool is_word(char const* begin, char const* end) {
        switch (*end) {
        case '/':
        case '.':
        case '+':
        case ':':
            return !path_at(begin) && (!is(*begin, letter) || uri_end(begin) == nullptr);
        default:
            return true;
        }
    }
    // Whether the keyword `spelled` is the next token.
    bool keyword_at(char const* at, std::string_view spelled) {
        if (std::strncmp(at, spelled.data(), spelled.size()) != 0)
            return false;
        auto const* const end = at + spelled.size();
        return !is(*end, id_rest) && is_word(at, end);
    }
    // Whether the token '.' is next, and not a path, a float or an ellipsis.
    bool dot_at(char const* at) {
        if (*at != '.' || is(at[1], digit) || (at[1] == '.' && at[2] == '.'))
            return false;
        return !path_at(at);
    }

    // --- nodes

    std::size_t mark() const { return ids_.size(); }
    void push(std::uint32_t id) { ids_.push(id); }
    std::uint32_t top() const { return ids_.back(); }
    std::uint32_t at(std::size_t mark) const { return ids_[mark]; }
    bool top_is(shape what) const {
        return !arena::is_inline(top()) && tree_.shape_of(top()) == what;
    }
    void push_variable(char const* at) { ids_.push(offset(at) | variable_tag); }
    void push_name(char const* at) { ids_.push(offset(at) | name_tag); }

    void make_leaf(shape what, char const* begin, char const* end) {
        auto const id = header(what, offset(begin), offset(end), 2);
        ids_.push(id);
    }
    // A node of everything above `mark`.
    void make(shape what, std::uint32_t begin, std::size_t mark) {
        auto const count = ids_.size() - mark;
        auto const known = shape_table[static_cast<std::size_t>(what)].children;
        auto const counted = known == any_number;
        auto const id = header(what, begin, offset(token_end_), 2 + (counted ? 1 : 0) + count);
        auto* to = &tree_.words[id + 2];
        if (counted)
            *to++ = static_cast<std::uint32_t>(count);
        std::memcpy(to, ids_.data() + mark, count * sizeof(std::uint32_t));
        ids_.truncate(mark);
        ids_.push(id);
    }
    // Of two shapes, the one without a count if everything above `mark` fits it.
    void make(shape fixed, shape counted, std::uint32_t begin, std::size_t mark) {
        auto const known = shape_table[static_cast<std::size_t>(fixed)].children;
        make(ids_.size() - mark == known ? fixed : counted, begin, mark);
    }
    std::uint32_t begin_of(std::uint32_t id) const { return tree_.begin_of(id); }

    // --- nesting

    void enter(char const* at) {
        if (++depth_ > deepest_) [[unlikely]]
            throw too_deep{at};
    }
    void leave() { --depth_; }
    void open(char const* at) { openings_.push(offset(at)); }
    void close() { openings_.pop(); }
    word_buffer const& openings() const { return openings_; }

    // Operators that wait for their right side, shared by all operations on the way.
    word_buffer& pending() { return pending_; }

  private:
    // The first character after trivia; `seen(begin, end)` is called for each comment in it.
    template <class Seen>
    char const* behind_trivia(char const* at, Seen const& seen) const {
        for (;;) {
            at = skip_class(at, blank);
            if (*at != '#' && *at != '/')
                return at;
            auto const* const end = comment_end(at);
            if (end == at)
                return at;
            seen(at, end);
            at = end;
        }
    }

    // The end of the comment that begins here; the place itself when none does, or when it has
    // no end (then '/' and '*' are two tokens, as for Nix, and the grammar will refuse them).
    char const* comment_end(char const* at) const {
        auto const left = static_cast<std::size_t>(last_ - at);
        if (*at == '#') {
            auto const* end = static_cast<char const*>(std::memchr(at, '\n', left));
            end = end != nullptr ? end : last_;
            auto const* const carriage_return =
                static_cast<char const*>(std::memchr(at, '\r', static_cast<std::size_t>(end - at)));
            return carriage_return != nullptr ? carriage_return : end;
        }
        if (at[1] != '*')
            return at;
        auto const found = std::string_view(at, left).find("*/", 2);
        return found == std::string_view::npos ? at : at + found + 2;
    }

    std::uint32_t header(shape what, std::uint32_t begin, std::uint32_t end, std::size_t words) {
        auto const id = static_cast<std::uint32_t>(tree_.words.size());
        auto length = end - begin;
        if (length >= length_limit) [[unlikely]] {
            tree_.long_ends.emplace_back(id, end);
            length = length_limit;
        }
        auto* const to = tree_.words.extend(words);
        to[0] = length << shape_bits | static_cast<std::uint32_t>(what);
        to[1] = begin;
        if (tree_.words.size() >= id_tags_begin) [[unlikely]]
            throw refusal{text_, text_, "the text has too many parts for one tree", {}};
        return id;
    }
    static constexpr std::size_t id_tags_begin = std::size_t(1) << 30;

    arena& tree_;
    char const* text_;
    char const* last_;
    char const* token_end_ = text_;
    char const* no_path_before_ = text_;
    char const* no_uri_before_ = text_;
    std::size_t depth_ = 0;
    std::size_t deepest_;
    word_buffer ids_{256};
    word_buffer openings_{64};
    word_buffer pending_{64};
};

} // namespace dynix::syntax::grammar
