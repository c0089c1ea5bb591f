#include "dynix/syntax/oracle/nix_parser.hpp"

#include <algorithm>
#include <utility>

namespace dynix::syntax {

namespace {

// Printed forms come from small trees only (Nix itself stops at some thousand levels), so this
// recurses.
class reader {
  public:
    explicit reader(std::string_view text) : rest_(text) {}

    std::string run() {
        auto form = expression();
        // A text that is no printed form: what is left must not get lost.
        form += rest_;
        return form;
    }

  private:
    bool skip(std::string_view what) {
        if (!rest_.starts_with(what))
            return false;
        rest_.remove_prefix(what.size());
        return true;
    }
    char next() {
        auto const c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }

    // Up to what ends an expression among others: ';', ',' or a closing bracket. The ';' of an
    // `assert`, which Nix prints without parentheses, belongs to it.
    std::string expression() {
        if (skip("assert ")) {
            auto text = "assert " + expression();
            if (skip("; "))
                text += "; " + expression();
            return text;
        }
        std::string text;
        while (!rest_.empty() && std::string_view(";,)]}").find(rest_.front()) == std::string::npos)
            if (!skip("\"\" + ") && !skip_empty_end())
                text += item();
        return text;
    }

    bool skip_empty_end() { return rest_.starts_with(" + \"\")") && skip(" + \"\""); }

    // One character, string or group.
    std::string item() {
        if (rest_.front() == '"')
            return string();
        if (skip("(let ")) {
            auto const defined = bindings("in ");
            return "(let " + defined + rest_of_group(')');
        }
        if (skip("("))
            return "(" + rest_of_group(')');
        if (skip("["))
            return "[" + rest_of_group(']');
        if (rest_.starts_with("{ ")) {
            if (is_formals())
                return formals();
            skip("{ ");
            return "{ " + bindings("}");
        }
        return {next()};
    }

    std::string rest_of_group(char closing) {
        std::string text;
        for (;;) {
            text += expression();
            if (rest_.empty())
                return text;
            auto const c = next();
            text += c;
            if (c == closing)
                return text;
        }
    }

    std::string string() {
        std::string text{next()};
        if (skip("${")) { // the computed name of an attribute
            text += "${" + rest_of_group('}');
            if (skip("\""))
                text += '"';
            return text;
        }
        while (!rest_.empty()) {
            auto const c = next();
            if (c == '\\' && !rest_.empty()) {
                auto const escaped = next();
                if (escaped != '$' || rest_.starts_with('{'))
                    text += c;
                text += escaped;
                continue;
            }
            text += c;
            if (c == '"')
                break;
        }
        return is_quoted_keyword(text) ? text.substr(1, text.size() - 2) : text;
    }

    // No variable can be called so: nothing is lost without the quotes.
    static bool is_quoted_keyword(std::string_view text) {
        for (std::string_view const one :
             {"if", "then", "else", "assert", "with", "let", "in", "rec", "inherit"})
            if (text.size() == one.size() + 2 && text.substr(1, one.size()) == one)
                return true;
        return false;
    }

    // Whether the '{' here begins the arguments of a function: after the first name comes no '='.
    // (An empty pair looks the same as both.)
    bool is_formals() const {
        auto ahead = *this;
        ahead.skip("{ ");
        if (ahead.skip("..."))
            return true;
        if (ahead.rest_.starts_with("\"${") || ahead.rest_.starts_with('}'))
            return false;
        auto const first = ahead.name();
        return first != "inherit" && !ahead.skip(" = ");
    }

    std::string formals() {
        skip("{ ");
        std::vector<std::string> names;
        bool open = false;
        while (!skip("}") && !rest_.empty()) {
            auto name = expression();
            if (name.ends_with(' '))
                name.pop_back();
            if (name == "...")
                open = true;
            else if (!name.empty())
                names.push_back(std::move(name));
            if (!skip(", ") && !rest_.starts_with('}') && !rest_.empty())
                names.emplace_back(1, next());
        }
        std::sort(names.begin(), names.end());
        if (open)
            names.emplace_back("...");
        std::string text = "{ ";
        for (auto const& name : names)
            text += name + (&name == &names.back() ? " " : ", ");
        return text + "}";
    }

    std::string bindings(std::string_view end) {
        std::vector<std::string> named;
        std::string computed; // attributes, in the order they were given
        while ((rest_.starts_with("in = ") || !skip(end)) && !rest_.empty()) {
            if (rest_.starts_with("\"${"))
                computed += expression() + "; ";
            else if (rest_.starts_with("inherit ") && !rest_.starts_with("inherit = "))
                inherited(named);
            else
                named.push_back(binding());
            if (!skip("; ") && !rest_.starts_with(end))
                named.emplace_back(1, rest_.empty() ? ' ' : next());
        }
        std::sort(named.begin(), named.end());
        std::string text;
        for (auto const& one : named)
            text += one + "; ";
        return text + computed + std::string(end);
    }

    std::string binding() {
        std::string text = name();
        if (skip(" = "))
            text += " = ";
        return text + expression();
    }

    std::string name() {
        if (rest_.starts_with('"'))
            return string();
        std::string text;
        while (!rest_.empty() && std::string_view(" ,;").find(rest_.front()) == std::string::npos)
            text += next();
        return text;
    }

    void inherited(std::vector<std::string>& into) {
        std::string source;
        skip("inherit");
        if (skip(" ("))
            source = "(" + rest_of_group(')');
        while (skip(" ") && !rest_.starts_with(';')) {
            auto const one = name();
            into.push_back(
                source.empty()
                    ? "inherit " + one
                    : std::string(one).append(" = ").append(source).append(".").append(one));
        }
    }

    std::string_view rest_;
};

} // namespace

std::string common_form(std::string_view printed) {
    return reader(printed).run();
}

} // namespace dynix::syntax
