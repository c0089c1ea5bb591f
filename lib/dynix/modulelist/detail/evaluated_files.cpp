#include "dynix/modulelist/detail/evaluated_files.hpp"

#include "dynix/base/file.hpp"
#include "dynix/modulelist/detail/fetching.hpp"
#include "dynix/modulelist/detail/members.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <system_error>
#include <utility>

namespace dynix::modulelist::detail {
namespace {

// Whether `file` is all of what is in the store by one name, as what the evaluation wrote there.
bool is_alone_in_store(std::string_view file) {
    constexpr std::string_view store = "/nix/store/";
    return file.starts_with(store) && file.find('/', store.size()) == file.npos;
}

// Empty: it is not. A file in the store stays as it is and may still fetch.
std::string why_impure(
    purity const& of, std::string const& file, std::string const& text,
    std::vector<std::string> const& folders) {
    std::string why;
    auto const folder = std::ranges::find_if(
        folders, [&](std::string const& one) { return file.starts_with(one + '/'); });
    if (folder != folders.end() && is_passed_over(of, *folder, file))
        why = evaluated_all_the_same;
    else if (folder != folders.end() || is_alone_in_store(file))
        why = asks_for_more(of, file, text);
    else if (!of.is_flake && fetches_without_hash(text))
        why = fetches_another;
    return why.empty() ? why : fmt::format("'{}' {}", file, why);
}

} // namespace

std::vector<std::string> names_of(std::string const& folder) {
    std::vector<std::string> out{folder};
    std::error_code bad;
    if (auto const real = std::filesystem::canonical(folder, bad).string(); !bad && real != folder)
        out.push_back(real);
    return out;
}

bool is_in_any(std::string const& file, std::vector<std::string> const& folders) {
    return std::ranges::any_of(
        folders, [&](std::string const& folder) { return file.starts_with(folder + '/'); });
}

std::string evaluated_file(std::string_view line) {
    constexpr std::string_view before = "evaluating file '";
    auto const start = line.find(before);
    if (start == line.npos || !line.ends_with('\''))
        return {};
    line.remove_prefix(start + before.size());
    line.remove_suffix(1);
    return std::string(line);
}

evaluated_files::evaluated_files(
    std::string const& asked_in, bool is_flake, boost::json::object const& key)
    : folder_(text(key, "folder")), counted_(text(key, "counted")),
      asked_overlays_(text(key, "own") + "/asked-overlays/overlay.nix"),
      folders_(names_of(folder_)), known_(names_of(text(key, "nixpkgs"))),
      other_nixpkgs_(text(key, "searched") == "another"), pure_{text(key, "list"), is_flake} {
    // dynix itself, as the configuration has it and as it is asked here.
    for (auto const& folder : {text(key, "own"), asked_in})
        for (auto& one : names_of(folder))
            known_.push_back(std::move(one));
    std::erase(known_, std::string());
}

void evaluated_files::add(std::string_view line) {
    auto file = evaluated_file(line);
    if (!because_.empty() || file.empty() || is_in_any(file, known_)) {
        if (because_.empty() && file == asked_overlays_)
            because_ = "a nixpkgs is imported without `config' and `overlays', which it reads "
                       "from the environment";
        return;
    }
    // Of a flake another copy is evaluated.
    auto const text = read_file(file);
    if (!counted_.empty() && file.starts_with(counted_ + '/'))
        file = folder_ + file.substr(counted_.size());
    because_ = why_impure(pure_, file, text ? *text : std::string(), folders_);
    if (!text || !is_in_any(file, folders_))
        return;
    are_seen_ = true;
    if (!other_nixpkgs_)
        return;
    searches_ = searches_ || text->find("<nixpkgs") != text->npos;
    catches_ = catches_ || text->find("tryEval") != text->npos;
    if (because_.empty() && searches_ && catches_)
        because_ = "the configuration uses `tryEval', and <nixpkgs> is another than its own and "
                   "may change";
}

} // namespace dynix::modulelist::detail
