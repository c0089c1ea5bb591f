#include "dynix/evaluation/certify.hpp"

#include "dynix/evaluation/file_questions.hpp"
#include "dynix/evaluation/fingerprint.hpp"
#include "dynix/evaluation/roots.hpp"
#include "dynix/plan/plan.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <thread>
#include <utility>

namespace dynix::evaluation {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::system_clock;

// The fingerprint of the roots, once they have been quiet for a while.
result<fingerprint> quiet_fingerprint(std::vector<std::string> const& roots, milliseconds quiet) {
    for (;;) {
        auto found = fingerprint_of(roots);
        if (!found)
            return found;
        auto const now =
            std::chrono::duration_cast<nanoseconds>(system_clock::now().time_since_epoch());
        auto const still = now - nanoseconds(found->newest);
        // A time to come is as good as quiet: it will not be that of the next change.
        if (still >= quiet || still < nanoseconds(0))
            return found;
        std::this_thread::sleep_for(
            std::chrono::duration_cast<milliseconds>(quiet - still) + milliseconds(1));
    }
}

// The key when what was asked has been answered: another file beside the configuration is a change
// too, and so is another state of a flake.
result<std::string> key_now(binding what, process::runner& with) {
    auto const& source = what.record.source;
    if (source.kind == plan::source_kind::flake) {
        auto flake = look_at_flake(source.flake, with);
        if (!flake)
            return flake.error();
        what.flake = std::move(*flake);
    }
    return current_key(what);
}

class prover {
  public:
    prover(certify_request const& request, questioner const& by, process::runner& with)
        : request_(request), by_(by), with_(with) {}

    // Takes away what is seen to reach other parts, with the names of those.
    result<void> screen() {
        say("parts");
        auto found = ask_screen(by_, with_);
        if (!found)
            return found.error();
        left_.options = std::move(found->options);
        for (auto const& [option, parts] : found->reaches)
            for (auto const& one : parts)
                add(option, one);
        return {};
    }

    // The last word: what is left is proved together.
    result<void> prove(certificate& into) {
        while (!left_.options.empty()) {
            say("readers");
            auto const readers = ask_readers(by_, left_, with_);
            if (!readers)
                return readers.error();
            if (readers->met) {
                take(*readers->met);
                continue;
            }
            say("whole");
            auto whole = ask_whole(by_, left_, with_);
            if (!whole)
                return whole.error();
            // Something that is in no part is made of what is neutral.
            if (!whole->met && whole->made != readers->made)
                whole->met = "/etc/systemd/system";
            if (whole->met) {
                take(*whole->met);
                continue;
            }
            if (whole->toplevel != request_.what.running)
                return make_error(
                    fmt::format(
                        "the configuration on disk is not the system that runs: '{}' instead of "
                        "'{}'",
                        whole->toplevel, request_.what.running),
                    "run 'nixos-rebuild switch', or take the change back");
            into.warnings = std::move(whole->warnings);
            into.assertions = whole->assertions;
            // What is no option says that a line arrived garbled: any of them may have been in it.
            auto const is_asked = [&](std::string const& one) {
                return std::ranges::find(left_.options, one) != left_.options.end();
            };
            if (std::ranges::all_of(whole->checked, is_asked))
                std::ranges::copy_if(
                    left_.options, std::back_inserter(into.unchecked),
                    [&](std::string const& one) { return !whole->checked.contains(one); });
            break;
        }
        into.proved = left_.options;
        into.reaches = reaches_;
        return {};
    }

  private:
    void say(std::string_view what) const {
        if (request_.on_step)
            request_.on_step(what);
    }

    // Whether the option was one of those that are left.
    bool add(std::string const& option, part const& what) {
        auto const gone = std::erase(left_.options, option) > 0;
        if (gone || reaches_.contains(option))
            reaches_[option].insert(what);
        return gone;
    }

    // Goes on without what an evaluation has met.
    void take(std::string const& met) {
        if (add(met, {"system", "toplevel"}))
            return;
        auto& units = left_.readable_units;
        // A unit that another part is made of: the options that it looks at will be met there.
        if (met.find('/') == std::string::npos && met.find('.') != std::string::npos &&
            std::ranges::find(units, met) == units.end()) {
            units.push_back(met);
            return;
        }
        // Something is made of what differs with every override. So every option reaches it.
        for (auto const& option : std::exchange(left_.options, {}))
            reaches_[option].insert({"system", met});
    }

    certify_request const& request_;
    questioner const& by_;
    process::runner& with_;
    question left_{};
    std::map<std::string, std::set<part>> reaches_{};
};

// The fingerprint of the files that a certificate was made of, or any other one where they have
// changed: by its own names that is known without another look at all of them.
result<std::string>
files_now(std::optional<std::string> const& names, std::vector<std::string> const& roots) {
    if (names)
        if (auto found = fingerprint_by(*names, roots))
            return std::move(found->text);
    auto found = fingerprint_of(roots);
    if (!found)
        return found.error();
    return std::move(found->text);
}

// Which files they are depends on the links by which they are found.
std::string key_of_files(binding const& what, std::string const& files, ways_to_roots const& ways) {
    return key_of(what, files + ways.text);
}

questioner questioner_of(
    certify_request const& request, plan::system_source source, std::vector<std::string> roots,
    ways_to_roots const& ways) {
    roots.insert(roots.end(), ways.names.begin(), ways.names.end());
    return {std::move(source), std::move(roots), request.what.search_path, request.timeout};
}

// Refuses what was found while a file or a link that leads to one was another, also for a moment.
result<void> check_unchanged(
    binding const& what, std::string const& key, ways_to_roots const& ways, process::runner& with) {
    auto const now = key_now(what, with);
    if (!now)
        return now.error();
    if (*now != key || known_ways(what.record, what.search_path).moment != ways.moment)
        return make_error(
            "a file of the configuration changed while it was evaluated", "run the command again");
    return {};
}

} // namespace

result<std::optional<certificate>> find_certificate(store const& where, binding what) {
    auto found = load(where, what.running);
    if (!found || !*found)
        return found;
    what.search_path = (*found)->search_path;
    auto const roots = known_roots(what.record, what.search_path);
    if (!roots)
        return roots.error();
    auto const files = files_now(load_names(where, **found), *roots);
    if (!files)
        return files.error();
    auto const ways = known_ways(what.record, what.search_path);
    if ((*found)->key != key_of_files(what, *files, ways))
        return make_error(
            "the configuration or Nix is not what it was made for",
            "after the next 'nixos-rebuild switch', or now by 'dynix certify', there is another "
            "one");
    return found;
}

result<std::string> current_key(binding const& what) {
    auto const roots = known_roots(what.record, what.search_path);
    if (!roots)
        return roots.error();
    auto const files = fingerprint_of(*roots);
    if (!files)
        return files.error();
    return key_of_files(what, files->text, known_ways(what.record, what.search_path));
}

result<certificate> certify(certify_request const& request, process::runner& with) {
    auto const began = std::chrono::steady_clock::now();
    auto const& record = request.what.record;
    auto const roots = known_roots(record, request.what.search_path);
    if (!roots)
        return roots.error();
    if (auto good = check_file_questions(*roots, record); !good)
        return good.error();
    auto const ways = known_ways(record, request.what.search_path);
    auto const files = quiet_fingerprint(*roots, request.quiet);
    if (!files)
        return files.error();
    auto source = record.source;
    if (source.kind == plan::source_kind::flake)
        source.flake = request.what.flake.url;
    auto const by = questioner_of(request, std::move(source), *roots, ways);
    prover all(request, by, with);
    if (auto seen = all.screen(); !seen)
        return seen.error();
    certificate out;
    if (auto proved = all.prove(out); !proved)
        return proved.error();
    out.key = key_of_files(request.what, files->text, ways);
    if (auto same = check_unchanged(request.what, out.key, ways, with); !same)
        return same.error();
    out.names = files->names;
    out.names_are = plan::fingerprint_of(out.names);
    out.running = request.what.running;
    out.search_path = request.what.search_path;
    out.milliseconds =
        std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began).count();
    return out;
}

result<slice_set>
make_slices(certify_request const& request, certificate const& of, process::runner& with) {
    auto const& record = request.what.record;
    auto roots = known_roots(record, request.what.search_path);
    if (!roots)
        return roots.error();
    auto const ways = known_ways(record, request.what.search_path);
    auto const by = questioner_of(request, record.source, std::move(*roots), ways);
    auto made = find_slices(by, of.proved, with, request.on_step);
    if (!made)
        return made;
    if (auto same = check_unchanged(request.what, of.key, ways, with); !same)
        return same.error();
    return made;
}

} // namespace dynix::evaluation
