#include "dynix/syntax/grammar/hints.hpp"

#include "dynix/syntax/grammar/operators.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace dynix::syntax::grammar {

namespace {

bool is_one_of(std::string_view token, std::initializer_list<std::string_view> these) {
    return std::ranges::find(these, token) != these.end();
}

bool is_word(std::string_view token) {
    return !token.empty() && is(token[0], id_first) && identifier_end(token.data()) == token.end();
}

// Words that begin an expression which no operand can be without parentheses.
bool begins_expression(std::string_view token) {
    return is_one_of(token, {"if", "let", "with", "assert"});
}

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

// Looks at a slip from all sides. The functions whose names begin with `at_` know what was
// expected.
class adviser {
  public:
    explicit adviser(slip const& what)
        : what_(what), text_(what.content.text), token_(what.token), rest_(text_.substr(what.at)) {}

    std::string run() const {
        if (auto hint = of_token(); !hint.empty())
            return hint;
        if (closes_nothing())
            return "nothing is open that this could close";
        if (before("a list item"))
            return at_list_item();
        if (before("a binding"))
            return at_binding();
        if (expects("'='"))
            return at_equals();
        if (expects("to end 'inherit'"))
            return at_inherit();
        if (before("an attribute name") || expects("attribute path"))
            return at_name();
        if (before("an expression"))
            return at_expression();
        if (what_.expected == "'then'" || what_.expected == "'else'")
            return at_condition();
        if (expects("of 'with'") || expects("of 'assert'"))
            return at_with();
        if (expects("argument") || expects("function body") || expects("'...'"))
            return at_formals();
        return behind_value();
    }

  private:
    static constexpr auto value_hint = "a binding is written 'name = value;'";

    bool expects(std::string_view words) const {
        return what_.expected.find(words) != std::string_view::npos;
    }
    bool before(std::string_view words) const { return what_.expected.starts_with(words); }

    // --- what is around

    std::string_view innermost() const {
        auto const& openings = what_.build.openings();
        return openings.size() == 0 ? "" : opening_at(what_.content, openings.back());
    }
    bool is_open(std::string_view opening) const {
        auto const& openings = what_.build.openings();
        for (std::size_t i = 0; i < openings.size(); ++i)
            if (opening_at(what_.content, openings[i]).ends_with(opening))
                return true;
        return false;
    }

    // Whether a closing bracket is one too many, and not just of the wrong kind or too early.
    bool closes_nothing() const {
        return (token_ == ")" && !is_open("(")) || (token_ == "]" && !is_open("[")) ||
               (token_ == "}" && !is_open("{"));
    }

    std::size_t before_blanks(std::size_t at) const {
        while (at > 0 && is(text_[at - 1], blank))
            --at;
        return at;
    }
    // The beginning of the attribute path that ends here, blanks behind it aside.
    std::size_t path_begin() const {
        auto at = before_blanks(what_.at);
        while (at > 0 &&
               (is(text_[at - 1], id_rest) || text_[at - 1] == '.' || text_[at - 1] == '"'))
            --at;
        return at;
    }
    // The last character in front of a place that is no blank; NUL when there is none.
    char character_before(std::size_t at) const {
        at = before_blanks(at);
        return at > 0 ? text_[at - 1] : '\0';
    }
    // Whether the place is the first on its line.
    bool begins_line(std::size_t at) const {
        while (at > 0 && is_blank(text_[at - 1]))
            --at;
        return at == 0 || text_[at - 1] == '\n';
    }
    // Whether there is a blank neither in front of the token nor behind it.
    bool joins_words() const {
        return what_.at > 0 && is(text_[what_.at - 1], id_rest) && rest_.size() > 1 &&
               (is(rest_[1], id_rest) || rest_[1] == '.');
    }
    bool is_path() const { return token_.size() > 1 && token_.find('/') != std::string_view::npos; }
    // The keyword in front of the token; empty when there is none.
    std::string_view keyword_before() const {
        auto const end = before_blanks(what_.at);
        auto begin = end;
        while (begin > 0 && is(text_[begin - 1], id_rest))
            --begin;
        auto const found = text_.substr(begin, end - begin);
        return is_word(found) && word_in(found) != word::identifier ? found : std::string_view();
    }

    // --- tokens that say enough

    std::string of_token() const {
        if (token_.empty())
            return {};
        if (static_cast<unsigned char>(token_[0]) >= 0x80)
            return "outside of strings and comments, Nix text has only ASCII characters";
        if (begins_line(what_.at) && (rest_.starts_with("<<<<<<<") ||
                                      rest_.starts_with("=======") || rest_.starts_with(">>>>>>>")))
            return "git marks what it could not merge so: choose one of the two sides";
        auto const before_token = what_.at > 0 ? text_[what_.at - 1] : ' ';
        if (token_ == "'")
            return "text is quoted with \", or with '' on both sides";
        if (token_ == "//" && before("a list item"))
            return "an operation in a list needs parentheses; a comment begins with '#'";
        if (token_ == "//" || (rest_.starts_with("--") && before("a binding")))
            return "a comment begins with '#'";
        if (rest_.starts_with("=>") || (token_ == "\\" && !is(before_token, id_rest | uri_rest)))
            return "a function is written 'argument: body'";
        if (token_ == "&" || token_ == "|")
            return fmt::format("to combine conditions, write '{0}{0}'", token_);
        return {};
    }

    // --- by what was expected

    std::string at_list_item() const {
        if (token_ == ",")
            return "the items of a list have only blanks between them";
        if (token_ == "=")
            return "a list has values; a binding stands in a set: [ { name = value; } ]";
        if (token_ == ":")
            return "a function in a list needs parentheses: (x: x)";
        if (token_ == ";")
            return "if the list ends here, its ']' is missing; between its items stand only blanks";
        if (token_ == "-")
            return "a negative number in a list needs parentheses: (-1)";
        if (begins_expression(token_))
            return fmt::format("'{}' in a list needs parentheses around all of it", token_);
        if (!token_.empty() && (token_ == "!" || operator_at(token_.data()).found))
            return "an operation in a list needs parentheses";
        return {};
    }

    std::string at_binding() const {
        if (token_ == ";")
            return begins_line(what_.at) && what_.build.openings().size() > 1
                       ? "if this ends the binding of the whole set, the '}' in front of it is "
                         "missing"
                       : "one ';' ends a binding";
        if (token_ == ",")
            return "a binding ends with ';' alone";
        auto const in_let = innermost() == "let";
        auto const is_keyword = is_word(token_) && word_in(token_) != word::identifier;
        auto const names = is_keyword && is_named();
        if (in_let && !names &&
            (begins_expression(token_) ||
             is_one_of(token_, {"", "rec", "{", "}", "[", "]", "(", ")", "\"", "''"})))
            return "if the bindings of 'let' end here, 'in' is missing";
        if (begins_expression(token_) && !names)
            return fmt::format(
                "'{}' begins a value: it stands behind '=', or around the set", token_);
        if (is_one_of(token_, {"in", "then", "else"}) && !names)
            return {}; // more likely a word too many than a name
        if (is_one_of(token_, {"[", "{", "("}) || (is_path() && !is_named()))
            return value_hint;
        return name_hint(token_);
    }
    // Whether the keyword here is followed by what follows a name.
    bool is_named() const {
        auto const next = rest_.find_first_not_of(" \t\r\n", token_.size());
        return next != std::string_view::npos && (rest_[next] == '=' || rest_[next] == '.');
    }

    std::string at_equals() const {
        if (token_.starts_with('.') && token_.size() > 1 && !is_path())
            return name_hint(token_);
        if (token_ == "==")
            return "a binding has one '=': 'name = value;'";
        if (joins_words() && token_.size() == 1 &&
            std::string_view("@+*:/").find(token_[0]) != std::string_view::npos)
            return quoted_name_hint();
        if (innermost() == "let" && is_one_of(token_, {"", ";", "}", ")", "]"}))
            return "if the bindings of 'let' end in front of this name, 'in' is missing";
        if (is_word(token_))
            return "a binding is written 'name = value;', arguments of a function 'a, b'";
        return value_hint;
    }
    // A name around a character that only strings have.
    std::string quoted_name_hint() const {
        auto begin = std::size_t(what_.at);
        while (begin > 0 && is(text_[begin - 1], id_rest))
            --begin;
        auto const end =
            std::min(text_.find_first_of(" \t\r\n.=;{}()[]\"", what_.at), text_.size());
        return fmt::format(
            "a name with '{}' needs quotes: \"{}\"", token_, text_.substr(begin, end - begin));
    }

    std::string at_inherit() const {
        if (token_ == ",")
            return "the names behind 'inherit' have only blanks between them";
        if (token_ == ".")
            return "to inherit from a set, write 'inherit (set) name;'";
        if (token_ == "=")
            return begins_line(path_begin())
                       ? "if this line is a binding of its own, the one before it lacks its ';'"
                       : "'inherit' takes names alone; a binding is written 'name = value;'";
        return name_hint(token_);
    }

    std::string at_name() const {
        if (token_ == "''")
            return "a name is quoted with \" alone";
        if (expects("'?'"))
            return "a choice is written 'if a then b else c'";
        return name_hint(token_);
    }

    // Why the token is no attribute name.
    std::string name_hint(std::string_view token) const {
        if (token == "''")
            return "a name is quoted with \" alone";
        if (token.size() > 1 && token.find(':') != std::string_view::npos)
            return fmt::format("a name with ':' needs quotes: \"{}\"", token);
        if (token.size() > 1 && token.find('/') != std::string_view::npos)
            return fmt::format("this is a path; as a name it needs quotes: \"{}\"", token);
        auto const* const begin = token.data() + (token.starts_with('.') ? 1 : 0);
        auto const* end = begin;
        while (is(*end, path_rest | id_rest) && *end != '.')
            ++end;
        if (end == begin)
            return {};
        auto const found = std::string_view(begin, static_cast<std::size_t>(end - begin));
        if (word_in(found) != word::identifier)
            return fmt::format(
                "'{0}' is a keyword: as a name, write \"{0}\" with the quotes", found);
        if (!is(*begin, id_first))
            return fmt::format("a name that begins so needs quotes: \"{}\"", found);
        return {};
    }

    std::string at_expression() const {
        if (begins_expression(token_))
            return fmt::format(
                "behind an operator, '{}' needs parentheses around all of it", token_);
        if (token_ == "${")
            return "a value stands without '${' and '}', which are for strings and names";
        if (token_ == "$")
            return "a variable is written without '$'";
        if (token_ == "<")
            return "a search path ends with '>': <name>";
        if (token_ == "=" && !keyword_before().empty())
            return name_hint(keyword_before());
        if (token_ == "=" || token_ == ">")
            return character_before(what_.at) == '=' ? value_hint : "to compare, write '=='";
        if (character_before(what_.at) == ';')
            return "a value stands behind the ';' of 'with' and 'assert': 'with set; value'";
        if (character_before(what_.at) == ':' && token_ == "}")
            return "':' makes a function of what is before it; a binding ends with ';'";
        return {};
    }

    std::string at_condition() const {
        if (token_ == "=")
            return "to compare, write '=='";
        if (what_.expected != "'else'")
            return {};
        if (token_ == "then")
            return "another condition is written 'else if a then b'";
        if (token_ == ";" &&
            rest_.substr(std::min(rest_.find_first_not_of(" \t\r\n", 1), rest_.size()))
                .starts_with("else"))
            return "no ';' stands in front of 'else'";
        return "every 'if' needs an 'else'";
    }

    std::string at_with() const {
        if (token_ == "=")
            return "to compare, write '=='";
        return expects("of 'with'")
                   ? "a ';' ends the set of 'with': 'with set; value'"
                   : "a ';' ends the condition of 'assert': 'assert condition; value'";
    }

    std::string at_formals() const {
        if (expects("',' or '}'"))
            return token_ == "=" ? "a default is written 'name ? value'"
                   : token_ == "..." || is_word(token_)
                       ? "the arguments of a function have ',' between them"
                       : "";
        if (expects("'...'") && token_ == ",")
            return expects("after '...'") ? "'...' stands behind all names"
                                          : "one ',' stands between two arguments";
        if (expects("':'"))
            return "a function is written '{ a, b }: body'";
        return {};
    }

    // Where a value could have ended: at the end of a binding, of parentheses or of the text.
    std::string behind_value() const {
        if (token_ == "=")
            return of_equals();
        if (token_ == ":")
            return of_colon();
        if (token_ == ",")
            return expects("')'")
                       ? "the arguments of a function have only blanks between them: 'f a b'"
                   : expects("end binding") ? "a binding ends with ';'"
                                            : "";
        if (token_ == ";" && expects("the end of the text"))
            return "a ';' ends a binding, not the text";
        if (token_ == "in" && what_.build.mark() > 0 && what_.build.top_is(shape::legacy_let))
            return "the bindings of 'let' stand without braces: 'let a = 1; in a'";
        if (token_.empty() && expects("end binding") && character_before(what_.at) == '}')
            return "more is opened by '{' than closed by '}': one is missing here or above";
        if (token_ == "!")
            return "an operation that is an argument needs parentheses: f (!x)";
        if (begins_expression(token_))
            return fmt::format("as an argument, '{}' needs parentheses around all of it", token_);
        return {};
    }

    // A binding where none can begin, or a comparison.
    std::string of_equals() const {
        auto const begin = path_begin();
        auto const last = character_before(begin);
        auto const behind_other =
            is(last, id_rest) || std::string_view("\")]}'").find(last) != std::string_view::npos;
        if (expects("end binding") && (begins_line(begin) || behind_other))
            return begins_line(begin)
                       ? "if this line is a binding of its own, the one before it lacks its ';'"
                       : "if this is a binding of its own, the one before it lacks its ';'";
        if (expects("the end of the text") && last == '}')
            return "a binding stands in front of the '}' that ends its set";
        if (expects("the end of the text") && (last == '\0' || begins_line(begin)))
            return "bindings stand in a set: '{ name = value; }'";
        return "to compare, write '=='";
    }

    std::string of_colon() const {
        bool const choice = what_.build.mark() > 0 && what_.build.top_is(shape::has_1);
        return choice ? "a choice is written 'if a then b else c'"
               : character_before(what_.at) == ')'
                   ? "the argument of a function has no parentheses: 'x: body'"
               : is(text_[path_begin()], digit)
                   ? "an address or a time is text, and needs quotes: \"0.0.0.0:80\""
                   : "a function that is an argument needs parentheses: f (x: x)";
    }

    slip const& what_;
    std::string_view text_;
    std::string_view token_;
    std::string_view rest_; // the text from the token on
};

} // namespace

std::string hint_for(slip const& what) {
    return adviser(what).run();
}

std::string_view opening_at(arena const& content, std::uint32_t at) {
    auto const rest = std::string_view(content.text).substr(at);
    for (std::string_view const known : {"let", "if", "with", "assert", "${", "''"})
        if (rest.starts_with(known))
            return rest.substr(0, known.size());
    return rest.substr(0, 1);
}

} // namespace dynix::syntax::grammar
