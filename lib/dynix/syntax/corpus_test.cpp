// Every .nix file of the trees named by DYNIX_NIXPKGS, DYNIX_NIXPKGS_LIB and DYNIX_HOME_MANAGER,
// read by dynix and by `nix-instantiate --parse`: accepted by both with the same normal form, or
// refused by both. A program of its own: exit code 77 (skipped) without Nix or without a tree.
#include "dynix/base/file.hpp"
#include "dynix/base/test_folder.hpp"
#include "dynix/syntax/corpus.hpp"
#include "dynix/syntax/normal_form.hpp"
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

constexpr std::size_t batch_size = 250;

std::string shell_quoted(std::string_view text) {
    std::string quoted = "'";
    for (char const c : text) {
        if (c == '\'')
            quoted += "'\\'";
        quoted += c;
    }
    quoted += '\'';
    return quoted;
}

// What Nix prints for each file; empty for a file that it refuses. Nix stops at the first bad
// file, so the rest of a batch is asked for again.
std::vector<std::string> nix_forms(std::string const& nix, std::vector<std::string> const& files) {
    test_folder const folder;
    std::vector<std::string> forms;
    while (forms.size() < files.size()) {
        std::string command = nix + " --parse --store dummy://";
        auto const end = std::min(files.size(), forms.size() + batch_size);
        for (auto i = forms.size(); i < end; ++i)
            command.append(" ").append(shell_quoted(files[i]));
        command += fmt::format(" > {0}/out 2> {0}/err", folder.path("."));
        auto const status = std::system(command.c_str());
        auto const out = *read_file(folder.path("out"));
        for (std::string_view rest = out; !rest.empty() && forms.size() < end;) {
            auto const line = std::min(rest.find('\n'), rest.size());
            forms.emplace_back(rest.substr(0, line));
            rest.remove_prefix(std::min(line + 1, rest.size()));
        }
        if (forms.size() == end)
            continue;
        if (status == 0) {
            fmt::print(stderr, "nix-instantiate prints fewer lines than it got files\n");
            std::exit(1);
        }
        forms.emplace_back();
    }
    return forms;
}

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
    auto const nix = syntax::setting("DYNIX_NIX_INSTANTIATE", "nix-instantiate");
    if (std::system((nix + " --version > /dev/null 2>&1").c_str()) != 0) {
        fmt::print("skipped: '{}' cannot be run; install nix-bin\n", nix);
        return syntax::skipped;
    }
    auto const files = syntax::corpus_files();
    if (files.empty()) {
        fmt::print("skipped: no tree is named\n");
        return syntax::skipped;
    }
    std::size_t refused = 0;
    std::size_t different = 0;
    auto const forms = nix_forms(nix, files);
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
        if (form == forms[i])
            continue;
        ++different;
        print_difference(files[i], form, forms[i]);
    }
    fmt::print(
        "{} files, {} refused by both, {} differences\n", files.size(),
        refused - std::min(refused, different), different);
    return different == 0 ? 0 : 1;
}
