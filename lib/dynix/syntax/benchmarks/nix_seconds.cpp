#include "dynix/base/file.hpp"
#include "dynix/base/test_folder.hpp"
#include "dynix/syntax/benchmarks/peer.hpp"
#include "dynix/syntax/literal.hpp"

#include <cstdlib>
#include <fstream>
#include <sys/resource.h>

namespace dynix::syntax {

namespace {

double children_user_seconds() {
    rusage used{};
    ::getrusage(RUSAGE_CHILDREN, &used);
    return static_cast<double>(used.ru_utime.tv_sec) +
           static_cast<double>(used.ru_utime.tv_usec) / 1e6;
}

} // namespace

std::optional<double> nix_seconds(std::vector<std::string> const& files, std::string& why) {
    auto const* const named = std::getenv("DYNIX_NIX_INSTANTIATE");
    std::string const nix = named != nullptr ? named : "nix-instantiate";
    test_folder const folder;
    auto const run = [&](std::vector<std::string> const& some) -> std::optional<double> {
        auto const program = folder.path("import.nix");
        std::ofstream out(program);
        out << "builtins.foldl' (n: f: if builtins.isFunction (import (/. + f)) then n + 1 else n) "
               "0 [\n";
        for (auto const& file : some)
            out << *print_string(file) << "\n";
        out << "]\n";
        out.close();
        auto const before = children_user_seconds();
        auto const answer = folder.path("answer");
        auto const command = nix + " --eval --store dummy:// " + program + " > " + answer;
        if (std::system(command.c_str()) != 0)
            return std::nullopt;
        auto const seconds = children_user_seconds() - before;
        if (std::atoi(read_file(answer)->c_str()) != static_cast<int>(some.size()))
            return std::nullopt;
        return seconds;
    };
    auto const all = run(files);
    auto const start = run({});
    if (!all || !start) {
        why = "'" + nix + "' does not import the files";
        return std::nullopt;
    }
    return *all - *start;
}

} // namespace dynix::syntax
