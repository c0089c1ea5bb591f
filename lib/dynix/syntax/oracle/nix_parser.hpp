// For tests: the parser of the Nix that is installed, which dynix is compared with.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dynix::syntax {

class nix_parser {
  public:
    // The Nix that DYNIX_NIX_INSTANTIATE names (a shell's words), else nix-instantiate; nullopt if
    // it cannot be run.
    static std::optional<nix_parser> find();

    std::string const& version() const { return version_; } // such as "2.26.3"

    // What `nix-instantiate --parse` prints for each file, without the line break; empty for a
    // file that it refuses. Ends the program if Nix breaks its own rules.
    std::vector<std::string> forms(std::vector<std::string> const& files) const;

    // Whether two forms mean the same tree. Nix 2.26 and later print what normal_form() prints,
    // byte for byte; forms of an older Nix are compared in their common_form().
    bool same(std::string_view ours, std::string_view theirs) const;

  private:
    nix_parser(std::string command, std::string version)
        : command_(std::move(command)), version_(std::move(version)) {}

    std::string command_;
    std::string version_;
};

// A printed form without what differs between versions of Nix: names are put in the order of their
// bytes (old versions: in that of their first use anywhere), every inherited name into a binding of
// its own (old versions print `inherit (a) b` as `b = (a).b`), '$' is escaped only before '{', a
// keyword as a name has no quotes, and sums have no empty string in them (old versions keep what is
// left of a blank line of '' '').
// Works on the text alone, and so the same way on both sides, whoever parsed it.
std::string common_form(std::string_view printed);

} // namespace dynix::syntax
