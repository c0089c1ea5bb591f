// Every .nix file of the trees that the environment names: what is printed for it parses to the
// same tree, is printed the same again, and has no parentheses to spare. A program of its own: exit
// code 77 (skipped) without a tree.
#include "dynix/base/file.hpp"
#include "dynix/syntax/corpus.hpp"
#include "dynix/syntax/normal_form.hpp"
#include "dynix/syntax/parse.hpp"
#include "dynix/syntax/print.hpp"
#include "dynix/syntax/same_tree.hpp"

#include <fmt/format.h>

using namespace dynix;
using namespace dynix::syntax;

namespace {

// Trying every pair of parentheses takes a parse for each.
constexpr std::size_t largest_tried = 8'000;

// What is wrong with the printed text of a file; empty when nothing is.
std::string fault_of(tree const& before) {
    auto const text = print(before);
    auto const after = parse(text, "printed");
    if (!after)
        return render(after.error());
    if (auto difference = tree_comparison().difference(before.root(), after->root());
        !difference.empty())
        return difference;
    if (normal_form(before) != normal_form(*after))
        return "another normal form";
    if (print(*after) != text)
        return "printed differently the second time";
    return text.size() <= largest_tried ? needless_parentheses(*after) : "";
}

} // namespace

int main() {
    auto files = corpus_files();
    if (auto const tests = setting("DYNIX_NIX_LANG_TESTS", ""); !tests.empty())
        for (auto& file : nix_files(tests))
            files.push_back(std::move(file));
    if (files.empty()) {
        fmt::print("skipped: set DYNIX_NIXPKGS to the folder of a nixpkgs\n");
        return skipped;
    }
    std::size_t printed = 0;
    std::size_t faults = 0;
    for (auto const& file : files) {
        auto text = read_file(file);
        if (!text)
            continue;
        auto const parsed = parse(std::move(*text), file);
        if (!parsed)
            continue;
        ++printed;
        auto const fault = fault_of(*parsed);
        if (fault.empty())
            continue;
        ++faults;
        fmt::print("{}: {}\n", file, fault.substr(0, 600));
    }
    fmt::print("{} files, {} printed, {} faults\n", files.size(), printed, faults);
    return faults == 0 && printed > 0 ? 0 : 1;
}
