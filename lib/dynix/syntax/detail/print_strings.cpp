// The printer: strings and paths.
#include "dynix/syntax/detail/printer.hpp"
#include "dynix/syntax/indented_lines.hpp"

namespace dynix::syntax {

void printer::write_path(node of) {
    if (of.children().empty()) {
        write_token(of.text(), glue::path);
        return;
    }
    // The first text meets what is in front, the last piece what follows.
    write_token(of.child(0).text(), glue::path, glue::none);
    for (auto const one : of.children().part(1, of.children().size() - 1))
        put(one);
    put(end_of_path);
}

void printer::write_interpolation(node of) {
    put("${");
    put(piece::begin_unbroken);
    put(of.child(0));
    put(piece::end_unbroken);
    put("}");
}

void printer::write_string(node of, std::string_view quote) {
    if (of.children().empty()) {
        write_token(of.text());
        return;
    }
    put(quote);
    for (auto const one : of.children())
        put(one);
    put(quote);
}

void printer::write_indented_string(node of) {
    auto const lines = lines_of(of);
    if (!lines) {
        write_string(of, "''");
        return;
    }
    put("''");
    put(piece::indent);
    for (auto const& one : lines->pieces) {
        if (one.begins_line)
            put(piece::hard_line);
        if (one.blanks != 0)
            put_blanks(one.blanks);
        if (one.interpolation)
            put(one.interpolation);
        else
            put(one.text);
    }
    put(piece::dedent);
    if (lines->ends_on_own_line)
        put(piece::hard_line);
    put("''");
}

} // namespace dynix::syntax
