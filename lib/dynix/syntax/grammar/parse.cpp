#include "dynix/syntax/parse.hpp"

#include "dynix/syntax/check.hpp"
#include "dynix/syntax/grammar/grammar.hpp"
#include "dynix/syntax/grammar/grammar_door.hpp"

#include <fmt/format.h>

namespace dynix::syntax {

namespace {

using namespace grammar;

// The end of the token at a place that is not the end of the text, as a reader would cut it.
char const* token_end(char const* begin) {
    auto const* const run = skip_class(begin, path_rest);
    if (*run == '/' && slash_makes_path(run))
        return path_piece_end(begin);
    if (is(*begin, letter)) {
        auto const* const colon = skip_class(begin, scheme_rest);
        if (*colon == ':' && is(colon[1], uri_rest))
            return skip_class(colon, uri_rest);
    }
    if (is(*begin, id_first))
        return identifier_end(begin);
    if (is(*begin, digit) || (*begin == '.' && is(begin[1], digit)))
        return number_at(begin).end;
    for (std::string_view const known : {"...", "${", "''"})
        if (std::strncmp(begin, known.data(), known.size()) == 0)
            return begin + known.size();
    if (auto const found = operator_at(begin); found.found)
        return begin + spelling(found.which).size();
    auto const* end = begin + 1;
    while ((static_cast<unsigned char>(*end) & 0xC0U) == 0x80U)
        ++end; // the rest of a UTF-8 character
    return end;
}

// What stands at a place, for a message: what was found instead of what was expected.
std::string found_at(arena const& content, std::uint32_t at) {
    if (at >= content.text.size())
        return "the end of the text";
    auto const* const begin = content.text.data() + at;
    if (static_cast<unsigned char>(*begin) < ' ' || *begin == '\x7f')
        return fmt::format("byte 0x{:02x}", static_cast<unsigned char>(*begin));
    auto const* const end = token_end(begin);
    return fmt::format("'{}'", std::string_view(begin, static_cast<std::size_t>(end - begin)));
}

// The opening bracket or keyword as the note shows it.
std::string_view opening_at(arena const& content, std::uint32_t at) {
    auto const rest = std::string_view(content.text).substr(at);
    for (std::string_view const known : {"let", "if", "${", "''"})
        if (rest.starts_with(known))
            return rest.substr(0, known.size());
    return rest.substr(0, 1);
}

// Why the token that begins here is no attribute name, for the hint.
std::string name_hint(char const* begin) {
    begin += *begin == '.' ? 1 : 0;
    auto const* const end = skip_class(begin, path_rest | id_rest);
    if (end == begin)
        return {};
    auto const found = std::string_view(begin, static_cast<std::size_t>(end - begin));
    if (word_in(found) != word::identifier)
        return fmt::format("'{0}' is a keyword: as a name, write \"{0}\" with the quotes", found);
    if (!is(*begin, id_first))
        return fmt::format("a name that begins so needs quotes: \"{}\"", found);
    return {};
}

error expectation_error(
    arena const& content, builder const& build, char const* at, std::string const& expected) {
    auto const place = build.offset(at);
    auto const found = found_at(content, place);
    error what{fmt::format("expected {}, found {}", expected, found), {}};
    if (expected.starts_with("an attribute name") || expected.ends_with("attribute path"))
        what.hint = name_hint(at);
    else if (*at == '-' && expected.starts_with("a list item"))
        what.hint = "a negative number in a list needs parentheses: (-1)";
    auto const width = found.front() == '\'' ? found.size() - 2 : 1;
    what.at =
        excerpt_of(content.text, content.name, {place, static_cast<std::uint32_t>(place + width)});
    if (build.openings().size() != 0) {
        auto const opening = build.openings().back();
        auto const shown = opening_at(content, opening);
        what.notes.push_back(
            {fmt::format("to match this '{}'", shown),
             excerpt_of(
                 content.text, content.name,
                 {opening, static_cast<std::uint32_t>(opening + shown.size())})});
    }
    return what;
}

error refusal_error(arena const& content, builder const& build, refusal const& why) {
    error what{std::string(why.message), std::string(why.hint)};
    what.at =
        excerpt_of(content.text, content.name, {build.offset(why.begin), build.offset(why.end)});
    return what;
}

// Runs `grammar` over the whole of `text`; `after` is what may follow the last token.
template <class Grammar>
result<tree>
run(std::string text, std::string name, Grammar const& grammar, char const* expected,
    char const* after) {
    if (text.size() >= (std::size_t(1) << 30))
        return error{fmt::format("'{}' is too large: the limit is 1 GiB", name), {}};
    auto content = std::make_unique<arena>();
    content->text = std::move(text);
    content->name = std::move(name);
    content->words = word_buffer(content->text.size() / 2 + 64);
    builder build(*content, deepest_nesting);
    iterator first = build.text();
    iterator const last = build.last();
    try {
        first = build.skip(first);
        if (!x3::parse(first, last, x3::with<builder_tag>(std::ref(build))[grammar]))
            return expectation_error(*content, build, first, expected);
        if (first != last)
            return expectation_error(*content, build, first, after);
    } catch (x3::expectation_failure<iterator> const& failure) {
        return expectation_error(*content, build, failure.where(), failure.which());
    } catch (refusal const& why) {
        return refusal_error(*content, build, why);
    }
    content->root = build.top();
    content->words.shrink_to_fit();
    content->comments.shrink_to_fit();
    return tree(std::move(content));
}

} // namespace

result<tree> parse(std::string text, std::string name, parse_options const& options) {
    auto parsed =
        run(std::move(text), std::move(name), expression, "an expression",
            "an operator or the end of the text");
    if (parsed) {
        auto errors = check(*parsed->root().owner(), options);
        if (!errors.empty())
            return std::move(errors.front());
    }
    return parsed;
}

result<tree> grammar::parse_steps(std::string text, std::string name) {
    return run(
        std::move(text), std::move(name), node_of<shape::list>[attribute_path_parser{}],
        "an attribute name", "'.' or the end of the attribute path");
}

} // namespace dynix::syntax
