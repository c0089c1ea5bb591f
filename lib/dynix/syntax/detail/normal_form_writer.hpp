// Private to normal_form: what writes each kind of node as Nix prints it.
#pragma once

#include "dynix/syntax/arena.hpp"
#include "dynix/syntax/merge.hpp"
#include "dynix/syntax/normal_form.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dynix::syntax {

// The functions stand by subject in the files named.
class normal_form_writer {
  public:
    normal_form_writer(tree const& of, normal_form_options const& options)
        : content_(*of.root().owner()), options_(options), merge_(content_) {}

    std::string run(node root);

  private:
    // Something that is still to be printed.
    struct item {
        enum class what : std::uint8_t { words, name, quoted, expression, set };
        what is;
        std::string_view text; // of words or a name
        // A node's id, a merged set's index, or an index into kept strings.
        std::uint32_t number = 0;
    };

    // What one node is made of is collected in order, then put on the stack in reverse.
    void put(std::string_view words) { parts_.push_back({item::what::words, words}); }
    void put(node expression) { parts_.push_back({item::what::expression, {}, expression.id()}); }
    void put_name(std::string_view name) { parts_.push_back({item::what::name, name}); }
    void put_set(std::uint32_t index) { parts_.push_back({item::what::set, {}, index}); }
    void put_string(std::string value) {
        kept_.push_back(std::move(value));
        parts_.push_back({item::what::quoted, {}, static_cast<std::uint32_t>(kept_.size() - 1)});
    }
    void flush() {
        todo_.insert(todo_.end(), parts_.rbegin(), parts_.rend());
        parts_.clear();
    }

    // normal_form.cpp
    void write_name(std::string_view name);
    void write(node of);

    // normal_form_strings.cpp: strings and paths
    void write_string(node of);
    // The only part of an indented string, if that is an expression.
    static node only_expression(node of);
    void put_sum(node string);
    // The absolute path, without '.', '..' and double slashes.
    std::string absolute(std::string_view path) const;
    std::string path_head(std::string_view text) const;
    void write_path(node of);
    // A stretch of path text may be several tokens for Nix, and so several strings.
    void put_path_pieces(node stretch, bool is_head);

    // normal_form_calls.cpp: calls, operators and functions
    void write_binary(node of);
    // A call of a call is one call with all arguments, and operators without a form of their own
    // are calls too: (a - b) c prints as (__sub a b c).
    void write_call(node of);
    // The function of a call, without parentheses if it is a call itself.
    void put_function(node of);
    void write_lambda(node of);

    // normal_form_sets.cpp: sets
    void put_path(node_list path);
    void put_step(node step);
    void write_set(std::uint32_t index);
    void put_bindings(std::uint32_t index);
    void put_value(node value, std::uint32_t set);
    void put_inherited(std::vector<std::string_view> const& names);
    void put_names(std::vector<std::string_view> const& names);

    arena const& content_;
    normal_form_options const& options_;
    merger merge_;
    std::string text_;
    std::vector<item> parts_;
    std::vector<item> todo_;
    std::vector<std::string> kept_;                        // values of strings to quote
    std::vector<std::unique_ptr<std::string>> kept_words_; // text behind views
};

} // namespace dynix::syntax
