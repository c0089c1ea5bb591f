#include "dynix/modulelist/detail/purity.hpp"

#include "dynix/modulelist/detail/fetching.hpp"
#include "dynix/modulelist/list_key.hpp"
#include "dynix/syntax/parse.hpp"
#include "dynix/syntax/surroundings.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <set>
#include <span>
#include <string>
#include <system_error>
#include <vector>

namespace dynix::modulelist::detail {
namespace {

using syntax::mention;
using syntax::mentioned_as;
using syntax::nix_builtins;
using words = std::span<std::string_view const>;

// Besides those that no file answers. The last one reads what git keeps.
constexpr std::array<std::string_view, 4> of_nix = {
    "langVersion", "inPureEvalMode", "nixVersion", "gitTracked"};
constexpr std::array<std::string_view, 5> reading = {
    "import", "scopedImport", "readFile", "hashFile", "fileContents"};
// Functions of Nix and of nixpkgs' lib that see which files are in a folder; `path` of builtins is
// another one.
constexpr std::array<std::string_view, 15> listing = {
    "readDir",
    "listFilesRecursive",
    "filterSource",
    "cleanSource",
    "cleanSourceWith",
    "fileset",
    "toSource",
    "fileFilter",
    "fromSource",
    "sourceByRegex",
    "sourceFilesBySuffices",
    "locateDominatingFile",
    "haskellPathsInDir",
    "gitignoreSource",
    "packagesFromDirectoryRecursive"};
// Of a flake's source: they change with a commit, and no file does. The last one has them all.
constexpr std::array<std::string_view, 9> of_commit = {
    "rev",          "shortRev",         "dirtyRev", "dirtyShortRev", "revCount",
    "lastModified", "lastModifiedDate", "narHash",  "sourceInfo"};
// What key.nix passes over, as the end of a path.
constexpr std::array<std::string_view, 3> passed_over = {"/result", "/.git", "/dynamic.nix"};

bool has(words all, std::string_view one) {
    return std::ranges::find(all, one) != all.end();
}

bool is_of_name(char one) {
    return (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z') || (one >= '0' && one <= '9') ||
           one == '_' || one == '-' || one == '\'';
}

std::string real_path(std::filesystem::path const& path) {
    std::error_code bad;
    return std::filesystem::weakly_canonical(path, bad).string();
}

// Of the code of one file.
class questions {
  public:
    questions(purity const& of, std::string const& file, syntax::node root)
        : of_(of), file_(file), mentions_(syntax::mentions_in(root)) {
        add_inputs(root);
        std::vector<syntax::node> left{root};
        while (!left.empty()) {
            auto const one = left.back();
            left.pop_back();
            look_at(one);
            for (auto const part : one.children())
                left.push_back(part);
        }
    }

    bool asks_for_surroundings() const {
        return home_ ||
               (search_path_ && any([](mention const& it) { return it.name == "tryEval"; })) ||
               (!of_.is_flake && other_search_path_) || any([this](mention const& it) {
                   return syntax::asks_for_surroundings(it) || has(of_nix, it.name) ||
                          // Of other systems it is in the key.
                          (of_.is_flake && it.name == "currentSystem") ||
                          (syntax::asks_for_file(it) && syntax::path_beside(it).empty());
               });
    }

    // What Nix has depends on its version and its settings.
    bool asks_what_nix_has() const {
        return any([](mention const& it) {
            return (it.as == mentioned_as::variable && it.name == nix_builtins) ||
                   (it.subject == nix_builtins && (it.name.empty() || it.may_be_missing));
        });
    }

    bool lists_files() const {
        return any([this](mention const& it) {
            bool const is_path = it.name == "path" && it.as != mentioned_as::text &&
                                 (it.subject == nix_builtins ||
                                  (it.as == mentioned_as::variable && with_nix_ && it.argument));
            return (is_path || has(listing, it.name)) && sees_passed_over(it);
        });
    }

    // What is made of a list but a system, and what is in a path or at the end of one: './result'.
    bool names_passed_over() const {
        return in_path_ || any([](mention const& it) {
                   return (has(reading, it.name) || syntax::asks_for_file(it)) &&
                          syntax::path_beside(it).ends_with(list_suffix);
               });
    }

    // nixpkgs then asks for the other one itself.
    bool leaves_config_out() const { return only_overlays_; }

    std::string_view asked_of_commit() const {
        for (auto const& it : mentions_)
            if (has(of_commit, it.name) && !(it.goes_on && it.name == of_commit.back()) &&
                may_be_of_flake(it))
                return it.name;
        return {};
    }

  private:
    template <class Test>
    bool any(Test const& test) const {
        return std::ranges::any_of(mentions_, test);
    }

    void look_at(syntax::node one) {
        using kind = syntax::node_kind;
        switch (one.kind()) {
        case kind::path:
            home_ = home_ || one.text().starts_with('~');
            [[fallthrough]];
        case kind::string:
        case kind::indented_string:
            in_path_ = in_path_ || has_passed_over(one.text());
            break;
        case kind::search_path: {
            search_path_ = true;
            auto const name = one.text().substr(1, one.text().size() - 2);
            other_search_path_ = other_search_path_ || name.substr(0, name.find('/')) != "nixpkgs";
            break;
        }
        case kind::with_scope:
            with_nix_ = with_nix_ || one.child(0).unwrapped().text() == nix_builtins;
            break;
        case kind::apply:
            for (auto const argument : syntax::as_apply(one).arguments)
                only_overlays_ = only_overlays_ || (defines(argument.unwrapped(), "overlays") &&
                                                    !defines(argument.unwrapped(), "config"));
            break;
        case kind::let_in:
            for (auto const binding : syntax::as_let(one).bindings)
                add_bound(binding);
            break;
        case kind::recursive_set:
        case kind::legacy_let:
            for (auto const binding : one.children())
                add_bound(binding);
            break;
        case kind::formals:
            for (auto const item : syntax::as_formals(one).items)
                ++formals_[name_of(item)];
            break;
        case kind::lambda:
            if (auto const argument = syntax::as_lambda(one).argument)
                bound_.emplace_back(argument.text());
            break;
        default:
            break;
        }
    }

    static std::string name_of(syntax::node formal) {
        return syntax::static_name(syntax::as_formal(formal).name).value_or("");
    }

    // By name, what `outputs` of the flake is called with.
    void add_inputs(syntax::node root) {
        std::filesystem::path const file = file_;
        if (!of_.is_flake || file.filename() != "flake.nix" ||
            !real_path(of_.list).starts_with(real_path(file.parent_path()) + '/') ||
            root.unwrapped().kind() != syntax::node_kind::attribute_set)
            return;
        for (auto const member : root.unwrapped().children()) {
            if (member.kind() != syntax::node_kind::binding)
                continue;
            auto const parts = syntax::as_binding(member);
            auto const outputs = parts.value.unwrapped();
            if (parts.path.size() != 1 || syntax::static_name(parts.path[0]) != "outputs" ||
                outputs.kind() != syntax::node_kind::lambda || !syntax::as_lambda(outputs).formals)
                continue;
            for (auto const item : syntax::as_formals(syntax::as_lambda(outputs).formals).items)
                inputs_.insert(name_of(item));
        }
        inputs_.erase("self");
    }

    // Unless the file calls something else by that name, too.
    bool is_input(std::string const& name) const {
        auto const formals = formals_.find(name);
        return inputs_.contains(name) && formals != formals_.end() && formals->second == 1 &&
               std::ranges::find(bound_, name) == bound_.end();
    }

    void add_bound(syntax::node one) {
        auto const names = one.kind() == syntax::node_kind::inherit
                               ? syntax::as_inherit(one).names
                               : syntax::as_binding(one).path.part(0, 1);
        for (auto const name : names)
            bound_.push_back(syntax::static_name(name).value_or(""));
    }

    static bool has_passed_over(std::string_view text) {
        for (auto const name : passed_over)
            for (auto at = text.find(name); at != text.npos; at = text.find(name, at + 1)) {
                bool const in_path =
                    at > 0 && std::string_view(".\"}").find(text[at - 1]) != std::string_view::npos;
                auto const next = at + name.size();
                if (in_path &&
                    (next >= text.size() || !is_of_name(text[next]) || text[next] == '-'))
                    return true;
            }
        return false;
    }

    // Whether a call sees the list, or what else is passed over, or may: in a folder below that of
    // the file and not above the list's everything has its name in the key.
    bool sees_passed_over(mention const& call) const {
        auto const name = syntax::path_beside(call);
        if (name.empty())
            return true;
        // One of the two may have come by a link.
        auto const folder = std::filesystem::path(file_).parent_path() / name;
        return real_path(of_.list).starts_with(real_path(folder) + '/');
    }

    // A variable that the file has may be anything, and what it is, is asked for elsewhere. Inputs
    // are in the key with their commits.
    bool may_be_of_flake(mention const& it) const {
        if (it.as == mentioned_as::variable)
            return std::ranges::find(bound_, it.name) == bound_.end();
        auto const is_below = [&](std::string_view root) {
            if (!it.subject.starts_with(root))
                return false;
            auto const name = std::string_view(it.subject).substr(root.size());
            auto const first = name.substr(0, name.find('.'));
            return !first.empty() && first != "self" && first != "sourceInfo" &&
                   first != "inputs" &&
                   (first.size() == name.size() || name == fmt::format("{}.sourceInfo", first));
        };
        auto const first = it.subject.substr(0, it.subject.find('.'));
        bool const is_of_input =
            is_input(first) && (it.subject == first || it.subject == first + ".sourceInfo");
        return !is_below("inputs.") && !is_below("self.") && !is_of_input;
    }

    purity const& of_;
    std::string const& file_;
    std::vector<mention> mentions_;
    std::vector<std::string> bound_;
    std::map<std::string, int> formals_;
    std::set<std::string> inputs_;
    bool home_ = false;
    bool in_path_ = false;
    bool search_path_ = false;
    bool other_search_path_ = false;
    bool with_nix_ = false;
    bool only_overlays_ = false;
};

} // namespace

std::string asks_for_more(purity const& of, std::string const& file, std::string const& text) {
    if (std::filesystem::path(file).filename() == "dynamic.nix")
        return std::string(evaluated_all_the_same);
    auto const parsed = syntax::parse(text, file, {.experimental_globals = true});
    if (!parsed)
        return "cannot be read by dynix, and may ask for anything";
    questions const asks(of, file, parsed->root());
    if (asks.asks_for_surroundings())
        return "asks for the environment, the time or a file elsewhere, which may change";
    if (asks.asks_what_nix_has())
        return "asks what `builtins' has, which changes with Nix and its settings";
    // The evaluation of a flake is pure: there the revision is known, and there is no home.
    if (!of.is_flake && fetches_without_hash(parsed->root()))
        return std::string(fetches_another);
    if (!of.is_flake && asks.leaves_config_out())
        return "gives `overlays' and no `config', which nixpkgs then reads from the environment";
    if (asks.lists_files())
        return "asks which files are in a folder, and the list, dynamic.nix, .git and what "
               "nix-build leaves do not count ('readDir ./folder' beside it may)";
    if (asks.names_passed_over())
        return "reads a list, dynamic.nix, .git or what nix-build leaves, which does not count";
    if (auto const member = asks.asked_of_commit(); of.is_flake && !member.empty())
        return fmt::format(
            "asks for '{}' of the flake, which changes with a commit and no file does ('{} = ...;' "
            "may)",
            member, member);
    return {};
}

bool is_passed_over(purity const& of, std::string const& folder, std::string const& file) {
    if (real_path(file) == real_path(of.list))
        return false;
    auto const below = std::filesystem::path(file).lexically_relative(folder);
    return std::ranges::any_of(below, [](std::filesystem::path const& step) {
        auto const name = step.string();
        return name == ".git" || name.ends_with(list_suffix) ||
               name.ends_with(fmt::format("{}.new", list_suffix));
    });
}

} // namespace dynix::modulelist::detail
