#include "dynix/syntax/scope.hpp"

#include "dynix/syntax/arena.hpp"
#include "dynix/syntax/merge.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace dynix::syntax {

namespace {

// What Nix 2.26 defines, with all experimental features.
constexpr std::string_view globals[] = {
    "__add",
    "__addDrvOutputDependencies",
    "__addErrorContext",
    "__all",
    "__any",
    "__appendContext",
    "__attrNames",
    "__attrValues",
    "__bitAnd",
    "__bitOr",
    "__bitXor",
    "__catAttrs",
    "__ceil",
    "__compareVersions",
    "__concatLists",
    "__concatMap",
    "__concatStringsSep",
    "__convertHash",
    "__curPos",
    "__currentSystem",
    "__currentTime",
    "__deepSeq",
    "__div",
    "__elem",
    "__elemAt",
    "__fetchClosure",
    "__fetchurl",
    "__filter",
    "__filterSource",
    "__findFile",
    "__flakeRefToString",
    "__floor",
    "__foldl'",
    "__fromJSON",
    "__functionArgs",
    "__genList",
    "__genericClosure",
    "__getAttr",
    "__getContext",
    "__getEnv",
    "__getFlake",
    "__groupBy",
    "__hasAttr",
    "__hasContext",
    "__hashFile",
    "__hashString",
    "__head",
    "__intersectAttrs",
    "__isAttrs",
    "__isBool",
    "__isFloat",
    "__isFunction",
    "__isInt",
    "__isList",
    "__isPath",
    "__isString",
    "__langVersion",
    "__length",
    "__lessThan",
    "__listToAttrs",
    "__mapAttrs",
    "__match",
    "__mul",
    "__nixPath",
    "__nixVersion",
    "__outputOf",
    "__parseDrvName",
    "__parseFlakeRef",
    "__partition",
    "__path",
    "__pathExists",
    "__readDir",
    "__readFile",
    "__readFileType",
    "__replaceStrings",
    "__seq",
    "__sort",
    "__split",
    "__splitVersion",
    "__storeDir",
    "__storePath",
    "__stringLength",
    "__sub",
    "__substring",
    "__tail",
    "__toFile",
    "__toJSON",
    "__toPath",
    "__toXML",
    "__trace",
    "__traceVerbose",
    "__tryEval",
    "__typeOf",
    "__unsafeDiscardOutputDependency",
    "__unsafeDiscardStringContext",
    "__unsafeGetAttrPos",
    "__warn",
    "__zipAttrsWith",
    "abort",
    "baseNameOf",
    "break",
    "builtins",
    "derivation",
    "derivationStrict",
    "dirOf",
    "false",
    "fetchGit",
    "fetchMercurial",
    "fetchTarball",
    "fetchTree",
    "fromTOML",
    "import",
    "isNull",
    "map",
    "null",
    "placeholder",
    "removeAttrs",
    "scopedImport",
    "throw",
    "toString",
    "true"};

class finder {
  public:
    explicit finder(node root) : content_(*root.owner()), merge_(content_) {
        for (auto const name : globals)
            ++known_[name];
        visit(root);
    }

    std::vector<node> run() {
        flush();
        while (!todo_.empty()) {
            auto const next = todo_.back();
            todo_.pop_back();
            switch (next.is) {
            case step::what::look:
                look({&content_, next.number});
                break;
            case step::what::look_into_set:
                look_into_set(next.number);
                break;
            case step::what::leave:
                while (names_.size() > next.number) {
                    --known_[names_.back()];
                    names_.pop_back();
                }
                break;
            case step::what::enter_with:
                ++withs_;
                break;
            case step::what::leave_with:
                --withs_;
                break;
            }
            flush();
        }
        std::sort(found_.begin(), found_.end(), [](node a, node b) {
            return a.range().begin < b.range().begin;
        });
        return std::move(found_);
    }

  private:
    struct step {
        enum class what : std::uint8_t { look, look_into_set, leave, enter_with, leave_with };
        what is;
        std::uint32_t number; // a node's id, a set's index, or how many names stay defined
    };

    // The steps of one node are collected in order, then put on the stack in reverse.
    void plan(step::what is, std::uint32_t number = 0) { planned_.push_back({is, number}); }
    void visit(node of) { plan(step::what::look, of.id()); }
    void flush() {
        todo_.insert(todo_.end(), planned_.rbegin(), planned_.rend());
        planned_.clear();
    }

    void define(std::string_view name) {
        ++known_[name];
        names_.push_back(name);
    }
    std::uint32_t defined() const { return static_cast<std::uint32_t>(names_.size()); }

    void use(node name, std::string_view text) {
        if (withs_ != 0)
            return;
        auto const known = known_.find(text);
        if (known == known_.end() || known->second == 0)
            found_.push_back(name);
    }

    void look(node of) {
        switch (of.kind()) {
        case node_kind::variable:
            use(of, of.text());
            break;
        case node_kind::lambda: {
            auto const before = defined();
            auto const [argument, formals, body] = as_lambda(of);
            if (argument)
                define(argument.text());
            if (formals) {
                for (auto const one : as_formals(formals).items)
                    define(as_formal(one).name.text());
                for (auto const one : as_formals(formals).items)
                    if (auto const fallback = as_formal(one).fallback)
                        visit(fallback);
            }
            visit(body);
            plan(step::what::leave, before);
            break;
        }
        case node_kind::with_scope:
            visit(of.child(0));
            plan(step::what::enter_with);
            visit(of.child(1));
            plan(step::what::leave_with);
            break;
        case node_kind::attribute_set:
        case node_kind::recursive_set:
            look_into_set(
                merge_.merge(content_.children_of(of.id()), of.kind() == node_kind::recursive_set));
            break;
        case node_kind::legacy_let:
            look_into_set(merge_.merge(content_.children_of(of.id()), true));
            break;
        case node_kind::let_in: {
            auto const all = content_.children_of(of.id());
            auto const before = defined();
            define_all(merge_.merge(all.first(all.size() - 1), true));
            visit(as_let(of).body);
            plan(step::what::leave, before);
            break;
        }
        case node_kind::name:
        case node_kind::text:
            break;
        default:
            for (auto const child : of.children())
                visit(child);
        }
    }

    void look_into_set(std::uint32_t index) {
        if (merge_.set(index).recursive) {
            auto const before = defined();
            define_all(index);
            plan(step::what::leave, before);
            return;
        }
        use_inherited(index);
        visit_values(index);
    }

    // The names of a recursive set or let come into scope; `inherit x` means the x outside.
    void define_all(std::uint32_t index) {
        use_inherited(index);
        for (auto const& one : merge_.set(index).attributes)
            define(one.name);
        visit_values(index);
    }

    void use_inherited(std::uint32_t index) {
        for (auto const& one : merge_.set(index).attributes)
            if (one.from == merged_attribute::origin::inherited)
                use(one.defined_at, one.name);
    }

    void visit_values(std::uint32_t index) {
        auto const& set = merge_.set(index);
        auto const value = [&](node written, std::uint32_t merged) {
            if (merged != no_set)
                plan(step::what::look_into_set, merged);
            else if (written)
                visit(written);
        };
        for (auto const source : set.sources)
            visit(source);
        for (auto const& one : set.attributes)
            value(one.value, one.set);
        for (auto const& one : set.dynamics) {
            visit(one.step);
            value(one.value, one.set);
        }
    }

    arena const& content_;
    merger merge_;
    std::unordered_map<std::string_view, std::uint32_t> known_; // how often it is defined now
    std::vector<std::string_view> names_;                       // what is defined, innermost last
    std::size_t withs_ = 0;
    std::vector<step> planned_;
    std::vector<step> todo_;
    std::vector<node> found_;
};

} // namespace

std::vector<node> undefined_variables(node root) {
    return finder(root).run();
}

} // namespace dynix::syntax
