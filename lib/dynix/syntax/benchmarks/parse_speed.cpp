// How fast the parser is, and how much memory its trees take, beside parsers that others wrote: on
// every .nix file of the tree that DYNIX_NIXPKGS names, preloaded, on one thread, with comments,
// ranges and static checks. Every run is a fresh process; time is the processor's, of the program
// and of the kernel for it, which a busy machine falsifies less than that of the clock.
//
// cold: the first pass of a process, all trees kept. warm: the second, after the first one's trees
// were freed (peers keep theirs). Memory is beside the source texts, per byte of them: resident is
// what the process grew by, heap what malloc has given out and not got back, its own headers
// included, tree what the trees themselves say. MB are 10^6 bytes. Medians; the ratio is to dynix,
// cold.
#include "dynix/base/file.hpp"
#include "dynix/syntax/benchmarks/peer.hpp"
#include "dynix/syntax/parse.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <malloc.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

using namespace dynix;

namespace {

constexpr int runs = 5;

struct corpus {
    std::vector<std::string> texts;
    std::vector<std::string> functions; // names of the files that are one, for Nix
    std::size_t bytes = 0;
    std::size_t function_bytes = 0;
    std::size_t refused = 0;
};

corpus load(std::string const& root) {
    std::vector<std::string> files;
    for (auto const& entry : std::filesystem::recursive_directory_iterator(root))
        if (entry.path().extension() == ".nix" && entry.is_regular_file())
            files.push_back(std::filesystem::canonical(entry.path()).string());
    std::sort(files.begin(), files.end());
    corpus all;
    for (auto const& file : files) {
        auto text = read_file(file);
        if (!text)
            continue;
        all.bytes += text->size();
        auto const parsed = syntax::parse(*text, file, {.undefined_variables = true});
        if (!parsed) {
            ++all.refused;
        } else if (parsed->root().unwrapped().kind() == syntax::node_kind::lambda) {
            all.functions.push_back(file);
            all.function_bytes += text->size();
        }
        all.texts.push_back(std::move(*text));
    }
    return all;
}

double seconds_of(auto const& work) {
    auto const now = [] {
        timespec at{};
        ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
        return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_nsec) / 1e9;
    };
    auto const begin = now();
    work();
    return now() - begin;
}

double resident_bytes() {
    std::size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages >> pages;
    return static_cast<double>(pages) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double heap_bytes() {
    auto const all = ::mallinfo2();
    return static_cast<double>(all.uordblks + all.hblkhd);
}

struct measurement {
    double cold; // seconds
    double warm;
    double resident; // this and the next two in bytes
    double heap;
    double tree; // 0: the trees do not say
};

// What `work` measures in a fresh process, several times; the median of each number.
measurement median_of(auto const& work) {
    std::array<std::vector<double>, 5> numbers;
    for (int i = 0; i < runs; ++i) {
        int ends[2];
        if (::pipe(ends) != 0)
            std::abort();
        auto const child = ::fork();
        if (child == 0) {
            auto const got = work();
            auto const written = ::write(ends[1], &got, sizeof got);
            ::_exit(written == sizeof got ? 0 : 1);
        }
        ::close(ends[1]);
        measurement got{};
        auto const bytes = ::read(ends[0], &got, sizeof got);
        ::close(ends[0]);
        int status = 0;
        ::waitpid(child, &status, 0);
        if (bytes != sizeof got || status != 0) {
            fmt::print("a run died with status {}\n", status);
            std::exit(1);
        }
        numbers[0].push_back(got.cold);
        numbers[1].push_back(got.warm);
        numbers[2].push_back(got.resident);
        numbers[3].push_back(got.heap);
        numbers[4].push_back(got.tree);
    }
    for (auto& some : numbers)
        std::nth_element(some.begin(), some.begin() + runs / 2, some.end());
    auto const median = [&](std::size_t which) { return numbers[which][runs / 2]; };
    return {median(0), median(1), median(2), median(3), median(4)};
}

measurement dynix_speed(corpus const& all, syntax::parse_options const& options) {
    std::vector<result<syntax::tree>> trees;
    trees.reserve(all.texts.size());
    auto const pass = [&](std::vector<std::string>& texts) {
        return seconds_of([&] {
            for (auto& text : texts)
                trees.push_back(syntax::parse(std::move(text), {}, options));
        });
    };
    measurement got{};
    auto texts = all.texts; // parse() takes its text over; the copy is not its work
    auto const resident = resident_bytes();
    auto const heap = heap_bytes();
    got.cold = pass(texts);
    got.resident = resident_bytes() - resident;
    got.heap = heap_bytes() - heap;
    for (auto const& one : trees)
        got.tree += one ? static_cast<double>(one->memory()) : 0;
    texts = all.texts;
    trees.clear();
    got.warm = pass(texts);
    return got;
}

measurement peer_speed(corpus const& all, std::function<void(std::string_view)> const& parse) {
    auto const pass = [&] {
        return seconds_of([&] {
            for (auto const& text : all.texts)
                parse(text);
        });
    };
    measurement got{};
    auto const resident = resident_bytes();
    auto const heap = heap_bytes();
    got.cold = pass();
    got.resident = resident_bytes() - resident;
    got.heap = heap_bytes() - heap;
    got.warm = pass();
    return got;
}

void print_row(
    std::string_view name, corpus const& all, measurement const& got, measurement const& ours) {
    auto const bytes = static_cast<double>(all.bytes);
    fmt::print(
        "{:<44} {:>7.1f} {:>7.1f} {:>8.2f} {:>5.2f} {:>5} {:>7.2f}\n", name, bytes / got.cold / 1e6,
        bytes / got.warm / 1e6, got.resident / bytes, got.heap / bytes,
        got.tree == 0 ? "-" : fmt::format("{:.2f}", got.tree / bytes), got.cold / ours.cold);
}

} // namespace

int main() {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    auto const* const root = std::getenv("DYNIX_NIXPKGS");
    if (root == nullptr) {
        fmt::print("skipped: DYNIX_NIXPKGS is not set\n");
        return 77;
    }
#if !defined(NDEBUG)
    fmt::print("NOT A RELEASE BUILD: configure with --buildtype=release for numbers that count\n");
#endif
    auto const all = load(root);
    fmt::print(
        "{} files, {} bytes, {} refused\n{:<44} {:>7} {:>7} {:>8} {:>5} {:>5} {:>7}\n",
        all.texts.size(), all.bytes, all.refused, "", "cold", "warm", "resident", "heap", "tree",
        "time");
    fmt::print("{:<44} {:>7} {:>7} {:>20} {:>7}\n", "", "MB/s", "MB/s", "bytes/byte", "ratio");
    auto const ours = median_of([&] { return dynix_speed(all, {}); });
    print_row("dynix", all, ours, ours);
    auto const scoped = median_of([&] { return dynix_speed(all, {.undefined_variables = true}); });
    print_row("dynix, undefined variables refused", all, scoped, ours);

    std::string why;
    if (auto const parse = syntax::tree_sitter(why))
        print_row("tree-sitter", all, median_of([&] { return peer_speed(all, *parse); }), ours);
    else
        fmt::print("tree-sitter: left out: {}\n", why);

    std::vector<double> seconds;
    for (int i = 0; i < runs; ++i)
        if (auto const one = syntax::nix_seconds(all.functions, why))
            seconds.push_back(*one);
    if (seconds.empty()) {
        fmt::print("Nix: left out: {}\n", why);
        return 0;
    }
    std::sort(seconds.begin(), seconds.end());
    auto const speed = static_cast<double>(all.function_bytes) / seconds[seconds.size() / 2] / 1e6;
    fmt::print(
        "{:<44} {:>7.1f} {:>7} {:>8} {:>5} {:>5} {:>7.2f}\n",
        fmt::format("Nix ({} files, import less readFile)", all.functions.size()), speed, "-", "-",
        "-", "-", static_cast<double>(all.bytes) / scoped.cold / 1e6 / speed);
    fmt::print("(Nix also refuses undefined variables: its ratio is to that row)\n");
    return 0;
}
