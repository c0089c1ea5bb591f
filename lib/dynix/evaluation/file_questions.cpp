#include "dynix/evaluation/file_questions.hpp"

#include "dynix/base/file.hpp"
#include "dynix/evaluation/roots.hpp"
#include "dynix/syntax/parse.hpp"
#include "dynix/syntax/surroundings.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <string_view>
#include <system_error>

namespace dynix::evaluation {
namespace {

namespace fs = std::filesystem;

// Nix reads a module of any name. What is larger and no ".nix" is none.
constexpr std::uintmax_t largest_without_suffix = 1 << 20;

class file_check {
  public:
    file_check(std::vector<std::string> const& roots, plan::system_record const& record)
        : roots_(roots), dynamic_(resolved(record.dynamic_file)) {
        for (auto const& root : record.roots)
            passed_over_.push_back(resolved(root));
        auto const& source = record.source;
        if (!source.nixpkgs.empty())
            passed_over_.push_back(resolved(source.nixpkgs));
        auto const& file =
            source.kind == plan::source_kind::file ? source.file : source.configuration;
        folder_of_source_ = folder_of(resolved(file));
    }

    result<void> below(std::string const& root) const {
        std::error_code unreadable;
        // What a link leads to is read only where it is below another root.
        if (is_passed_over(root) || fs::is_symlink(root, unreadable))
            return {};
        if (fs::is_regular_file(root, unreadable))
            return in_file(root);
        std::error_code failed;
        for (fs::recursive_directory_iterator one(root, failed), end; !failed && one != end;
             one.increment(failed)) {
            auto const path = one->path().string();
            if (one->is_directory(unreadable) && is_passed_over(path))
                one.disable_recursion_pending();
            else if (one->is_regular_file(unreadable))
                if (auto good = in_file(path); !good)
                    return good;
        }
        if (failed && failed != std::errc::no_such_file_or_directory)
            return errno_error("list", root, failed.value());
        return {};
    }

  private:
    // A nixpkgs, or its lib alone, asks for files of its own.
    bool is_passed_over(std::string const& path) const {
        std::error_code failed;
        return std::ranges::find(passed_over_, path) != passed_over_.end() ||
               (fs::exists(path + "/lib/modules.nix", failed) &&
                fs::exists(path + "/lib/systems/doubles.nix", failed));
    }

    result<void> in_file(std::string const& path) const {
        std::error_code failed;
        bool const is_code = path.ends_with(".nix");
        if (!is_code && fs::file_size(path, failed) > largest_without_suffix)
            return {};
        auto const text = read_file(path);
        if (!text)
            return text.error();
        if (!syntax::may_ask(*text))
            return {};
        auto const parsed = syntax::parse(*text, path, {.experimental_globals = true});
        if (!parsed)
            return is_code ? result<void>(refusal(path, 1, "cannot be read by dynix"))
                           : result<void>();
        auto const all = syntax::mentions_in(parsed->root());
        auto const first = std::ranges::find_if(
            all, [&](syntax::mention const& it) { return asks_for_more(path, it); });
        if (first == all.end())
            return {};
        auto const before = std::string_view(*text).substr(0, first->where.range().begin);
        return refusal(
            path, std::ranges::count(before, '\n') + 1,
            fmt::format(
                "asks for more than the files of the configuration: '{}'", first->where.text()));
    }

    static error refusal(std::string const& path, std::ptrdiff_t line, std::string const& why) {
        return make_error(
            fmt::format("{}:{}: {}", path, line, why),
            "ask only for files beside it, such as './name', or leave the question out: without "
            "that nothing can be proved, and 'dynix apply' compares");
    }

    bool asks_for_more(std::string const& file, syntax::mention const& what) const {
        // An option of NixOS.
        if (what.name == "nixPath" && what.subject.ends_with(".nix"))
            return false;
        return syntax::asks_for_surroundings(what) || syntax::may_be_any_function(what) ||
               (syntax::asks_for_file(what) && !is_noticed(file, syntax::path_beside(what)));
    }

    // Whether the key of a certificate is another one when this file comes or goes.
    bool is_noticed(std::string const& file, std::string_view literal) const {
        if (literal.empty())
            return false;
        auto const path = resolved(folder_of(file) + '/' + std::string(literal));
        if (is_of_dynamic_file(path, dynamic_))
            return false;
        return folder_of(path) == folder_of_source_ ||
               std::ranges::any_of(roots_, [&](std::string const& root) {
                   return path == root || path.starts_with(root + '/');
               });
    }

    std::vector<std::string> const& roots_;
    std::string dynamic_;
    std::vector<std::string> passed_over_{};
    std::string folder_of_source_{};
};

} // namespace

result<void>
check_file_questions(std::vector<std::string> const& roots, plan::system_record const& record) {
    file_check const check(roots, record);
    for (auto const& root : roots)
        if (auto good = check.below(root); !good)
            return good;
    return {};
}

} // namespace dynix::evaluation
