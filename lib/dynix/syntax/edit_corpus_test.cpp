// Every .nix file of the trees that the environment names: attributes that are written in it are
// replaced, removed, and given a neighbour. Each time the text parses, the attribute is what it
// should be, and every byte outside the change is the one that was there. A program of its own:
// exit code 77 (skipped) without a tree.
#include "dynix/base/file.hpp"
#include "dynix/syntax/attribute_path.hpp"
#include "dynix/syntax/corpus.hpp"
#include "dynix/syntax/edit.hpp"
#include "dynix/syntax/parse.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

using namespace dynix;
using namespace dynix::syntax;

namespace {

using attribute_path = std::vector<std::string>;

// The paths of the bindings in the outermost sets of a file, with how often each is there.
std::map<attribute_path, int> written_paths(node root) {
    std::map<attribute_path, int> found;
    std::vector<std::pair<node, attribute_path>> todo{{root, {}}};
    while (!todo.empty()) {
        auto [of, path] = todo.back();
        todo.pop_back();
        of = of.unwrapped();
        if (of.kind() == node_kind::lambda || of.kind() == node_kind::with_scope ||
            of.kind() == node_kind::let_in || of.kind() == node_kind::assertion)
            todo.emplace_back(of.children().back(), path);
        if (of.kind() != node_kind::attribute_set && of.kind() != node_kind::recursive_set)
            continue;
        for (auto const item : of.children()) {
            if (item.kind() != node_kind::binding)
                continue;
            auto here = path;
            for (auto const step : as_binding(item).path)
                if (auto name = static_name(step))
                    here.push_back(std::move(*name));
            if (here.size() != path.size() + as_binding(item).path.size())
                continue; // a computed name
            for (auto length = path.size() + 1; length < here.size(); ++length)
                ++found[{here.begin(), here.begin() + static_cast<std::ptrdiff_t>(length)}];
            ++found[here];
            todo.emplace_back(as_binding(item).value, here);
        }
    }
    return found;
}

struct checker {
    tree const& before;
    std::string fault;
    std::size_t edits = 0;

    bool keeps_the_rest(result<edited_text> const& changed, std::string_view verb) {
        if (!changed) {
            fault = fmt::format("{}: {}", verb, render(changed.error()));
            return false;
        }
        ++edits;
        auto const old = before.source();
        auto const now = std::string_view(changed->text);
        if (old.substr(0, changed->replaced.begin) == now.substr(0, changed->inserted.begin) &&
            old.substr(changed->replaced.end) == now.substr(changed->inserted.end))
            return true;
        fault = fmt::format("{}: bytes outside the change differ", verb);
        return false;
    }

    bool has_value(std::string const& text, attribute_path const& path, std::string_view value) {
        auto const now = parse(text, "after");
        auto const binding = now ? find(*now, path) : result<node>(now.error());
        if (binding && as_binding(*binding).value.text() == value)
            return true;
        fault = fmt::format(
            "{}: {}", print_attribute_path(path),
            binding ? std::string(binding->text()) : render(binding.error()));
        return false;
    }

    bool goes_away(attribute_path const& path) {
        auto const removed = remove(before, path);
        // Others in a recursive set may use it: edit_test.cpp knows when.
        if (!removed && removed.error().message.ends_with("is still used here"))
            return true;
        if (!keeps_the_rest(removed, "remove"))
            return false;
        auto const now = parse(removed->text, "after");
        if (now && !find(*now, path))
            return true;
        fault = "remove: it is still there";
        return false;
    }

    void check(attribute_path const& path) {
        auto const replaced = replace(before, path, "\"of the test\"");
        if (!keeps_the_rest(replaced, "replace") ||
            !has_value(replaced->text, path, "\"of the test\""))
            return;
        if (!goes_away(path))
            return;
        auto neighbour = path;
        neighbour.back() = "of the test";
        auto const inserted = insert(before, neighbour, "[ 1 ]");
        if (!keeps_the_rest(inserted, "insert") || !has_value(inserted->text, neighbour, "[ 1 ]"))
            return;
        // There and back again; only {} comes back as { }.
        if (inserted->text[inserted->inserted.end - 1] == ' ' &&
            before.source()[inserted->replaced.begin - 1] == '{')
            return;
        auto const now = parse(inserted->text, "after");
        auto const back = remove(*now, neighbour);
        if (!back || back->text != before.source())
            fault = "an insertion that is removed leaves something";
    }
};

} // namespace

int main() {
    auto const files = corpus_files();
    if (files.empty()) {
        fmt::print("skipped: set DYNIX_NIXPKGS to the folder of a nixpkgs\n");
        return skipped;
    }
    std::size_t edits = 0;
    std::size_t faults = 0;
    for (auto const& file : files) {
        auto text = read_file(file);
        if (!text)
            continue;
        auto const parsed = parse(std::move(*text), file);
        if (!parsed)
            continue;
        std::vector<attribute_path> paths;
        for (auto const& [path, count] : written_paths(parsed->root()))
            if (count == 1)
                paths.push_back(path);
        // The first, the last and two in between.
        for (std::size_t i = 0; i < std::min<std::size_t>(paths.size(), 4); ++i) {
            auto const& path = paths[i * (paths.size() - 1) / 3 % paths.size()];
            if (!find(*parsed, path))
                continue; // below an attribute that comes from `inherit` or a call
            checker test{*parsed, {}};
            test.check(path);
            edits += test.edits;
            if (test.fault.empty())
                continue;
            ++faults;
            fmt::print("{}: {}: {}\n", file, print_attribute_path(path), test.fault);
        }
    }
    fmt::print("{} files, {} edits, {} faults\n", files.size(), edits, faults);
    return faults == 0 && edits > 0 ? 0 : 1;
}
