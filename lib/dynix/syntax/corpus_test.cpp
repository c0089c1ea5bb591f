// The .nix files of the trees that DYNIX_NIXPKGS, DYNIX_NIXPKGS_LIB and DYNIX_HOME_MANAGER name,
// read by dynix and by `nix-instantiate --parse`: accepted by both with the same normal form, or
// refused by both. A program of its own: exit code 77 (skipped) without Nix or without a tree.
#include "dynix/base/file.hpp"
#include "dynix/syntax/corpus.hpp"
#include "dynix/syntax/normal_form.hpp"
#include "dynix/syntax/oracle/nix_parser.hpp"
#include "dynix/syntax/parse.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <vector>

using namespace dynix;

namespace {

void print_difference(std::string_view file, std::string_view ours, std::string_view theirs) {
    auto const at = static_cast<std::size_t>(
        std::mismatch(
            ours.begin(),
            ours.begin() + static_cast<std::ptrdiff_t>(std::min(ours.size(), theirs.size())),
            theirs.begin())
            .first -
        ours.begin());
    auto const from = at < 60 ? 0 : at - 60;
    fmt::print(
        "{}: differs at byte {}\n  dynix: {}\n  Nix:   {}\n", file, at, ours.substr(from, 160),
        theirs.substr(from, 160));
}

} // namespace

int main() {
    auto const nix = syntax::nix_parser::find();
    if (!nix) {
        fmt::print("skipped: nix-instantiate cannot be run; install nix-bin\n");
        return syntax::skipped;
    }
    auto const files = syntax::corpus_files();
    if (files.empty()) {
        fmt::print("skipped: set DYNIX_NIXPKGS to the folder of a nixpkgs\n");
        return syntax::skipped;
    }
    std::size_t refused = 0;
    std::size_t different = 0;
    auto const forms = nix->forms(files);
    for (std::size_t i = 0; i < files.size(); ++i) {
        auto text = read_file(files[i]);
        if (!text)
            continue;
        auto const parsed =
            syntax::parse(std::move(*text), files[i], {.undefined_variables = true});
        refused += parsed ? 0U : 1U;
        if (!parsed && forms[i].empty())
            continue;
        if (!parsed || forms[i].empty()) {
            ++different;
            fmt::print(
                "{} accepts, {} refuses: {}\n{}", parsed ? "dynix" : "Nix",
                parsed ? "Nix" : "dynix", files[i], parsed ? "" : render(parsed.error()));
            continue;
        }
        auto const form = syntax::normal_form(
            *parsed, {std::filesystem::path(files[i]).parent_path(), syntax::setting("HOME", "/")});
        if (nix->same(form, forms[i]))
            continue;
        if (++different <= 20)
            print_difference(files[i], syntax::common_form(form), syntax::common_form(forms[i]));
    }
    fmt::print(
        "Nix {}: {} files, {} refused by both, {} differences\n", nix->version(), files.size(),
        refused - std::min(refused, different), different);
    return different == 0 ? 0 : 1;
}
