// The options of the system that runs, as /etc/dynix/options.json has them: every name, and the
// type, the static value and more of those that may change at run time.
#pragma once

#include "dynix/base/result.hpp"
#include "dynix/options/definitions.hpp"
#include "dynix/options/type.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::options {

// The version of options.json that this dynix reads.
inline constexpr int schema_version = 1;
// The schema when nothing names another one.
inline constexpr auto default_schema = "/etc/dynix/options.json";
// A schema file over this many bytes is refused: all options of NixOS take a fifth of it.
inline constexpr std::uint64_t largest_schema = 64ULL << 20;

// What is known of an option that may change at run time, or of one inside a submodule.
struct option {
    type const* takes = nullptr; // never null once read
    std::string description;     // as written in Nix: markdown, may have several lines
    std::string service;         // the 'dynamicism.for.<service>' that declares it; empty inside
    std::vector<std::string> declared_in; // the files
    std::optional<syntax::literal> value; // the static value, as far as JSON has it
    std::optional<definition> defined;    // where that is defined, when it is known
    bool read_only = false;
    bool internal = false;
    bool required = false; // without a default, so somebody must define it: perhaps its own module
    // The places below that may change, relative to the option; empty when all of it may.
    std::vector<option_path> limited_to;
};

enum class node_kind : std::uint8_t {
    group,   // names below, no option itself
    dynamic, // an option that a service declares dynamic, or one inside a submodule
    fixed,   // an option that no service declares dynamic: only its name is known
    alias    // an old name of `target`
};

// A name in the tree of options.
struct node {
    std::string name;
    node_kind kind = node_kind::group;
    std::vector<node> below;      // of a group, sorted by name
    option const* what = nullptr; // of a dynamic option whose details were read
    option_path target;           // of an alias
};

class schema {
  public:
    // Reads a schema. Of the options on the way to `detailed`, at it and below it everything is
    // read, of all others the name: reading all costs several times as much. Errors say what is
    // wrong with the text, which `name` names; a newer version is one of them.
    static result<schema>
    read(std::string_view text, std::string_view name, std::span<std::string const> detailed = {});

    // As read, from a file; an alias in `detailed` is followed. No file is an error as well.
    static result<schema> load(std::string const& file, std::span<std::string const> detailed = {});

    schema(schema&&) noexcept;
    schema& operator=(schema&&) noexcept;
    ~schema();

    // The whole tree, sorted by name.
    std::vector<node> const& roots() const;

    // The node at exactly this path, nullptr when there is none. Goes through groups only.
    node const* find(std::span<std::string const> path) const;

    struct content;

  private:
    explicit schema(std::unique_ptr<content> what);
    std::unique_ptr<content> content_;
};

// The member with this name, nullptr when there is none. `nodes` must be sorted, as all of them
// are.
node const* find(std::vector<node> const& nodes, std::string_view name);

// Whether one of these, or one below them, may change at run time.
bool any_dynamic(std::vector<node> const& nodes);

} // namespace dynix::options
