#include "dynix/evaluation/roots.hpp"

#include "dynix/base/file.hpp"
#include "dynix/plan/evaluation.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <string_view>
#include <system_error>

namespace dynix::evaluation {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view store_prefix = "/nix/store/";

result<void>
add_beside(std::vector<std::string>& to, std::string const& file, std::string const& dynamic_file) {
    auto const folder = folder_of(resolved(file));
    auto const dynamic = resolved(dynamic_file);
    std::error_code failed;
    for (fs::directory_iterator one(folder, failed), end; !failed && one != end;
         one.increment(failed)) {
        auto path = one->path().string();
        if (!is_of_dynamic_file(path, dynamic))
            to.push_back(std::move(path));
    }
    if (failed)
        return errno_error("list", folder, failed.value());
    return {};
}

} // namespace

std::string resolved(std::string const& path) {
    std::error_code failed;
    auto real = fs::weakly_canonical(path, failed);
    return failed ? path : real.string();
}

bool is_of_dynamic_file(std::string_view path, std::string const& dynamic_file) {
    auto const folder = folder_of(dynamic_file) + '/';
    auto const dynamic = std::string_view(dynamic_file).substr(folder.size());
    if (!path.starts_with(folder))
        return false;
    path.remove_prefix(folder.size());
    // overrides/generations.hpp, base/file.hpp
    return path == dynamic || path == fmt::format("{}.generations", dynamic) ||
           path == fmt::format(".{}.new", dynamic);
}

bool is_in_store(std::string_view path) {
    return path.starts_with(store_prefix);
}

result<std::vector<std::string>>
known_roots(plan::system_record const& record, std::string const& search_path) {
    std::vector<std::string> out;
    if (record.source.kind == plan::source_kind::flake)
        return out;
    for (auto const* named : {&record.roots, &record.more_roots})
        for (auto const& root : *named)
            out.push_back(resolved(root));
    switch (record.source.kind) {
    case plan::source_kind::flake:
        break;
    case plan::source_kind::configuration:
        out.push_back(resolved(record.source.nixpkgs));
        if (auto added = add_beside(out, record.source.configuration, record.dynamic_file); !added)
            return added.error();
        break;
    case plan::source_kind::file:
        if (auto added = add_beside(out, record.source.file, record.dynamic_file); !added)
            return added.error();
        break;
    }
    for (auto const& path : plan::paths_of_search_path(search_path))
        out.push_back(resolved(path));
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

} // namespace dynix::evaluation
