#include "dynix/modules/closure.hpp"

#include "dynix/plan/nix.hpp"

#include <array>
#include <charconv>
#include <fmt/format.h>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace dynix::modules {
namespace {

result<std::vector<std::string>> lines_of(std::vector<std::string> args, process::runner& with) {
    process::command query;
    query.program = plan::nix::store;
    query.args = std::move(args);
    query.capture_limit = std::size_t{64} << 20;
    auto const ended = with.run(query);
    if (!ended)
        return ended.error();
    if (!ended->success())
        return make_error(
            fmt::format("'{} --query' failed: {}", plan::nix::store, process::describe(*ended)),
            ended->err);
    std::vector<std::string> out;
    std::string_view rest = ended->out;
    while (!rest.empty()) {
        auto const end = rest.find('\n');
        out.emplace_back(rest.substr(0, end));
        rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    }
    return out;
}

} // namespace

result<std::uint64_t>
added_size(std::string const& system, std::string const& base, process::runner& with) {
    auto const all = lines_of({"--query", "--requisites", system}, with);
    if (!all)
        return all.error();
    auto const known = lines_of({"--query", "--requisites", base}, with);
    if (!known)
        return known.error();
    std::set<std::string> const old(known->begin(), known->end());
    std::vector<std::string> query{"--query", "--size"};
    for (auto const& path : *all)
        if (!old.contains(path))
            query.push_back(path);
    if (query.size() == 2)
        return std::uint64_t{0};
    auto const sizes = lines_of(std::move(query), with);
    if (!sizes)
        return sizes.error();
    std::uint64_t sum = 0;
    for (auto const& one : *sizes) {
        std::uint64_t size = 0;
        std::from_chars(one.data(), one.data() + one.size(), size);
        sum += size;
    }
    return sum;
}

std::string size_text(std::uint64_t bytes) {
    constexpr std::array units{"B", "kB", "MB", "GB", "TB"};
    auto amount = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; amount >= 1000 && unit + 1 < units.size(); ++unit)
        amount /= 1000;
    return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", amount, units[unit]);
}

} // namespace dynix::modules
