// What Nix sees of edits: random files of every indentation and line end are changed, and one
// evaluation of the real nix-instantiate compares each with what it should be: the value at the
// path is the new one, and everything beside it is as before. A program of its own: exit code 77
// (skipped) where there is no Nix.
#include "dynix/base/file.hpp"
#include "dynix/base/test_folder.hpp"
#include "dynix/syntax/attribute_path.hpp"
#include "dynix/syntax/edit.hpp"
#include "dynix/syntax/literal.hpp"
#include "dynix/syntax/parse.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <random>

using namespace dynix;
using namespace dynix::syntax;

namespace {

constexpr std::size_t files = 600;

using attribute_path = std::vector<std::string>;

// Values that take several lines, as people and programs write them.
constexpr std::string_view values[] = {
    "1",
    "[ ]",
    "''\n  one\n  two\n''",
    "''\n  one\n\n    two\n  ''",
    "''\n\tone\n\t\ttwo\n''",
    "''\n  one\n \t two\n''",
    "''one\n  two''",
    "'' \n  one ''${x} '''\n    two''\n",
    "''\n  a''\\nb\n  c\n''",
    "''\r\n  one\r\n  two\r\n''",
    "''\n  one\r\n\n  two\n''",
    "''\n  ${\n  \"a\n  b\"\n  } c\n      ${''\n    d\n    e\n  ''}\n''",
    "''\n    ${\"a\"}\n  b\n   \n''",
    "\"one\n  two\n\"",
    "\"one\r\n  two\\\n three\\\\\n\"",
    "\"one \\\r\n two\r\rthree\r\n\"",
    "[\n  1\n  \"a\n b\"\n\n  ''\n    c\n    d\n  ''\n]",
    "{\n  x = 1;\n  y = {\n    z = ''\n      a\n      b\n    '';\n  };\n}",
    "{\r\n  x = 1; # one\r\n  y = [\r\n    \"b\r\n\"\r\n  ];\r\n}",
    "let\n\tx = ''\n\t\ta\n\t'';\nin\n\tx + \"b\n\"",
    "# of the value\n  {\n  \"a\n  b\" = ''\n  c\n  d'';\n}",
    "[ 1 # one\r 2 ]",
};

class writer {
  public:
    explicit writer(std::uint64_t seed) : random_(seed) {}

    std::size_t below(std::size_t limit) { return random_() % limit; }
    template <class List>
    auto const& one_of(List const& list) {
        return list[below(std::size(list))];
    }

    struct file {
        std::string text;
        std::vector<attribute_path> bindings; // each is written at its path, and only there
        std::vector<attribute_path> sets;     // those that are written with braces
    };

    file write() {
        static constexpr std::string_view steps[] = {"  ", "    ", "\t", " \t", "\t ", "   ", ""};
        static constexpr std::string_view ends[] = {"\n", "\n", "\r\n", "\r\n"};
        static constexpr std::string_view heads[] = {"", "", "{ ... }: ", "let unused = 1; in "};
        made_ = {};
        step_ = one_of(steps);
        end_ = one_of(ends);
        mixed_ends_ = below(6) == 0;
        one_line_ = below(6) == 0;
        made_.text = one_of(heads);
        set({}, std::string(below(3) == 0 ? step_ : ""), 0);
        made_.text += below(2) == 0 ? "" : end();
        return std::move(made_);
    }

  private:
    std::string_view end() { return mixed_ends_ && below(2) == 0 ? "\n" : end_; }

    void set(attribute_path const& path, std::string const& around, std::size_t depth) {
        made_.sets.push_back(path);
        made_.text += below(4) == 0 ? "rec {" : "{";
        auto const inside = around + std::string(step_);
        auto const count = below(5);
        for (std::size_t i = 0; i < count; ++i) {
            new_line(inside);
            if (below(6) == 0)
                made_.text += "/* c */ ";
            auto here = path;
            here.push_back(fmt::format("n{}", i));
            made_.text += here.back();
            if (below(4) == 0) {
                here.push_back("d");
                made_.text += ".d";
            }
            made_.text += below(4) == 0 ? "=" : " = ";
            made_.bindings.push_back(here);
            if (depth < 2 && below(3) == 0)
                set(here, inside, depth + 1);
            else
                made_.text += one_of(values);
            made_.text += ';';
            if (!one_line_ && below(6) == 0)
                made_.text += " # said";
        }
        if (!one_line_ && below(8) == 0) {
            new_line(inside);
            made_.text += "# last";
        }
        new_line(around);
        made_.text += '}';
    }

    void new_line(std::string const& indentation) {
        if (one_line_) {
            made_.text += ' ';
            return;
        }
        made_.text.append(end()).append(indentation);
    }

    std::mt19937_64 random_;
    file made_;
    std::string_view step_;
    std::string_view end_;
    bool mixed_ends_ = false;
    bool one_line_ = false;
};

std::string names(attribute_path const& path) {
    std::vector<std::string> quoted;
    for (auto const& name : path)
        quoted.push_back(*print_string(name));
    return fmt::format("[ {} ]", fmt::join(quoted, " "));
}

// What a change of one attribute should give. Removing the only name in a set that is written
// `a.b = 1;` removes the set as well, so empty sets on the way do not count.
constexpr std::string_view expectations = R"(
  set = path: value: of:
    if path == [ ] then value
    else of // { ${builtins.head path} = set (builtins.tail path) value (of.${builtins.head path} or { }); };
  without = path: of:
    if builtins.length path == 1 then removeAttrs of path
    else of // { ${builtins.head path} = without (builtins.tail path) of.${builtins.head path}; };
  pruned = path: of:
    if path == [ ] || !(of ? ${builtins.head path}) then of
    else
      let inner = pruned (builtins.tail path) of.${builtins.head path};
      in if inner == { } then removeAttrs of [ (builtins.head path) ]
         else of // { ${builtins.head path} = inner; };
  outer = path: builtins.genList (builtins.elemAt path) (builtins.length path - 1);
  read = file: let it = import file; in if builtins.isFunction it then it { } else it;
)";

struct test_run {
    test_folder folder;
    writer random{20260401};
    std::vector<std::string> truths;
    std::vector<std::string> said; // what each of them is about
    std::size_t faults = 0;

    std::string file_of(std::string_view text) {
        auto file = folder.path(fmt::format("{}.nix", written_++));
        std::ofstream(file, std::ios::binary) << text;
        return file;
    }

    void check(
        writer::file const& before, attribute_path const& path, std::string_view verb,
        result<edited_text> const& after, std::string const& expectation) {
        if (!after) {
            ++faults;
            fmt::print(
                "{} {}: {}\n{}\n", verb, fmt::join(path, "."), render(after.error()), before.text);
            return;
        }
        auto const old = file_of(before.text);
        truths.push_back(fmt::format(
            "(let old = read {}; new = read {}; path = {}; in {})", old, file_of(after->text),
            names(path), expectation));
        said.push_back(fmt::format(
            "{} {} in\n{}\n--- gave\n{}\n", verb, fmt::join(path, "."), before.text, after->text));
    }

    void edit_one_file() {
        auto const file = random.write();
        auto const tree = parse(file.text, "before");
        if (!tree) {
            ++faults;
            fmt::print("the test wrote no Nix: {}\n{}\n", render(tree.error()), file.text);
            return;
        }
        auto const& value = random.one_of(values);
        auto const wanted = [&] { return fmt::format("import {}", file_of(value)); };
        if (!file.bindings.empty()) {
            auto const& path = random.one_of(file.bindings);
            check(
                file, path, "replace", replace(*tree, path, value),
                fmt::format("new == set path ({}) old", wanted()));
            auto const& gone = random.one_of(file.bindings);
            check(
                file, gone, "remove", remove(*tree, gone),
                "pruned (outer path) new == pruned (outer path) (without path old)");
        }
        auto path = random.one_of(file.sets);
        path.push_back(random.below(3) == 0 ? "n new" : "new");
        if (random.below(3) == 0)
            path.push_back("below");
        check(
            file, path, "insert", insert(*tree, path, value),
            fmt::format("new == set path ({}) old", wanted()));
    }

  private:
    std::size_t written_ = 0;
};

} // namespace

int main() {
    auto const* const named = std::getenv("DYNIX_NIX_INSTANTIATE");
    std::string const nix = named != nullptr ? named : "nix-instantiate";
    if (std::system((nix + " --version > /dev/null 2>&1").c_str()) != 0) {
        fmt::print("skipped: '{}' cannot be run; install nix-bin\n", nix);
        return 77;
    }
    test_run test;
    for (std::size_t i = 0; i < files; ++i)
        test.edit_one_file();
    auto const program = fmt::format(
        "let {}in builtins.concatStringsSep \"\" (map (truth: if truth then \"1\" else \"0\") "
        "[\n{}\n])\n",
        expectations, fmt::join(test.truths, "\n"));
    auto const command = fmt::format(
        "{} --eval --json --strict --store dummy:// {} > {}", nix, test.file_of(program),
        test.folder.path("out"));
    if (std::system(command.c_str()) != 0) {
        fmt::print("nix-instantiate refuses what an edit wrote\n");
        return 1;
    }
    auto const answer = read_file(test.folder.path("out"));
    for (std::size_t i = 0; i < test.truths.size(); ++i) {
        if (answer && (*answer)[i + 1] == '1')
            continue;
        ++test.faults;
        fmt::print("Nix sees another value: {}\n", test.said[i]);
    }
    fmt::print("{} edits, {} faults\n", test.truths.size(), test.faults);
    return test.faults == 0 && test.truths.size() > files ? 0 : 1;
}
