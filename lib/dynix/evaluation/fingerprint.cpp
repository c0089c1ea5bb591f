#include "dynix/evaluation/fingerprint.hpp"

#include "dynix/evaluation/roots.hpp"
#include "dynix/plan/plan.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <deque>
#include <dirent.h>
#include <iterator>
#include <memory>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <thread>
#include <utility>

namespace dynix::evaluation {
namespace {

// So many folders are shared among the threads that it does not matter which of them has the most
// files.
constexpr std::size_t shared_folders = 64;
constexpr unsigned most_threads = 4;

// In names: behind the last one of a folder, and between those of one shared folder and the next.
// No name is empty, and none has a slash.
constexpr char end_of_folder = '\0';
constexpr char end_of_share = '/';

struct closes_folder {
    void operator()(DIR* folder) const { ::closedir(folder); }
};

// The names in a folder, in an order that does not depend on the file system.
result<std::vector<std::string>> listed(std::string const& folder) {
    std::unique_ptr<DIR, closes_folder> const opened(::opendir(folder.c_str()));
    if (!opened)
        return errno_error("list", folder, errno);
    std::vector<std::string> out;
    errno = 0;
    for (auto const* one = ::readdir(opened.get()); one; one = ::readdir(opened.get()))
        if (std::string_view const name(one->d_name); name != "." && name != "..")
            out.emplace_back(name);
    if (errno != 0)
        return errno_error("list", folder, errno);
    std::sort(out.begin(), out.end());
    return out;
}

// The next names of those that were listed before; none where there are no more.
std::vector<std::string> next_of(std::string_view& names) {
    std::vector<std::string> out;
    while (!names.empty() && names.front() != end_of_folder) {
        auto const end = std::min(names.find('\0'), names.size());
        out.emplace_back(names.substr(0, end));
        names.remove_prefix(std::min(end + 1, names.size()));
    }
    names.remove_prefix(std::min<std::size_t>(1, names.size()));
    return out;
}

std::int64_t nanoseconds_of(timespec const& when) {
    constexpr std::int64_t second = 1'000'000'000;
    return static_cast<std::int64_t>(when.tv_sec) * second + when.tv_nsec;
}

// Notes files, one after the other.
class file_notes {
  public:
    // The names that were listed before; nullopt lists the folders.
    explicit file_notes(std::optional<std::string_view> names) : known_(names) {}

    // Whether it is a folder. `name` is what is noted of where it is.
    result<bool> add(std::string const& path, std::string_view name) {
        struct stat about {};
        if (::lstat(path.c_str(), &about) != 0) {
            if (errno != ENOENT)
                return errno_error("look at", path, errno);
            note({}, name);
            return false;
        }
        auto const is_folder = S_ISDIR(about.st_mode);
        auto const changed = nanoseconds_of(about.st_ctim);
        newest_ = std::max(newest_, changed);
        note(
            {static_cast<std::int64_t>(about.st_mode), is_folder ? 0 : about.st_size,
             nanoseconds_of(about.st_mtim), changed, static_cast<std::int64_t>(about.st_ino)},
            name);
        // Another link on its way may lead elsewhere now, which changes nothing of this one.
        if (S_ISLNK(about.st_mode))
            text_.append(resolved(path)) += '\0';
        return is_folder;
    }

    // What never changes is its name.
    void add_constant(std::string_view name) { note({-1, -1, -1, -1, -1}, name); }

    // All that is in a folder; gives the folders in it.
    result<std::vector<std::string>> add_folder(std::string const& folder) {
        auto names = known_ ? result<std::vector<std::string>>(next_of(*known_)) : listed(folder);
        if (!names)
            return names.error();
        std::vector<std::string> out;
        auto path = folder + '/';
        for (auto const& name : *names) {
            path.replace(folder.size() + 1, path.npos, name);
            auto const is_folder = add(path, name);
            if (!is_folder)
                return is_folder.error();
            if (*is_folder)
                out.push_back(path);
            names_.append(name) += '\0';
        }
        names_ += end_of_folder;
        text_ += end_of_folder;
        return out;
    }

    result<void> add_all_below(std::string folder) {
        std::vector<std::string> left;
        for (left.push_back(std::move(folder)); !left.empty();) {
            auto const one = std::move(left.back());
            left.pop_back();
            auto found = add_folder(one);
            if (!found)
                return found.error();
            left.insert(
                left.end(), std::make_move_iterator(found->rbegin()),
                std::make_move_iterator(found->rend()));
        }
        return {};
    }

    // Behind all others.
    void add_share(fingerprint const& what) {
        text_ += what.text;
        newest_ = std::max(newest_, what.newest);
        names_ += end_of_share;
        names_ += what.names;
    }

    fingerprint take() {
        return {plan::fingerprint_of(std::exchange(text_, {})), newest_, std::move(names_)};
    }

  private:
    // Kind, size, two times and the inode; all zero for what is not there.
    void note(std::array<std::int64_t, 5> const& what, std::string_view name) {
        auto const* bytes = reinterpret_cast<char const*>(what.data());
        text_.append(bytes, sizeof what);
        text_.append(name) += '\0';
    }

    std::optional<std::string_view> known_;
    std::string text_{};
    std::string names_{};
    std::int64_t newest_ = 0;
};

// The names of one shared folder, of all that follow.
std::optional<std::string_view> take_share(std::optional<std::string_view>& names) {
    if (!names)
        return std::nullopt;
    auto const end = std::min(names->find(end_of_share), names->size());
    auto const out = names->substr(0, end);
    names->remove_prefix(std::min(end + 1, names->size()));
    return out;
}

struct share {
    std::string folder{};
    std::optional<std::string_view> names{};
    result<fingerprint> found{fingerprint()};
};

void look_at(share& one) {
    file_notes notes(one.names);
    if (auto good = notes.add_all_below(one.folder); good)
        one.found = notes.take();
    else
        one.found = good.error();
}

// Each by one thread, and without more threads all by this one.
void look_at_all(std::vector<share>& shares) {
    std::atomic<std::size_t> next = 0;
    auto const work = [&] {
        for (auto i = next++; i < shares.size(); i = next++)
            look_at(shares[i]);
    };
    std::vector<std::thread> others;
    auto const wanted = std::min<std::size_t>(
        shares.size(), std::min(std::thread::hardware_concurrency(), most_threads));
    try {
        while (others.size() + 1 < wanted)
            others.emplace_back(work);
    } catch (std::system_error const&) {
        // The system has no more threads.
    }
    work();
    for (auto& one : others)
        one.join();
}

result<fingerprint>
look_at_roots(std::vector<std::string> const& roots, std::optional<std::string_view> names) {
    file_notes first(take_share(names));
    std::deque<std::string> folders;
    for (auto const& root : roots) {
        if (is_in_store(root)) {
            first.add_constant(root);
            continue;
        }
        auto const is_folder = first.add(root, root);
        if (!is_folder)
            return is_folder.error();
        if (*is_folder)
            folders.push_back(root);
    }
    // Folder by folder, until there are enough of them.
    while (!folders.empty() && folders.size() < shared_folders) {
        auto found = first.add_folder(folders.front());
        if (!found)
            return found.error();
        folders.pop_front();
        folders.insert(
            folders.end(), std::make_move_iterator(found->begin()),
            std::make_move_iterator(found->end()));
    }
    std::vector<share> shares;
    shares.reserve(folders.size());
    for (auto& folder : folders)
        shares.push_back({std::move(folder), take_share(names)});
    look_at_all(shares);
    for (auto const& one : shares) {
        if (!one.found)
            return one.found.error();
        first.add_share(*one.found);
    }
    return first.take();
}

} // namespace

result<fingerprint> fingerprint_of(std::vector<std::string> const& roots) {
    return look_at_roots(roots, std::nullopt);
}

result<fingerprint> fingerprint_by(std::string_view names, std::vector<std::string> const& roots) {
    return look_at_roots(roots, names);
}

} // namespace dynix::evaluation
