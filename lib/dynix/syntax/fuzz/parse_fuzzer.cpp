// For libFuzzer: any bytes end in a tree or in an error; what parses has a normal form, and every
// node lies inside its parent.
#include "dynix/base/error.hpp"
#include "dynix/syntax/normal_form.hpp"
#include "dynix/syntax/parse.hpp"

#include <cstdlib>
#include <vector>

using namespace dynix;

namespace {

void check_ranges(syntax::tree const& parsed) {
    std::vector<syntax::node> todo{parsed.root()};
    while (!todo.empty()) {
        auto const outer = todo.back();
        todo.pop_back();
        auto begin = outer.range().begin;
        for (auto const inner : outer.children()) {
            auto const range = inner.range();
            if (range.begin < begin || range.end < range.begin || range.end > outer.range().end)
                std::abort();
            begin = range.end;
            todo.push_back(inner);
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    std::string text(reinterpret_cast<char const*>(data), size);
    auto const parsed = syntax::parse(std::move(text), "fuzz", {.undefined_variables = true});
    if (!parsed) {
        if (render(parsed.error()).empty())
            std::abort();
        return 0;
    }
    check_ranges(*parsed);
    if (syntax::normal_form(*parsed).empty())
        std::abort();
    return 0;
}
