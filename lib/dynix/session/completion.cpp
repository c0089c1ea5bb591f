#include "dynix/session/completion.hpp"

#include "dynix/options/check.hpp"
#include "dynix/options/names_after.hpp"
#include "dynix/options/resolve.hpp"
#include "dynix/overrides/effective.hpp"
#include "dynix/overrides/store.hpp"
#include "dynix/syntax/attribute_path.hpp"

#include <algorithm>
#include <optional>

namespace dynix::session {
namespace {

using options::option_path;

// A path that is being typed: the names up to the last dot, and what follows it.
struct typed_path {
    std::string written; // as typed, up to the last dot and with it
    option_path above;
    std::string begun; // as typed, a quote at its beginning included
};

std::optional<typed_path> split(std::string_view text) {
    std::size_t begin = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (quoted && text[i] == '\\')
            ++i;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (text[i] == '.' && !quoted)
            begin = i + 1;
    }
    typed_path out{std::string(text.substr(0, begin)), {}, std::string(text.substr(begin))};
    if (begin > 0) {
        auto names = syntax::parse_attribute_path(text.substr(0, begin - 1), "PATH");
        if (!names)
            return std::nullopt;
        out.above = std::move(*names);
    }
    return out;
}

// Details cost time, so they are read where they are few: below two names, such as
// services.distccd.
result<options::schema> read_schema(std::string const& file, option_path const& above) {
    auto detailed = above;
    if (above.size() < 2)
        detailed.emplace_back(); // no option: all are aside
    return options::schema::load(file, detailed);
}

struct continued {
    std::string text; // of the name, as it is written behind `written`
    options::continuation to;
};

// As it is written behind the last dot; quoted where the word begins with a quote.
std::string written(std::string const& name, std::string_view begun) {
    auto text = syntax::print_attribute_name(name);
    return begun.starts_with('"') && !text.starts_with('"') ? '"' + text + '"' : text;
}

std::vector<continued>
those_begun(options::schema const& in, option_path const& above, std::string_view begun) {
    std::vector<continued> out;
    for (auto& one : options::names_after(in, above))
        if (auto text = written(one.name, begun); text.starts_with(begun))
            out.push_back({std::move(text), std::move(one)});
    return out;
}

// Free names that only overrides have, such as a virtual host of the dynamic file.
void add_overridden(
    std::vector<continued>& to, options::schema const& in, typed_path const& at,
    std::string const& dynamic_file) {
    if (at.above.empty())
        return;
    auto const place = options::resolve(in, at.above);
    if (!place || place->declared == nullptr)
        return;
    auto const file = overrides::load(dynamic_file);
    if (!file)
        return;
    for (auto const& one : overrides::effective_overrides(*file)) {
        auto to_name = one.what->path;
        if (to_name.size() <= place->path.size() ||
            !overrides::is_at_or_below(to_name, place->path))
            continue;
        bool const goes_on = to_name.size() > place->path.size() + 1;
        to_name.resize(place->path.size() + 1);
        auto text = written(to_name.back(), at.begun);
        auto const known =
            std::any_of(to.begin(), to.end(), [&](auto const& it) { return it.text == text; });
        auto const found = options::resolve(in, to_name);
        if (!known && found && found->takes != nullptr && text.starts_with(at.begun))
            to.push_back({std::move(text), {to_name.back(), true, goes_on, nullptr, found->takes}});
    }
}

bool details_are_missing(std::vector<continued> const& found) {
    return std::any_of(found.begin(), found.end(), [](continued const& one) {
        return one.to.ends && one.to.takes == nullptr;
    });
}

std::string first_line(std::string const& text) {
    return text.substr(0, text.find('\n'));
}

std::string about(options::continuation const& what) {
    return what.takes == nullptr ? std::string() : first_line(options::describe(*what.takes));
}

// The word that `append` reads as this value, for an option that takes such.
std::string word_for(options::type const& takes, syntax::literal const& value) {
    if (auto const* text = value.as<std::string>())
        if (auto const read = overrides::read_value(*text, overrides::reading::literal_or_string))
            if (auto const* plain = std::get_if<syntax::literal>(&*read))
                if (options::read_word(takes, *text, *plain) == value)
                    return *text;
    auto printed = syntax::print(value);
    return printed ? *printed : std::string();
}

} // namespace

std::vector<candidate> path_candidates(
    std::string const& schema_file, std::string const& dynamic_file, std::string_view typed) {
    auto at = split(typed);
    if (!at)
        return {};
    auto schema = read_schema(schema_file, at->above);
    if (!schema)
        return {};
    auto found = those_begun(*schema, at->above, at->begun);
    while (found.size() == 1 && !found.front().to.ends) {
        at->written += found.front().text + '.';
        at->above.push_back(found.front().to.name);
        at->begun.clear();
        found = those_begun(*schema, at->above, at->begun);
    }
    if (details_are_missing(found)) {
        if (auto detailed = options::schema::load(schema_file, at->above)) {
            schema = std::move(detailed);
            found = those_begun(*schema, at->above, at->begun);
        }
    }
    add_overridden(found, *schema, *at, dynamic_file);
    std::vector<candidate> out;
    for (auto const& one : found) {
        auto word = at->written + one.text;
        if (one.to.goes_on)
            out.push_back({word + '.', one.to.ends ? std::string("what is below it") : ""});
        if (one.to.ends)
            out.push_back({std::move(word), about(one.to)});
    }
    return out;
}

std::vector<candidate> value_candidates(std::string const& schema_file, std::string_view path) {
    auto const names = syntax::parse_attribute_path(path, "PATH");
    if (!names)
        return {};
    auto const schema = options::schema::load(schema_file, *names);
    if (!schema)
        return {};
    auto const at = options::resolve(*schema, *names);
    if (!at || at->takes == nullptr)
        return {};
    auto const* now =
        options::static_value(*at->declared, std::span(at->path).subspan(at->option_length));
    std::vector<candidate> out;
    for (auto const& value : options::few_values(*at->takes))
        out.push_back(
            {word_for(*at->takes, value),
             now != nullptr && *now == value ? "static value" : std::string()});
    if (now != nullptr && !now->as<std::monostate>() && out.size() < 2)
        out.push_back({word_for(*at->takes, *now), "static value"});
    return out;
}

std::vector<candidate> override_candidates(std::string const& dynamic_file) {
    std::vector<candidate> out;
    if (auto const file = overrides::load(dynamic_file))
        for (auto const& one : overrides::effective_overrides(*file))
            out.push_back(
                {syntax::print_attribute_path(one.what->path), first_line(one.what->value)});
    return out;
}

std::vector<candidate> entry_candidates(std::string const& dynamic_file) {
    std::vector<candidate> out;
    if (auto const file = overrides::load(dynamic_file))
        for (auto one = file->entries.rbegin(); one != file->entries.rend(); ++one)
            if (!one->overrides.empty()) // an undo has none
                out.push_back(
                    {std::to_string(one->number),
                     first_line(overrides::override_line(one->overrides.front()))});
    return out;
}

} // namespace dynix::session
