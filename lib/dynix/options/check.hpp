// Whether a value is one that a type takes, and if not, which part of it is wrong.
#pragma once

#include "dynix/options/schema.hpp"

namespace dynix::options {

enum class certainty : std::uint8_t {
    certain,    // evaluating the option takes the value
    left_to_nix // nothing here speaks against it, but part of the type is code
};

// Judges `value` as the evaluation of an option with this type would: deeply, and an 'either' by
// the first side whose outside fits. `where` is how the message names the value, as
// "services.nginx.virtualHosts"; what is wrong inside is named from there. With `whole`
// nothing comes from elsewhere, so a set without what a submodule requires is left to Nix.
result<certainty> check_value(
    type const& takes, syntax::literal const& value, option_path const& where, bool whole = true);

// Whether the outside of `value` is one that the type takes: what 'check' of a Nix type looks at.
// Nothing is said when only Nix can tell.
std::optional<bool> fits_outside(type const& takes, syntax::literal const& value);

// The value that `text` means where such a type is wanted; `plain` is what it means without a type.
// A word is the string itself where a string is taken and the plain value is not, and an integer is
// a float where only a float is taken.
syntax::literal read_word(type const& takes, std::string_view text, syntax::literal const& plain);

// "integer 4", "string \"a\"", "list": what a value is, for a message.
std::string describe(syntax::literal const& value);

} // namespace dynix::options
