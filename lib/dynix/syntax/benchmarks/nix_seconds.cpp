#include "dynix/base/file.hpp"
#include "dynix/base/test_folder.hpp"
#include "dynix/syntax/benchmarks/peer.hpp"
#include "dynix/syntax/literal.hpp"

#include <cstdlib>
#include <fstream>
#include <sys/resource.h>

namespace dynix::syntax {

namespace {

double children_seconds() {
    rusage used{};
    ::getrusage(RUSAGE_CHILDREN, &used);
    auto const seconds = [](timeval const& of) {
        return static_cast<double>(of.tv_sec) + static_cast<double>(of.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

} // namespace

std::optional<double> nix_seconds(std::vector<std::string> const& files, std::string& why) {
    auto const* const named = std::getenv("DYNIX_NIX_INSTANTIATE");
    std::string const nix = named != nullptr ? named : "nix-instantiate";
    test_folder const folder;
    // The seconds to evaluate `count`, a Nix expression that is true of the file `f`, for all
    // files.
    auto const run = [&](std::string const& count) -> std::optional<double> {
        auto const program = folder.path("import.nix");
        std::ofstream out(program);
        out << "builtins.foldl' (n: f: if " << count << " then n + 1 else n) 0 [\n";
        for (auto const& file : files)
            out << "(/. + " << *print_string(file) << ")\n";
        out << "]\n";
        out.close();
        auto const before = children_seconds();
        auto const answer = folder.path("answer");
        auto const command = nix + " --eval --store dummy:// " + program + " > " + answer;
        if (std::system(command.c_str()) != 0)
            return std::nullopt;
        auto const seconds = children_seconds() - before;
        if (std::atoi(read_file(answer)->c_str()) != static_cast<int>(files.size()))
            return std::nullopt;
        return seconds;
    };
    auto const parsed = run("builtins.isFunction (import f)");
    auto const read = run("builtins.isString (builtins.readFile f)");
    if (!parsed || !read) {
        why = "'" + nix + "' does not import the files";
        return std::nullopt;
    }
    return *parsed - *read;
}

} // namespace dynix::syntax
