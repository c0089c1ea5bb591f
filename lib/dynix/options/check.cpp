#include "dynix/options/check.hpp"

#include "dynix/base/nearest.hpp"
#include "dynix/syntax/attribute_path.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace dynix::options {
namespace {

using syntax::literal;
using attribute_set = literal::attribute_set;
using list = literal::list;

constexpr auto read_only = "nobody can set it, it is read-only";

// Follows the evaluation of a type: its 'merge', which looks inside.
class judge {
  public:
    judge(option_path const& where, bool whole)
        : where_(fmt::format("'{}'", syntax::print_attribute_path(where))), whole_(whole) {}

    result<certainty> check(type const& takes, literal const& value) {
        auto const outside = fits_outside(takes, value);
        if (outside == false)
            return misfit(takes, value);
        auto const inside = check_inside(takes, value, outside);
        return inside && takes.partial ? certainty::left_to_nix : inside;
    }

  private:
    // `outside`: what fits_outside says, which is not false.
    result<certainty>
    check_inside(type const& takes, literal const& value, std::optional<bool> outside) {
        if (takes.kind->holds == structure::submodule) {
            if (value.as<attribute_set>() == nullptr)
                return misfit(takes, value); // a module in a file
            return check_submodule(takes, *value.as<attribute_set>());
        }
        if (takes.kind->inside == nullptr)
            return outside ? certainty::certain : certainty::left_to_nix;
        auto const parts = takes.kind->inside(takes, value);
        if (!parts)
            return certainty::left_to_nix;
        auto all = certainty::certain;
        for (auto const& one : *parts) {
            step const inside(where_, one.where);
            if (one.read_only)
                return wrong(read_only);
            auto const before = std::exchange(whole_, whole_ || one.defined_here);
            auto const judged = check(*one.takes, *one.value);
            whole_ = before;
            if (!judged)
                return judged.error();
            all = both(all, *judged);
        }
        return all;
    }

    // Puts a name behind the place in messages, as long as it lives.
    class step {
      public:
        step(std::string& where, std::string const& further) : where_(where), size_(where.size()) {
            where_ += further;
        }
        step(step const&) = delete;
        step& operator=(step const&) = delete;
        ~step() { where_.resize(size_); }

      private:
        std::string& where_;
        std::size_t size_;
    };
    step step_into(std::string const& name) {
        return {where_, fmt::format(" '{}'", syntax::print_attribute_name(name))};
    }

    error wrong(std::string what, std::string hint = {}) const {
        return make_error(fmt::format("{}: {}", where_, what), std::move(hint));
    }

    error misfit(type const& takes, literal const& value) const {
        return wrong(
            fmt::format("expected {}, found {}", describe(takes), describe(value)),
            takes.kind->advice(takes, value));
    }

    static certainty both(certainty left, certainty right) {
        return left == certainty::certain ? right : left;
    }

    result<certainty> check_submodule(type const& takes, attribute_set const& given) {
        literal rest{attribute_set()};
        auto all = check_members(takes.members, given, takes.of.empty() ? nullptr : &rest);
        if (all && !takes.of.empty() && !rest.as<attribute_set>()->empty()) {
            auto const free = check(*takes.of[0], rest);
            if (!free)
                return free.error();
            all = both(*all, *free);
        }
        return all;
    }

    // Attributes that are no options go to `rest`, or are an error without it.
    result<certainty>
    check_members(std::vector<node> const& members, attribute_set const& given, literal* rest) {
        auto all = certainty::certain;
        for (auto const& [name, value] : given) {
            auto const* member = find(members, name);
            if (member == nullptr && rest == nullptr)
                return unknown_member(members, name);
            if (member == nullptr) {
                std::get<attribute_set>(rest->value).push_back({name, value});
                continue;
            }
            auto const inside = step_into(name);
            auto const one = check_member(*member, value, rest);
            if (!one)
                return one.error();
            all = both(all, *one);
        }
        // Whether the submodule itself defines what is missing, only Nix knows.
        if (whole_ && std::any_of(members.begin(), members.end(), [&](node const& one) {
                return lacks(one, given);
            }))
            all = certainty::left_to_nix;
        return all;
    }

    result<certainty> check_member(node const& member, literal const& value, literal* rest) {
        if (member.what != nullptr) {
            if (member.what->read_only)
                return wrong(read_only);
            return check(*member.what->takes, value);
        }
        auto const* below = value.as<attribute_set>();
        if (below == nullptr)
            return wrong(fmt::format("expected an attribute set, found {}", describe(value)));
        if (rest == nullptr)
            return check_members(member.below, *below, nullptr);
        literal inner{attribute_set()};
        auto all = check_members(member.below, *below, &inner);
        if (!inner.as<attribute_set>()->empty())
            std::get<attribute_set>(rest->value).push_back({member.name, std::move(inner)});
        return all;
    }

    // Whether `member`, or one below it that `given` does not name, is required and not given.
    static bool lacks(node const& member, attribute_set const& given) {
        auto const given_here = std::any_of(
            given.begin(), given.end(), [&](auto const& one) { return one.name == member.name; });
        if (member.what != nullptr)
            return member.what->required && !given_here;
        return !given_here &&
               std::any_of(member.below.begin(), member.below.end(), [](node const& inner) {
                   return lacks(inner, {});
               });
    }

    error unknown_member(std::vector<node> const& members, std::string const& name) const {
        std::vector<std::string> known;
        known.reserve(members.size());
        for (auto const& member : members)
            known.push_back(member.name);
        return wrong(
            fmt::format("there is no option '{}'", name), did_you_mean(nearest(name, known)));
    }

    std::string where_;
    bool whole_;
};

} // namespace

result<certainty>
check_value(type const& takes, literal const& value, option_path const& where, bool whole) {
    return judge(where, whole).check(takes, value);
}

std::optional<bool> fits_outside(type const& takes, literal const& value) {
    auto const fits = takes.kind->fits(takes, value);
    return takes.partial && fits == true ? std::nullopt : fits;
}

std::string describe(literal const& value) {
    constexpr std::size_t longest = 40;
    if (auto const* text = value.as<std::string>()) {
        auto const cut = text->size() > longest;
        auto const shown = syntax::print_string(cut ? text->substr(0, longest) : *text);
        return fmt::format("the string {}{}", shown ? *shown : "?", cut ? "..." : "");
    }
    if (auto const* path = value.as<syntax::literal_path>())
        return fmt::format("the path {}", path->text);
    if (auto const* items = value.as<list>())
        return items->empty() ? "an empty list" : "a list";
    if (auto const* members = value.as<attribute_set>())
        return members->empty() ? "an empty attribute set" : "an attribute set";
    auto const shown = syntax::print(value);
    auto const text = shown ? *shown : "?";
    if (value.as<std::int64_t>() != nullptr)
        return fmt::format("the integer {}", text);
    return value.as<double>() != nullptr ? fmt::format("the float {}", text) : text;
}

} // namespace dynix::options
