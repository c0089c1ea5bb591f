#include "dynix/syntax/parse.hpp"

#include "dynix/syntax/check.hpp"
#include "dynix/syntax/grammar/deep_stack.hpp"
#include "dynix/syntax/grammar/explain.hpp"
#include "dynix/syntax/grammar/grammar.hpp"
#include "dynix/syntax/grammar/grammar_door.hpp"

#include <fmt/format.h>

namespace dynix::syntax {

namespace {

using namespace grammar;

// The rules of the grammar call one another, so nesting costs stack, and the stack of the calling
// thread is not ours: it may have 8 MB, or 1, or be nearly used up. Only what nests no deeper than
// this is parsed there; the rest is parsed again, on a stack of our own. A level takes up to 2.7 KB
// when nothing is inlined.
constexpr std::size_t shallow_nesting = 48;

// One attempt to parse the text of `content`: nothing if all went well, else the error, and `where`
// says (if asked for) where the parser was.
// Throws too_deep.
template <class Grammar>
std::optional<error> attempt(
    arena& content, std::size_t deepest, Grammar const& grammar, char const* expected,
    char const* after, stop* where) {
    builder build(content, deepest);
    iterator first = build.text();
    iterator const last = build.last();
    auto const refused = [&](char const* at, auto const&... why) {
        if (where != nullptr)
            *where = stop_at(content, build, at);
        return explain(content, build, why...);
    };
    try {
        first = build.skip(first);
        if (!x3::parse(first, last, x3::with<builder_tag>(std::ref(build))[grammar]))
            return refused(first, first, expected);
        if (first != last)
            return refused(first, first, after);
    } catch (x3::expectation_failure<iterator> const& failure) {
        return refused(failure.where(), failure.where(), failure.which());
    } catch (refusal const& why) {
        return refused(why.begin, why);
    }
    content.root = build.top();
    return std::nullopt;
}

// Runs `grammar` over the whole of `text`; `after` is what may follow the last token. When it is
// refused, `where` says (if asked for) where the parser was.
template <class Grammar>
result<tree>
run(std::string text, std::string name, Grammar const& grammar, char const* expected,
    char const* after, stop* where = nullptr) {
    if (text.size() >= (std::size_t(1) << 30))
        return error{fmt::format("'{}' is too large: the limit is 1 GiB", name), {}};
    auto content = std::make_unique<arena>();
    content->text = std::move(text);
    content->name = std::move(name);
    content->words = word_buffer(content->text.size() / 2 + 64);
    std::optional<error> wrong;
    auto const try_to = [&](std::size_t deepest) {
        try {
            wrong = attempt(*content, deepest, grammar, expected, after, where);
            return true;
        } catch (too_deep const& stopped) {
            auto const at = static_cast<std::uint32_t>(stopped.at - content->text.data());
            wrong = error{
                "nesting is too deep", fmt::format("the limit is {} levels", deepest_nesting)};
            wrong->at = excerpt_of(content->text, content->name, {at, at + 1});
            return false;
        }
    };
    if (!try_to(shallow_nesting)) {
        content->forget_nodes();
        on_deep_stack([&] { try_to(deepest_nesting); });
    }
    if (wrong)
        return std::move(*wrong);
    content->words.shrink_to_fit();
    content->comments.shrink_to_fit();
    return tree(std::move(content));
}

} // namespace

result<tree> grammar::parse_shape(std::string text, std::string name, stop* where) {
    return run(
        std::move(text), std::move(name), expression, "an expression",
        "an operator or the end of the text", where);
}

result<tree> parse(std::string text, std::string name, parse_options const& options) {
    auto parsed = parse_shape(std::move(text), std::move(name), nullptr);
    if (parsed) {
        auto errors = check(*parsed->root().owner(), options, 1);
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
