// Private to the printer: what writes each kind of node.
#pragma once

#include "dynix/syntax/print_queue.hpp"

#include <string>
#include <string_view>

namespace dynix::syntax {

// Writes one node after the other (print_queue); the functions stand by subject in the files named.
class printer : print_queue {
  public:
    std::string run(node root);

  private:
    // print.cpp
    void write(node of, place where, manner how);
    void write_parenthesized(node of);
    void write_bare(node of, place where, manner how);

    // print_operations.cpp: operations, calls and selections
    void write_binary(node of, place where, manner how);
    void write_apply(node of);
    void write_select(node of);

    // print_scopes.cpp: what has a body: if, with, let, functions
    void write_if(node of, manner how);
    void write_with(node of);
    void write_let(node of);
    // What follows the ':' of a function or the ';' of a `with`.
    void put_body(node body, bool indents);
    void write_lambda(node of);
    void write_formals(node of);

    // print_strings.cpp: strings and paths
    void write_path(node of);
    void write_interpolation(node of);
    void write_string(node of, std::string_view quote);
    void write_indented_string(node of);

    // print_sets.cpp: lists and sets
    void write_list(node of);
    void write_set(std::string_view opening, node of, manner how);
    void write_binding(node of);
    void write_inherit(node of);
    void put_path(node_list path);
};

} // namespace dynix::syntax
