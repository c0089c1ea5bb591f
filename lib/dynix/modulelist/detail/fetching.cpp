#include "dynix/modulelist/detail/fetching.hpp"

#include "dynix/syntax/mentions.hpp"
#include "dynix/syntax/parse.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace dynix::modulelist::detail {
namespace {

// By any name that leads to them, such as that of a formal.
constexpr std::array<std::string_view, 5> fetching = {
    "fetchGit", "fetchTree", "fetchMercurial", "getFlake", "fetchTarball"};
// That of nixpkgs, whose hash is checked by a builder, has the same last name.
constexpr std::string_view fetchurl = "builtins.fetchurl";
constexpr std::array<std::string_view, 3> with_hash = {
    "fetchTarball", "builtins.fetchTarball", fetchurl};

bool is_fetching(syntax::node const& one) {
    auto const kind = one.kind();
    if (kind == syntax::node_kind::select)
        return one.text() == fetchurl;
    return (kind == syntax::node_kind::variable || kind == syntax::node_kind::name) &&
           std::ranges::find(fetching, one.text()) != fetching.end();
}

// Its function is none that has to be looked at.
bool is_by_hash(syntax::node const& one) {
    if (one.kind() != syntax::node_kind::apply)
        return false;
    auto const parts = syntax::as_apply(one);
    auto const argument = parts.arguments.front().unwrapped();
    return std::ranges::find(with_hash, parts.function.unwrapped().text()) != with_hash.end() &&
           argument.kind() == syntax::node_kind::attribute_set &&
           syntax::defines(argument, "sha256");
}

} // namespace

bool fetches_without_hash(syntax::node root) {
    std::vector<syntax::node> left{root};
    while (!left.empty()) {
        auto const one = left.back();
        left.pop_back();
        if (is_fetching(one))
            return true;
        if (is_by_hash(one)) {
            for (auto const argument : syntax::as_apply(one).arguments)
                left.push_back(argument);
            continue;
        }
        for (auto const part : one.children())
            left.push_back(part);
    }
    return false;
}

bool fetches_without_hash(std::string const& text) {
    if (text.find("fetch") == text.npos && text.find("getFlake") == text.npos)
        return false;
    auto const parsed = syntax::parse(text, "", {.experimental_globals = true});
    return !parsed || fetches_without_hash(parsed->root());
}

} // namespace dynix::modulelist::detail
