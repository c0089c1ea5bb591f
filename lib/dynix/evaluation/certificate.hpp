// A certificate: what no value of a dynamic option can reach, proved once for the system that runs.
//
// Nix is pure and lazy: what can be evaluated without looking at an option does not depend on it,
// whatever its value (nixmodules/certificate). An apply whose overrides stand in proved options
// compares nothing.
#pragma once

#include "dynix/base/result.hpp"
#include "dynix/evaluation/flake_state.hpp"
#include "dynix/plan/system_record.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::evaluation {

// A part of the system that looks at an option: "unit" "foo.service", "etc" "foo.conf"; "system"
// for what only the complete system shows. The name '*': which parts of that kind there are.
struct part {
    std::string kind{};
    std::string name{};

    // NOLINTNEXTLINE(modernize-use-nullptr): what compares with it is 0 for clang-tidy 14
    auto operator<=>(part const&) const = default;
};

// As a person would name it: "'foo.service'", "'/etc/foo.conf'", "another part of the system".
std::string subject(part const& what);

struct certificate {
    std::string key{};                 // what it holds for (key_of)
    std::string running{};             // the store path of the system
    std::vector<std::string> proved{}; // options
    std::vector<std::string>
        unchecked{}; // of those: assertions and warnings do not look at them either
    std::map<std::string, std::set<part>> reaches{}; // the others, with what was seen of each
    // What whoever rests on it must find unchanged, unless no override stands in another option
    // than the unchecked ones: nixmodules/dynamicism/plan.nix does.
    std::vector<std::string> warnings{};
    std::int64_t assertions = 0;
    std::string
        search_path{}; // the NIX_PATH that it was made with, and that an apply evaluates with
    // The fingerprint of the file with the slices (slices.hpp), empty where there is none, and by
    // service why it has no slice.
    std::string slices{};
    std::map<std::string, std::string> without_slice{};
    std::string made{}; // when: 2026-11-23T01:33:00Z
    std::int64_t milliseconds = 0;
    std::int64_t peak_kib = 0; // of memory, of the largest evaluation
    // Of the files that it was made of (fingerprint.hpp). They are no part of its record, which has
    // their fingerprint: empty where there are none.
    std::string names{};
    std::string names_are{};
};

// What a certificate holds for, besides the files that were read.
struct binding {
    std::string running{};     // the store path of the system that runs
    std::string nix{};         // which Nix evaluates (identity_of)
    std::string search_path{}; // NIX_PATH
    plan::system_record record{};
    flake_state flake{}; // where the record's source is one
};

// A program's real path, size and times: another Nix is another evaluation.
result<std::string> identity_of(std::string const& program);

// The key of the certificates for `what`, with the fingerprint of its files (roots.hpp); of a flake
// these are in its state.
std::string key_of(binding const& what, std::string const& files);

// The certificate as JSON, version 1, and back; `file` is its name for messages. Refused with the
// place named: wrong types, another version.
std::string print_certificate(certificate const& what);
result<certificate> read_certificate(std::string_view text, std::string_view file);

// The same for the system's own modules: applyDynamicConfiguration's `certificate`.
std::string for_modules(certificate const& what);

// What is proved of an option, in words: "proved for every value", "reaches 'foo.service' too",
// "not tried" for one that the certificate does not have.
std::string words_for(certificate const& what, std::string_view option);

// Whether an option, or all that is below it, is among those: equal to one, or below one.
bool is_proved(certificate const& what, std::string_view option);

} // namespace dynix::evaluation
