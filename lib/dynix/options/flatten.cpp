#include "dynix/options/flatten.hpp"

#include "dynix/options/check.hpp"
#include "dynix/syntax/attribute_path.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace dynix::options {
namespace {

using attribute_set = syntax::literal::attribute_set;

// Whether an attribute set here is taken apart: whether Nix merges it attribute by attribute, so
// that a priority on one of them holds.
bool is_merged(type const& takes) {
    switch (of_a_set(takes).kind->holds) {
    case structure::attributes:
    case structure::submodule:
    case structure::anything:
        return true;
    default:
        return false;
    }
}

class assigner {
  public:
    assigner(schema const& in, bool whole) : in_(in), whole_(whole) {}

    result<void> flatten(place const& to, syntax::literal const& value) {
        auto const* members = value.as<attribute_set>();
        auto const text = syntax::print_attribute_path(to.path);
        if (to.takes == nullptr) {
            if (members == nullptr)
                return make_error(
                    fmt::format(
                        "'{}' is no option but has options below it, found {}", text,
                        describe(value)),
                    "name one of them, or give an attribute set");
            if (whole_)
                note(fmt::format(
                    "'{}' is no option but has options below it: each that is named gets an "
                    "override",
                    text));
            return take_apart(to, *members);
        }
        bool const replaced = whole_ && !to.above_limit;
        if (members != nullptr && !replaced && is_merged(*to.takes))
            return take_apart(to, *members);
        if (to.above_limit)
            return make_error(
                fmt::format("only a part of '{}' is declared dynamic", text), limits_of(to));
        auto const judged = check_value(*to.takes, value, to.path, whole_);
        if (!judged)
            return judged.error();
        if (*judged == certainty::left_to_nix)
            note(fmt::format(
                "whether '{}' takes this is for Nix to say: {}", text, describe(*to.takes)));
        auto around = sets_around(to);
        if (!around)
            return around.error();
        out_.leaves.push_back({to.path, value, std::move(*around)});
        return {};
    }

    // What was flattened. Two overrides of one entry have the same priority, so none may stand on
    // or below another: an old name and its new one can lead to the same place.
    result<flattened> release() {
        std::vector<option_path const*> paths;
        for (auto const& leaf : out_.leaves)
            paths.push_back(&leaf.path);
        std::sort(paths.begin(), paths.end(), [](auto const* a, auto const* b) { return *a < *b; });
        for (std::size_t i = 1; i < paths.size(); ++i)
            if (std::equal(
                    paths[i - 1]->begin(), paths[i - 1]->end(), paths[i]->begin(),
                    paths[i]->begin() + static_cast<std::ptrdiff_t>(
                                            std::min(paths[i - 1]->size(), paths[i]->size()))))
                return make_error(fmt::format(
                    "'{}' is named twice, the second time as '{}'",
                    syntax::print_attribute_path(*paths[i - 1]),
                    syntax::print_attribute_path(*paths[i])));
        return std::move(out_);
    }

  private:
    result<void> take_apart(place const& to, attribute_set const& members) {
        if (members.empty())
            return names_nothing_below(
                to.path, to.takes == nullptr ? "" : "--replace empties the whole subtree");
        for (auto const& [name, value] : members) {
            auto path = to.path;
            path.push_back(name);
            auto const inner = resolve(in_, path);
            if (!inner)
                return inner.error();
            for (auto const& said : inner->notes)
                note(said);
            if (auto done = flatten(*inner, value); !done)
                return done;
        }
        return {};
    }

    static std::string limits_of(place const& to) {
        std::string out;
        for (auto const& limit : to.declared->limited_to) {
            auto path = to.path;
            path.resize(to.option_length);
            path.insert(path.end(), limit.begin(), limit.end());
            out += (out.empty() ? "'" : "', '") + syntax::print_attribute_path(path);
        }
        return fmt::format("what may change is {}'", out);
    }

    void note(std::string what) {
        if (std::find(out_.notes.begin(), out_.notes.end(), what) == out_.notes.end())
            out_.notes.push_back(std::move(what));
    }

    schema const& in_;
    bool whole_;
    flattened out_;
};

} // namespace

result<flattened>
flatten(schema const& in, place const& to, syntax::literal const& value, bool whole) {
    assigner made(in, whole);
    if (auto done = made.flatten(to, value); !done)
        return done.error();
    auto out = made.release();
    if (out)
        out->notes.insert(out->notes.begin(), to.notes.begin(), to.notes.end());
    return out;
}

error names_nothing_below(option_path const& path, std::string hint) {
    return make_error(
        fmt::format(
            "'{{ }}' names nothing below '{}', so nothing would be overridden",
            syntax::print_attribute_path(path)),
        std::move(hint));
}

} // namespace dynix::options
