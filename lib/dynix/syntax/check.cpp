#include "dynix/syntax/check.hpp"

#include "dynix/base/nearest.hpp"
#include "dynix/syntax/globals.hpp"
#include "dynix/syntax/merge.hpp"
#include "dynix/syntax/names.hpp"
#include "dynix/syntax/scope.hpp"
#include "dynix/syntax/strings.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <fmt/format.h>
#include <unordered_set>

namespace dynix::syntax {

namespace {

// An error before it is rendered: excerpts are made only of those that are shown.
struct finding {
    node where;
    std::string message;
    std::string hint = {};
    node first = {}; // of something defined twice
};

class checker {
  public:
    explicit checker(arena const& content) : content_(content) {}

    std::vector<error> run(parse_options const& options, std::size_t most) {
        auto const size = static_cast<std::uint32_t>(content_.words.size());
        for (std::uint32_t id = 0; id < size; id += content_.extent_of(id))
            visit(id);
        merge_suspicious();
        if (options.undefined_variables)
            for (auto const name : undefined_variables(content_, suspicious_))
                report_undefined(name, options.experimental_globals);
        if (!options.pipe_operators)
            refuse_pipes();
        std::stable_sort(findings_.begin(), findings_.end(), [](auto const& a, auto const& b) {
            return a.where.range().begin < b.where.range().begin;
        });
        findings_.resize(std::min(findings_.size(), most));
        std::vector<error> errors;
        for (auto& one : findings_) {
            error what{std::move(one.message), std::move(one.hint)};
            what.at = excerpt(one.where);
            if (one.first)
                what.notes.push_back({"first defined here", excerpt(one.first)});
            errors.push_back(std::move(what));
        }
        return errors;
    }

  private:
    void visit(std::uint32_t id) {
        switch (content_.shape_of(id)) {
        case shape::integer:
            check_integer(id);
            break;
        case shape::negation:
            explain_negated(content_.children_of(id)[0]);
            break;
        case shape::floating:
            check_floating(id);
            break;
        case shape::attribute_set:
        case shape::recursive_set:
        case shape::legacy_let:
            check_bindings(id);
            break;
        case shape::let_in:
            refuse_dynamic(bindings_of(id));
            check_bindings(id);
            break;
        case shape::lambda_formals:
            check_formals({}, content_.children_of(id)[0]);
            break;
        case shape::lambda_before:
            check_formals(at(content_.children_of(id)[0]), content_.children_of(id)[1]);
            break;
        case shape::lambda_after:
            check_formals(at(content_.children_of(id)[1]), content_.children_of(id)[0]);
            break;
        case shape::inherit:
            check_inherited(content_.children_of(id));
            break;
        case shape::inherit_from:
            check_inherited(content_.children_of(id).subspan(1));
            break;
        default:
            break;
        }
    }

    node at(std::uint32_t id) const { return {&content_, id}; }

    dynix::excerpt excerpt(node of) const {
        return excerpt_of(content_.text, content_.name, of.range());
    }

    void report(node where, std::string message, std::string hint = {}) {
        findings_.push_back({where, std::move(message), std::move(hint)});
    }
    void report_twice(node second, node first, std::string message) {
        findings_.push_back({second, std::move(message), {}, first});
    }

    void report_undefined(node name, bool experimental_globals) {
        auto const feature = experimental_feature_of(name.text());
        if (experimental_globals && !feature.empty())
            return;
        report(
            name, fmt::format("variable '{}' is not defined", name.text()),
            feature.empty() ? spelling_hint(name.text()) : feature_hint(feature));
    }

    // Constants are no keywords for Nix, so other spellings of them are variables, and so are
    // operators that other languages write as words.
    static std::string spelling_hint(std::string_view name) {
        struct spelling {
            std::string_view lowered;
            std::string_view meant;
        };
        constexpr spelling table[] = {
            {"true", "true"}, {"yes", "true"},  {"on", "true"},   {"false", "false"},
            {"no", "false"},  {"off", "false"}, {"null", "null"}, {"nil", "null"},
            {"none", "null"}, {"and", "&&"},    {"or", "||"},     {"not", "!"},
        };
        auto const lowered = lower_case(name);
        for (auto const& one : table)
            if (one.lowered == lowered)
                return fmt::format("in Nix this is written '{}'", one.meant);
        return {};
    }

    static std::string feature_hint(std::string_view feature) {
        return fmt::format("Nix has this only with its experimental feature '{}'", feature);
    }

    void refuse_pipes() {
        auto const into = static_cast<unsigned>(shape::binary) +
                          static_cast<unsigned>(binary_operator::pipe_into);
        auto const size = static_cast<std::uint32_t>(content_.words.size());
        for (std::uint32_t id = 0; id < size; id += content_.extent_of(id))
            if (auto const what = static_cast<unsigned>(content_.shape_of(id));
                what == into || what == into + 1)
                report(
                    at(id), "pipe operators are an experimental feature of Nix",
                    feature_hint("pipe-operators"));
    }

    void check_integer(std::uint32_t id) {
        auto const text = at(id).text();
        std::int64_t value = 0;
        if (text.size() < 19)
            return; // nine quintillion has 19 digits
        if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc())
            report(
                at(id), fmt::format("integer '{}' is too large", text),
                "integers go up to 9223372036854775807");
    }

    // The smallest integer is too large without its '-', which is an operator. (A node's parts come
    // before it.)
    void explain_negated(std::uint32_t operand) {
        if (!findings_.empty() && findings_.back().where == at(operand) &&
            at(operand).text() == "9223372036854775808")
            findings_.back().hint = "the smallest integer is written -9223372036854775807 - 1";
    }

    void check_floating(std::uint32_t id) {
        auto const text = at(id).text();
        if (text.size() < 300 && text.find_first_of("eE") == std::string_view::npos)
            return;
        errno = 0;
        std::strtod(std::string(text).c_str(), nullptr);
        if (errno != 0)
            report(
                at(id), fmt::format("number '{}' is out of range", text),
                "Nix takes from about 2.3e-308 to 1.8e308");
    }

    void check_formals(node argument, std::uint32_t formals) {
        auto const items = content_.children_of(formals);
        names_.clear();
        for (auto const item : items) {
            auto const name = as_formal(at(item)).name;
            if (auto const first = names_.add(name))
                report_twice(
                    name, *first, fmt::format("argument '{}' is defined twice", name.text()));
        }
        if (!argument)
            return;
        if (auto const first = names_.add(argument))
            report_twice(
                argument, *first, fmt::format("argument '{}' is defined twice", argument.text()));
    }

    void check_inherited(std::span<std::uint32_t const> names) {
        for (auto const name : names)
            if (at(name).kind() != node_kind::name && !static_name(at(name)))
                report(at(name), "a name after 'inherit' cannot be computed");
    }

    void refuse_dynamic(std::span<std::uint32_t const> bindings) {
        for (auto const id : bindings) {
            if (at(id).kind() != node_kind::binding)
                continue;
            auto const step = as_binding(at(id)).path.front();
            if (step.kind() != node_kind::name && !static_name(step))
                report(step, "a name bound by 'let' cannot be computed");
        }
    }

    std::span<std::uint32_t const> bindings_of(std::uint32_t set) const {
        auto const all = content_.children_of(set);
        return content_.shape_of(set) == shape::let_in ? all.first(all.size() - 1) : all;
    }

    // Looks whether all first names differ; only if not, the set is merged to see what it means.
    void check_bindings(std::uint32_t set) {
        names_.clear();
        for (auto const id : bindings_of(set)) {
            auto const item = at(id);
            auto const taken = [&](node name) { return names_.add(name).has_value(); };
            bool suspicious = false;
            if (item.kind() == node_kind::binding)
                suspicious = taken(
                    content_.shape_of(id) == shape::binding_1 ? at(content_.words[id + 2])
                                                              : at(content_.words[id + 3]));
            else
                for (auto const name : as_inherit(item).names)
                    suspicious = taken(name) || suspicious;
            if (!suspicious)
                continue;
            suspicious_.push_back(set);
            return;
        }
    }

    // From the outermost set to the innermost, which comes first in the pool: a set that became
    // part of one outside is done with it.
    void merge_suspicious() {
        std::unordered_set<std::uint32_t> done;
        for (auto set = suspicious_.rbegin(); set != suspicious_.rend(); ++set) {
            if (done.contains(*set))
                continue;
            merger merge(content_);
            merge.merge(bindings_of(*set), false);
            done.insert(merge.taken_apart().begin(), merge.taken_apart().end());
            for (auto& clash : merge.clashes())
                report_twice(
                    clash.second, clash.first,
                    fmt::format("attribute '{}' is already defined", clash.path));
        }
    }

    arena const& content_;
    name_table names_;
    std::vector<std::uint32_t> suspicious_; // sets with one first name twice
    std::vector<finding> findings_;
};

} // namespace

std::vector<error> check(arena const& content, parse_options const& options, std::size_t most) {
    return checker(content).run(options, most);
}

} // namespace dynix::syntax
