#include "dynix/evaluation/roots.hpp"

#include "dynix/base/file.hpp"
#include "dynix/plan/evaluation.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <utility>

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

class way_notes {
  public:
    // Whatever is below it is read by this name.
    void add(std::string const& named) {
        if (note(named))
            ways_.names.push_back(named);
    }

    // A file, and what is read by its own folder.
    void add_file(std::string const& named) {
        for (auto const& name : plan::links_of(named).names) {
            ways_.names.push_back(name);
            // It is for a folder without links to say itself what of it may be read.
            auto const folder = folder_of(name);
            if (!plan::links_of(folder).names.empty())
                ways_.names.push_back(folder);
        }
        note(named);
    }

    // Whether there is a link on its way.
    bool note(std::string const& named) {
        auto const found = plan::links_of(named);
        if (found.links.empty())
            return false;
        for (auto const& name : found.names)
            ways_.text.append(name) += '\0';
        ways_.text.append(found.leads_to).append(2, '\0');
        for (auto const& link : found.links) {
            struct stat about {};
            if (::lstat(link.c_str(), &about) == 0)
                moment_ += fmt::format(
                    "{} {} {}.{}\n", link, about.st_ino, about.st_ctim.tv_sec,
                    about.st_ctim.tv_nsec);
        }
        return true;
    }

    ways_to_roots take() {
        ways_.moment = ways_.text + moment_;
        return std::move(ways_);
    }

  private:
    ways_to_roots ways_{};
    std::string moment_{};
};

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

ways_to_roots known_ways(plan::system_record const& record, std::string const& search_path) {
    way_notes out;
    if (record.source.kind == plan::source_kind::flake)
        return out.take();
    for (auto const* named : {&record.roots, &record.more_roots})
        for (auto const& root : *named)
            out.add(root);
    if (record.source.kind == plan::source_kind::configuration) {
        out.add(record.source.nixpkgs);
        out.add_file(record.source.configuration);
    } else {
        out.add_file(record.source.file);
    }
    for (auto const& path : plan::paths_of_search_path(search_path))
        out.note(path);
    return out.take();
}

} // namespace dynix::evaluation
