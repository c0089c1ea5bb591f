#include "dynix/syntax/scope.hpp"

#include "dynix/syntax/arena.hpp"
#include "dynix/syntax/globals.hpp"
#include "dynix/syntax/grammar/scan.hpp"
#include "dynix/syntax/merge.hpp"
#include "dynix/syntax/names_in_scope.hpp"

#include <algorithm>
#include <optional>
#include <span>

namespace dynix::syntax {

namespace {

// Keeps its own stack, so that depth costs no recursion. The order of the walk does not matter,
// only that a scope is left when all in it is done: `leave` lies on the stack below that.
class finder {
  public:
    finder(arena const& content, std::span<std::uint32_t const> in_pieces)
        : content_(content), in_pieces_(in_pieces), merge_(content_) {}

    std::vector<node> run() {
        visit(content_.root);
        while (!todo_.empty()) {
            auto const next = todo_.back();
            todo_.pop_back();
            switch (next.is) {
            case step::what::look:
                look(next.number);
                break;
            case step::what::look_into_merged:
                look_into_merged(next.number);
                break;
            case step::what::leave:
                scope_.forget(next.number);
                break;
            }
        }
        std::sort(found_.begin(), found_.end(), [](node a, node b) {
            return a.range().begin < b.range().begin;
        });
        return std::move(found_);
    }

  private:
    struct step {
        enum class what : std::uint8_t { look, look_into_merged, leave };
        what is;
        std::uint32_t number; // a node's id, a merged set's index, or how many names stay defined
    };

    void plan(step::what is, std::uint32_t number) { todo_.push_back({is, number}); }
    void plan_leave() { plan(step::what::leave, static_cast<std::uint32_t>(scope_.defined())); }

    // Variables are the most frequent nodes by far and never go over the stack, so whoever visits a
    // node has defined the names of its scope before.
    void visit(std::uint32_t id) {
        if ((id & variable_tag) != 0)
            use(id, identifier(id));
        else if ((id & name_tag) == 0)
            plan(step::what::look, id);
    }
    void visit_all(std::span<std::uint32_t const> ids) {
        for (auto const id : ids)
            visit(id);
    }

    hashed_name identifier(std::uint32_t inlined) const {
        auto const* const begin = content_.text.data() + (inlined & ~id_tags);
        auto const* end = begin;
        auto hash = hash_begin;
        do
            hash = hash_with(hash, *end++);
        while (grammar::is(*end, grammar::id_rest));
        return {{begin, static_cast<std::size_t>(end - begin)}, hash};
    }
    // What a step of an attribute path, or a name behind `inherit`, is called; nullopt if computed.
    std::optional<hashed_name> name_of(std::uint32_t id) {
        if (arena::is_inline(id))
            return identifier(id);
        if (auto const text = names_.text_of({&content_, id}))
            return hashed_name(*text);
        return std::nullopt;
    }

    void define(std::uint32_t id) {
        if (auto const name = name_of(id))
            scope_.define(*name);
    }
    void use(std::uint32_t id, hashed_name const& name) {
        if (!scope_.contains(name) && !is_global(name))
            found_.push_back({&content_, id});
    }

    void look(std::uint32_t id) {
        auto const children = content_.children_of(id);
        switch (content_.shape_of(id)) {
        case shape::lambda:
            look_at_function(children[0], no_formals, children[1]);
            break;
        case shape::lambda_formals:
            look_at_function(no_argument, content_.children_of(children[0]), children[1]);
            break;
        case shape::lambda_before:
            look_at_function(children[0], content_.children_of(children[1]), children[2]);
            break;
        case shape::lambda_after:
            look_at_function(children[1], content_.children_of(children[0]), children[2]);
            break;
        case shape::with_scope:
            visit(children[0]); // in the body any name may come from there
            break;
        case shape::attribute_set:
            look_at_set(id, children, false);
            break;
        case shape::recursive_set:
        case shape::legacy_let:
            look_at_set(id, children, true);
            break;
        case shape::let_in:
            plan_leave();
            define_all(id, children.first(children.size() - 1));
            visit(children.back());
            break;
        default:
            visit_all(children);
        }
    }

    static constexpr std::uint32_t no_argument = 0;
    static constexpr std::span<std::uint32_t const> no_formals = {};

    void look_at_function(
        std::uint32_t argument, std::span<std::uint32_t const> formals, std::uint32_t body) {
        plan_leave();
        if (argument != no_argument)
            scope_.define(identifier(argument));
        for (auto const one : formals)
            scope_.define(identifier(arena::is_inline(one) ? one : content_.children_of(one)[0]));
        for (auto const one : formals)
            if (!arena::is_inline(one))
                visit(content_.children_of(one)[1]);
        visit(body);
    }

    void look_at_set(std::uint32_t id, std::span<std::uint32_t const> bindings, bool recursive) {
        if (recursive) {
            plan_leave();
            define_all(id, bindings);
        } else if (is_in_pieces(id)) {
            look_into_merged(merge_.merge(bindings, false));
        } else {
            use_inherited(bindings);
            visit_values(bindings);
        }
    }

    // The names of a recursive set or let come into scope; `inherit x` means the x outside.
    void define_all(std::uint32_t id, std::span<std::uint32_t const> bindings) {
        if (is_in_pieces(id)) {
            define_merged(merge_.merge(bindings, true));
            return;
        }
        use_inherited(bindings);
        for (auto const one : bindings) {
            auto const parts = content_.children_of(one);
            switch (content_.shape_of(one)) {
            case shape::inherit:
                for (auto const name : parts)
                    define(name);
                break;
            case shape::inherit_from:
                for (auto const name : parts.subspan(1))
                    define(name);
                break;
            default:
                define(parts[0]);
            }
        }
        visit_values(bindings);
    }

    void use_inherited(std::span<std::uint32_t const> bindings) {
        for (auto const one : bindings)
            if (content_.shape_of(one) == shape::inherit)
                for (auto const id : content_.children_of(one))
                    if (auto const name = name_of(id))
                        use(id, *name);
    }

    void visit_values(std::span<std::uint32_t const> bindings) {
        for (auto const one : bindings) {
            auto const parts = content_.children_of(one);
            switch (content_.shape_of(one)) {
            case shape::inherit:
                break;
            case shape::inherit_from:
                visit(parts[0]);
                break;
            default:
                visit_all(parts); // with the steps, which may be computed
            }
        }
    }

    // --- sets whose attributes are written in pieces: `a = rec { x = 1; }; a.y = x;`

    bool is_in_pieces(std::uint32_t id) const {
        return std::binary_search(in_pieces_.begin(), in_pieces_.end(), id);
    }

    void look_into_merged(std::uint32_t index) {
        if (merge_.set(index).recursive) {
            plan_leave();
            define_merged(index);
            return;
        }
        use_inherited(merge_.set(index));
        visit_values(merge_.set(index));
    }

    void define_merged(std::uint32_t index) {
        auto const& set = merge_.set(index);
        use_inherited(set);
        for (auto const& one : set.attributes)
            scope_.define(hashed_name(one.name));
        visit_values(set);
    }

    void use_inherited(merged_set const& set) {
        for (auto const& one : set.attributes)
            if (one.from == merged_attribute::origin::inherited)
                use(one.defined_at.id(), hashed_name(one.name));
    }

    void visit_values(merged_set const& set) {
        auto const value = [&](node written, std::uint32_t merged) {
            if (merged != no_set)
                plan(step::what::look_into_merged, merged);
            else if (written)
                visit(written.id());
        };
        for (auto const source : set.sources)
            visit(source.id());
        for (auto const& one : set.attributes)
            value(one.value, one.set);
        for (auto const& one : set.dynamics) {
            visit(one.step.id());
            value(one.value, one.set);
        }
    }

    arena const& content_;
    std::span<std::uint32_t const> in_pieces_;
    merger merge_;
    name_table names_;
    names_in_scope scope_;
    std::vector<step> todo_;
    std::vector<node> found_;
};

} // namespace

std::vector<node>
undefined_variables(arena const& content, std::span<std::uint32_t const> in_pieces) {
    return finder(content, in_pieces).run();
}

} // namespace dynix::syntax
