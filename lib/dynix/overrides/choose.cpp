#include "dynix/overrides/choose.hpp"

#include "dynix/overrides/effective.hpp"
#include "dynix/syntax/ast.hpp"
#include "dynix/syntax/attribute_path.hpp"
#include "dynix/syntax/parse.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <map>
#include <string_view>
#include <utility>

namespace dynix::overrides {
namespace {

using syntax::print_attribute_path;

entry const* entry_numbered(dynamic_file const& file, std::int64_t number) {
    auto const found = std::find_if(file.entries.begin(), file.entries.end(), [&](auto const& one) {
        return one.number == number;
    });
    return found == file.entries.end() ? nullptr : &*found;
}

option_override const*
find_override(dynamic_file const& file, std::int64_t number, option_path const& path) {
    auto const* from = entry_numbered(file, number);
    if (from == nullptr)
        return nullptr;
    auto const found = std::find_if(
        from->overrides.begin(), from->overrides.end(),
        [&](option_override const& one) { return one.path == path; });
    return found == from->overrides.end() ? nullptr : &*found;
}

// Whether an undo has taken this override, which is not in its file any more.
bool takes_out(entry const& undo, std::int64_t number, option_path const& path) {
    if (undo.action.empty() || undo.number < number)
        return false;
    constexpr std::string_view verb = "undo ";
    auto const what =
        std::string_view(undo.action).substr(std::min(verb.size(), undo.action.size()));
    if (!undo.action.starts_with(verb) || what == "all")
        return true;
    auto const named = read_wish(std::string(what));
    if (!named)
        return false;
    if (auto const* one = std::get_if<std::int64_t>(&*named))
        return *one == number;
    return is_at_or_below(path, std::get<option_path>(*named));
}

class chooser {
  public:
    chooser(dynamic_file const& file, dynamic_file const& applied, std::vector<wish> const& wishes)
        : file_(file), applied_(applied), wishes_(wishes) {}

    result<chosen_entries> run() {
        for (auto const& one : wishes_)
            if (auto known = check_known(one); !known)
                return known.error();
        take();
        if (is_all())
            return chosen_entries{file_, true, notes(file_)};
        auto made = write();
        if (!made)
            return made.error();
        auto said = notes(*made);
        return chosen_entries{std::move(*made), false, std::move(said)};
    }

  private:
    // What there is to choose from: every override of both files.
    template <class Work>
    static void each(dynamic_file const& of, Work const& work) {
        for (auto const& from : of.entries)
            for (auto const& what : from.overrides)
                work(from, what);
    }

    bool is_wished(entry const& from, option_override const& what) const {
        return std::any_of(wishes_.begin(), wishes_.end(), [&](wish const& one) {
            if (auto const* path = std::get_if<option_path>(&one))
                return is_at_or_below(what.path, *path);
            auto const number = std::get<std::int64_t>(one);
            if (number == from.number)
                return true;
            auto const* const line = entry_numbered(file_, number);
            return line != nullptr && takes_out(*line, from.number, what.path) &&
                   find_override(file_, from.number, what.path) == nullptr;
        });
    }

    result<void> check_known(wish const& one) const {
        bool known = false;
        auto const* const path = std::get_if<option_path>(&one);
        auto const look = [&](entry const& from, option_override const& what) {
            known = known || (path != nullptr ? is_at_or_below(what.path, *path)
                                              : from.number == std::get<std::int64_t>(one));
        };
        each(file_, look);
        each(applied_, look);
        if (known)
            return {};
        if (path == nullptr) {
            auto const number = std::get<std::int64_t>(one);
            if (entry_numbered(file_, number) != nullptr)
                return {};
            return make_error(
                fmt::format("there is no entry {}", number),
                "'dynix log' shows those that there are");
        }
        auto const effective = effective_overrides(file_);
        if (auto const* above = covering(effective, *path))
            return make_error(
                fmt::format(
                    "'{}' is only a part of what entry {} sets '{}' to",
                    print_attribute_path(*path), above->from->number,
                    print_attribute_path(above->what->path)),
                fmt::format("name the entry: {}", above->from->number));
        return no_override_at(effective, *path);
    }

    void put(entry const& from, option_override const& what) {
        auto& to = taken_[from.number];
        if (to.number == 0) {
            to = from;
            to.overrides.clear();
        }
        to.overrides.push_back(what);
    }

    void take() {
        each(file_, [&](entry const& from, option_override const& what) {
            if (is_wished(from, what))
                put(from, what);
        });
        each(applied_, [&](entry const& from, option_override const& what) {
            if (!is_wished(from, what))
                put(from, what);
        });
    }

    bool is_all() const {
        std::size_t in_file = 0;
        bool same = true;
        each(file_, [&](entry const& from, option_override const& what) {
            ++in_file;
            auto const taken = taken_.find(from.number);
            same = same && taken != taken_.end() &&
                   std::any_of(
                       taken->second.overrides.begin(), taken->second.overrides.end(),
                       [&](option_override const& one) {
                           return one.path == what.path && one.value == what.value &&
                                  one.around == what.around;
                       });
        });
        std::size_t taken = 0;
        for (auto const& [number, one] : taken_)
            taken += one.overrides.size();
        return same && taken == in_file;
    }

    result<dynamic_file> write() const {
        auto arguments = file_.arguments;
        for (auto const& one : applied_.arguments)
            if (std::find(arguments.begin(), arguments.end(), one) == arguments.end())
                arguments.push_back(one);
        std::vector<entry> entries;
        for (auto const& [number, one] : taken_) {
            if (auto stays = check_paths(one); !stays)
                return stays.error();
            entries.push_back(one);
        }
        return read_dynamic_file(text_of_entries(arguments, entries), file_.name);
    }

    static syntax::node relative_path(syntax::node in) {
        if (in.kind() == syntax::node_kind::path && !in.text().starts_with('/') &&
            !in.text().starts_with('~'))
            return in;
        for (auto const part : in.children())
            if (auto const found = relative_path(part))
                return found;
        return {};
    }

    static result<void> check_paths(entry const& what) {
        for (auto const& one : what.overrides) {
            auto const tree = syntax::parse(one.value, "entry");
            if (!tree)
                return tree.error();
            if (auto const path = relative_path(tree->root()))
                return make_error(
                    fmt::format(
                        "entry {} has a path that is relative to the dynamic file: {}", what.number,
                        path.text()),
                    "apply the whole file, or undo the entry and append it with an absolute path");
        }
        return {};
    }

    // Of each number: an override that is applied and has no effect, or that the file has no more.
    std::vector<std::string> notes(dynamic_file const& after) const {
        std::vector<std::string> out;
        auto const now = effective_overrides(after);
        auto const later = effective_overrides(file_);
        for (auto const& one : wishes_) {
            auto const* const number = std::get_if<std::int64_t>(&one);
            auto const* const from = number != nullptr ? entry_numbered(file_, *number) : nullptr;
            if (from == nullptr)
                continue;
            if (!from->action.empty() && !takes_anything(*from))
                out.push_back(fmt::format(
                    "entry {}, '{}', has taken out nothing that is applied", from->number,
                    from->action));
            for (auto const& what : from->overrides) {
                auto const name = print_attribute_path(what.path);
                auto const* const wins = covering(now, what.path);
                auto const* const wins_in_file = covering(later, what.path);
                if (wins != nullptr && wins->from->number != from->number)
                    out.push_back(fmt::format(
                        "entry {} has no effect on '{}': entry {} overrides it", from->number, name,
                        wins->from->number));
                else if (wins_in_file != nullptr && wins_in_file->from->number != from->number)
                    out.push_back(fmt::format(
                        "entry {} sets '{}' until entry {} is applied, which overrides it",
                        from->number, name, wins_in_file->from->number));
            }
        }
        return out;
    }

    bool takes_anything(entry const& undo) const {
        bool found = false;
        each(applied_, [&](entry const& from, option_override const& what) {
            found = found || (takes_out(undo, from.number, what.path) &&
                              find_override(file_, from.number, what.path) == nullptr);
        });
        return found;
    }

    dynamic_file const& file_;
    dynamic_file const& applied_;
    std::vector<wish> const& wishes_;
    std::map<std::int64_t, entry> taken_;
};

} // namespace

result<wish> read_wish(std::string const& word) {
    if (word.empty() || word.find_first_not_of("0123456789") != std::string::npos) {
        auto path = syntax::parse_attribute_path(word, "PATH");
        if (!path)
            return path.error();
        return wish(std::move(*path));
    }
    std::int64_t number = 0;
    if (std::from_chars(word.data(), word.data() + word.size(), number).ec != std::errc())
        return make_error(
            fmt::format("there is no entry {}", word), "'dynix log' shows those that there are");
    return wish(number);
}

result<chosen_entries>
choose(dynamic_file const& file, dynamic_file const& applied, std::vector<wish> const& wishes) {
    return chooser(file, applied, wishes).run();
}

entry const* undo_of(dynamic_file const& file, std::int64_t number, option_path const& path) {
    auto const found =
        std::find_if(file.entries.rbegin(), file.entries.rend(), [&](entry const& one) {
            return takes_out(one, number, path);
        });
    return found == file.entries.rend() ? nullptr : &*found;
}

} // namespace dynix::overrides
