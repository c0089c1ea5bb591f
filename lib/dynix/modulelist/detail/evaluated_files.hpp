// What is known of the files that Nix evaluates, from what it says of them.
#pragma once

#include "dynix/modulelist/detail/purity.hpp"

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::modulelist::detail {

// A folder by its name, and as it is when it is a link.
std::vector<std::string> names_of(std::string const& folder);

bool is_in_any(std::string const& file, std::vector<std::string> const& folders);

// Of what Nix says of a file that it evaluates: 'evaluating file '/etc/nixos/configuration.nix''.
// Empty: it says something else.
std::string evaluated_file(std::string_view line);

// Takes what Nix says, line by line.
class evaluated_files {
  public:
    // The folder of the questions, and the key as key.nix gives it.
    evaluated_files(std::string const& asked_in, bool is_flake, boost::json::object const& key);

    void add(std::string_view line);

    // Whether the configuration has been looked at. That no file of it asks for more says nothing
    // where Nix names none, or none that is there.
    bool are_seen() const { return are_seen_; }

    // Why the system may be another one while the key stays the same; empty: it is not.
    std::string const& because() const { return because_; }

  private:
    std::string folder_;
    std::string counted_;
    std::string asked_overlays_;
    std::vector<std::string> folders_;
    // What these ask for is in the key.
    std::vector<std::string> known_;
    bool other_nixpkgs_;
    purity pure_;
    std::string because_{};
    bool are_seen_ = false;
    bool searches_ = false;
    bool catches_ = false;
};

} // namespace dynix::modulelist::detail
