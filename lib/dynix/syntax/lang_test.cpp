// Nix's own language tests, in the folder named by DYNIX_NIX_LANG_TESTS: what their names say must
// parse does, what must not does not. A program of its own: exit code 77 (skipped) without them.
#include "dynix/base/file.hpp"
#include "dynix/syntax/parse.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <string>
#include <string_view>

using namespace dynix;

namespace {

// Files on which dynix differs from what the name says, and why that is right.
std::map<std::string_view, std::string_view> const known{};

// eval-fail tests fail at evaluation, except those whose recorded error is one of parsing.
bool fails_to_parse(std::filesystem::path const& file) {
    auto expected = file;
    expected.replace_extension(".err.exp");
    auto const text = read_file(expected.string());
    if (!text)
        return false;
    for (std::string_view const sign :
         {"syntax error", "undefined variable", "already defined", "duplicate formal",
          "dynamic attributes not allowed", "path has a trailing slash", "invalid integer",
          "invalid float", "contains null bytes"})
        if (text->find(sign) != std::string::npos)
            return text->find("… while") == std::string::npos;
    return false;
}

} // namespace

int main() {
    auto const* const root = std::getenv("DYNIX_NIX_LANG_TESTS");
    if (root == nullptr) {
        fmt::print("skipped: set DYNIX_NIX_LANG_TESTS to tests/functional/lang of Nix's sources\n");
        return 77;
    }
    std::size_t files = 0;
    std::size_t wrong = 0;
    std::vector<std::filesystem::path> sorted;
    for (auto const& entry : std::filesystem::directory_iterator(root))
        sorted.push_back(entry.path());
    std::sort(sorted.begin(), sorted.end());
    for (auto const& file : sorted) {
        auto const name = file.filename().string();
        auto const is = [&](std::string_view prefix) { return name.starts_with(prefix); };
        if (file.extension() != ".nix" ||
            !(is("parse-okay") || is("parse-fail") || is("eval-okay") || is("eval-fail")))
            continue;
        ++files;
        auto const should = !is("parse-fail") && !(is("eval-fail") && fails_to_parse(file));
        auto const parsed =
            syntax::parse(*read_file(file.string()), file.string(), {.undefined_variables = true});
        if (parsed.has_value() == should)
            continue;
        if (auto const reason = known.find(name); reason != known.end()) {
            fmt::print("{}: {}\n", name, reason->second);
            continue;
        }
        ++wrong;
        fmt::print(
            "{}: should be {}\n{}", name, should ? "accepted" : "refused",
            parsed ? "" : render(parsed.error()));
    }
    fmt::print("{} files, {} wrong\n", files, wrong);
    return wrong == 0 && files != 0 ? 0 : 1;
}
