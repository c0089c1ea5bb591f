#include "dynix/modulelist/work_out.hpp"

#include "dynix/base/json.hpp"
#include "dynix/modulelist/detail/ask.hpp"
#include "dynix/modulelist/detail/demand.hpp"
#include "dynix/modulelist/detail/members.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <set>

namespace dynix::modulelist {
namespace {

boost::json::array to_json(std::vector<std::string> const& names) {
    return boost::json::array(names.begin(), names.end());
}

// What an attempt to leave parts out has come to, as far as it got.
struct progress {
    std::vector<std::string> left;
    std::vector<std::vector<std::string>> failed;
    unsigned tries = 0;
};

void add_attempt(progress& to, std::string_view line) {
    auto const said = detail::said(line);
    if (!said)
        return;
    if (said->contains("trying")) {
        ++to.tries;
        to.failed.push_back(detail::strings(*said, "trying"));
    } else if (said->contains("left") && !to.failed.empty()) {
        to.failed.pop_back();
        to.left = detail::strings(*said, "left");
    }
}

std::vector<std::string> names_of(needed_modules const& what) {
    std::vector<std::string> out;
    for (auto const& one : what.modules)
        out.push_back(one.name);
    return out;
}

// An attempt that ends Nix itself has failed like any other: the next run goes on behind it.
result<std::vector<std::string>>
shrink(request const& of, needed_modules const& from, module_list& work, process::runner& with) {
    progress now{names_of(from), {}, 0};
    while (now.tries < of.tries) {
        auto const before = now.tries;
        boost::json::array failed;
        for (auto const& part : now.failed)
            failed.push_back(to_json(part));
        auto const ended = detail::run_question(
            of, "shrink",
            {{"list", to_json(now.left)},
             {"candidates", to_json(from.candidates)},
             {"failed", std::move(failed)},
             {"wanted", work.from.result},
             {"most", of.tries - now.tries}},
            with, [&](std::string_view line) { add_attempt(now, line); });
        if (!ended)
            return ended.error();
        if (ended->success() || ended->interrupted || now.tries == before)
            break;
    }
    work.evaluations += now.tries;
    return now.left;
}

void collect(boost::json::value const& node, std::set<std::string>& into) {
    if (node.is_array())
        for (auto const& name : node.as_array())
            into.insert(std::string(name.as_string()));
    else if (node.is_object())
        for (auto const& [name, inner] : node.as_object())
            collect(inner, into);
}

} // namespace

result<std::string>
evaluate_list(request const& of, std::vector<std::string> const& list, process::runner& with) {
    auto const ended = detail::run_question(of, "evaluate", {{"list", to_json(list)}}, with);
    auto const found = detail::answer(ended);
    if (!found)
        return found.error();
    return found->is_string() ? result<std::string>(std::string(found->as_string()))
                              : make_error("Nix evaluated the list to no text");
}

result<evidence> watch(request const& of, process::runner& with) {
    evidence out;
    bool readable = true;
    auto const ended = detail::run_question(of, "watch", {}, with, [&](std::string_view line) {
        readable = add_line(out, line) && readable;
    });
    auto const found = detail::answer(ended);
    if (!found)
        return found.error();
    if (!readable || !found->is_object())
        return make_error("what the modules said while Nix evaluated them cannot be read");
    out.result = detail::text(found->as_object(), "result");
    out.list = detail::strings(found->as_object(), "list");
    if (detail::text(found->as_object(), "itself") != out.result)
        return make_error(
            "the modules of the system alone give another system: it was evaluated with more than "
            "nixpkgs, its modules and specialArgs, such as the argument 'pkgs' or extendModules",
            "give these as modules (nixpkgs.pkgs, imports), or keep the whole module list");
    return out;
}

result<module_list> work_out(request const& of, process::runner& with) {
    auto seen = watch(of, with);
    if (!seen)
        return seen.error();
    module_list out;
    out.from = std::move(*seen);
    out.by_evidence = modules_needed(out.from);
    out.modules = names_of(out.by_evidence);
    auto const found = evaluate_list(of, out.modules, with);
    out.evaluations = 2;
    if (!found || *found != out.from.result) {
        auto failed = make_error(
            "no shorter list is known to be enough: with the modules that are read and defined, "
            "the "
            "result is another one",
            "keep the whole module list");
        if (!found)
            failed.notes = found.error().notes;
        return failed;
    }
    if (of.tries == 0)
        return out;
    // Where that finds no list, what follows from the whole evaluation is shrunk.
    auto const fewer = detail::by_demand(of, out.from, out.by_evidence, with);
    bool is_enough = false;
    if (fewer) {
        auto const tried = evaluate_list(of, names_of(fewer->needed), with);
        out.evaluations += fewer->evaluations + 1;
        is_enough = tried && *tried == out.from.result;
    }
    if (is_enough)
        out.modules = names_of(fewer->needed);
    auto const shrunk = shrink(of, is_enough ? fewer->needed : out.by_evidence, out, with);
    if (!shrunk)
        return shrunk.error();
    // The attempts share packages, this does not.
    auto const verified = evaluate_list(of, *shrunk, with);
    ++out.evaluations;
    if (verified && *verified == out.from.result)
        out.modules = *shrunk;
    return out;
}

result<std::vector<std::string>>
declaring_modules(request const& of, std::vector<std::string> const& path, process::runner& with) {
    auto const ended = detail::run_question(of, "index", {}, with);
    auto const index = detail::answer(ended);
    if (!index)
        return index.error();
    auto const* node = &*index;
    for (auto const& name : path) {
        // Behind an option's own path stand the names in its value.
        if (!node->is_object())
            break;
        node = node->as_object().if_contains(name);
        if (node == nullptr)
            return std::vector<std::string>();
    }
    std::set<std::string> found;
    collect(*node, found);
    return std::vector<std::string>(found.begin(), found.end());
}

} // namespace dynix::modulelist
