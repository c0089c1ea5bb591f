#include "dynix/syntax/grammar/explain.hpp"

#include "dynix/syntax/grammar/hints.hpp"
#include "dynix/syntax/grammar/operators.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace dynix::syntax::grammar {

namespace {

// --- what stands there

// The length of the UTF-8 character that begins here; 0 when none does, as at a NUL byte.
std::size_t character_length(std::string_view text) {
    if (text.empty())
        return 0;
    auto const lead = static_cast<unsigned char>(text[0]);
    std::size_t const length = lead >= 0xf0 && lead < 0xf5   ? 4
                               : lead >= 0xe0 && lead < 0xf0 ? 3
                               : lead >= 0xc2 && lead < 0xe0 ? 2
                                                             : 0;
    if (length == 0 || text.size() < length)
        return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((static_cast<unsigned char>(text[i]) & 0xc0U) != 0x80U)
            return 0;
    return length;
}

struct invisible {
    std::string_view bytes;
    std::string_view name;
};
constexpr std::array<invisible, 5> invisible_characters{{
    {"\xef\xbb\xbf", "a byte order mark"},
    {"\xc2\xa0", "a no-break space"},
    {"\xe2\x80\xaf", "a narrow no-break space"},
    {"\xe2\x80\x8b", "a zero width space"},
    {"\xc2\xad", "a soft hyphen"},
}};

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
    return begin + std::max<std::size_t>(character_length(begin), 1);
}

struct finding {
    std::string words;      // for the message
    std::string_view token; // empty at the end of the text
};

finding found_at(arena const& content, std::uint32_t at) {
    if (at >= content.text.size())
        return {"the end of the text", std::string_view(content.text).substr(content.text.size())};
    auto const* const begin = content.text.data() + at;
    auto const* const end = token_end(begin);
    auto const token = std::string_view(begin, static_cast<std::size_t>(end - begin));
    auto const byte = static_cast<unsigned char>(*begin);
    if (byte < ' ' || byte == 0x7f || (byte >= 0x80 && character_length(begin) == 0))
        return {fmt::format("byte 0x{:02x}", byte), token};
    for (auto const& [bytes, name] : invisible_characters)
        if (token == bytes)
            return {std::string(name), token};
    auto const quote = token.starts_with('\'') ? '"' : '\'';
    return {fmt::format("{}{}{}", quote, token, quote), token};
}

// --- other places that explain it

excerpt excerpt_at(arena const& content, std::uint32_t begin, std::size_t width) {
    return excerpt_of(
        content.text, content.name, {begin, begin + static_cast<std::uint32_t>(width)});
}

// A quoted string over several lines that ends on the line of `at`: it may have been meant to end
// earlier, so that all after it is read the wrong way round.
std::optional<std::uint32_t> doubtful_string(arena const& content, std::uint32_t at) {
    auto const text = std::string_view(content.text);
    auto const line_break = text.substr(0, at).rfind('\n');
    auto const line = line_break == std::string_view::npos ? 0 : line_break + 1;
    std::optional<std::uint32_t> found;
    auto const size = static_cast<std::uint32_t>(content.words.size());
    for (std::uint32_t id = 0; id < size; id += content.extent_of(id)) {
        auto const what = content.shape_of(id);
        if (what != shape::string_leaf && what != shape::string_pieces)
            continue;
        auto const [begin, end] = content.range_of(id);
        if (begin < line && end > line && end <= at)
            found = begin;
    }
    return found;
}

// Where the binding begins behind this place: behind blanks and comments.
std::uint32_t past_trivia(arena const& content, std::uint32_t begin) {
    for (;;) {
        auto const* const at = skip_class(content.text.data() + begin, blank);
        begin = static_cast<std::uint32_t>(at - content.text.data());
        auto const comment = std::lower_bound(
            content.comments.begin(), content.comments.end(), begin,
            [](auto const& one, std::uint32_t place) { return one.begin < place; });
        if (comment == content.comments.end() || comment->begin != begin)
            return begin;
        begin = comment->end;
    }
}

// The end of the last complete binding of the set or `let` that was opened in front of `opening`,
// or that place itself. On the stack its bindings come first, in a row; those of an inner `let`
// stand behind the name of the binding that is not complete.
std::uint32_t last_binding_end(arena const& content, builder const& build, std::uint32_t opening) {
    auto end = opening;
    for (std::size_t i = 0; i < build.mark(); ++i) {
        auto const id = build.at(i);
        if (build.begin_of(id) < opening)
            continue;
        if (arena::is_inline(id))
            break;
        auto const what = content.shape_of(id);
        if (what != shape::binding && what != shape::binding_1 && what != shape::inherit &&
            what != shape::inherit_from)
            break;
        end = content.range_of(id).end;
    }
    return end;
}

void add_opening(arena const& content, std::uint32_t opening, std::string message, error& what) {
    what.notes.push_back(
        {std::move(message), excerpt_at(content, opening, opening_at(content, opening).size())});
}

void add_notes(
    arena const& content, builder const& build, std::uint32_t at, std::string_view expected,
    error& what) {
    auto const where = stop_at(content, build, content.text.data() + at);
    auto const& openings = build.openings();
    auto const in_binding = where.binding && *where.binding < at && where.brackets.empty() &&
                            !expected.starts_with("a binding") && openings.back() < *where.binding;
    if (in_binding) {
        // Who sees the line needs no note.
        auto const line_end = content.text.find_first_of("\r\n", *where.binding);
        if (line_end < at)
            what.notes.push_back(
                {"in the binding that begins here",
                 excerpt_at(content, *where.binding, line_end - *where.binding)});
    } else if (openings.size() != 0) {
        auto const opening = openings.back();
        auto const shown = opening_at(content, opening);
        add_opening(
            content, opening,
            shown == "''" ? "to match this \"''\"" : fmt::format("to match this '{}'", shown),
            what);
        if (openings.size() > 1 && expected.ends_with("string") &&
            opening_at(content, openings[openings.size() - 2]) == "${")
            add_opening(
                content, openings[openings.size() - 2], "inside this '${': is its '}' missing?",
                what);
    }
    if (where.doubtful_string)
        what.notes.push_back(
            {"this string goes over several lines: is its end missing?",
             excerpt_at(content, *where.doubtful_string, 1)});
}

} // namespace

stop stop_at(arena const& content, builder const& build, char const* at) {
    stop made;
    made.at = build.offset(at);
    auto string_begin = made.at;
    for (auto i = build.openings().size(); i-- > 0 && !made.binding;) {
        auto const opening = build.openings()[i];
        auto const shown = opening_at(content, opening);
        made.in_let = shown == "let";
        if (made.in_let || shown == "{") {
            made.binding = past_trivia(
                content, last_binding_end(
                             content, build, opening + static_cast<std::uint32_t>(shown.size())));
        } else if (!is(shown[0], letter)) {
            made.brackets.insert(made.brackets.begin(), shown[0]);
            string_begin =
                shown == "\"" && i + 1 == build.openings().size() ? opening : string_begin;
        }
    }
    made.doubtful_string = doubtful_string(content, string_begin);
    return made;
}

error explain(
    arena const& content, builder const& build, char const* at, std::string_view expected) {
    auto const place = build.offset(at);
    if (std::string_view(content.text).substr(place).starts_with("/*"))
        return explain(
            content, build, refusal{at, at + 2, "this comment is not closed", "add '*/'"});
    auto const found = found_at(content, place);
    error what{
        fmt::format("expected {}, found {}", expected, found.words),
        hint_for({content, build, place, expected, found.token})};
    what.at = excerpt_at(content, place, std::max<std::size_t>(found.token.size(), 1));
    add_notes(content, build, place, expected, what);
    return what;
}

error explain(arena const& content, builder const& build, refusal const& why) {
    error what{std::string(why.message), std::string(why.hint)};
    what.at =
        excerpt_of(content.text, content.name, {build.offset(why.begin), build.offset(why.end)});
    return what;
}

} // namespace dynix::syntax::grammar
