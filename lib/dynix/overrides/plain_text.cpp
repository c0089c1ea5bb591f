#include "dynix/overrides/plain_text.hpp"

#include "dynix/base/utf8.hpp"
#include "dynix/overrides/dynamic_file.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace dynix::overrides {
namespace {

std::string is_no_text(std::string_view name, unsigned char byte) {
    return byte == 0 ? fmt::format("{} has a NUL byte, which no Nix string can hold", name)
                     : fmt::format("{} has the byte 0x{:02x}, which is no UTF-8 here", name, byte);
}

} // namespace

result<void> check_string(std::string_view name, std::string_view text) {
    if (text.find('\0') != text.npos)
        return make_error(is_no_text(name, 0));
    auto const good = well_formed_utf8(text);
    if (good == text.size())
        return {};
    auto wrong = make_error(
        is_no_text(name, static_cast<unsigned char>(text[good])),
        "neither the plan that Nix makes nor systemd takes other text; iconv(1) converts it");
    auto const place = static_cast<std::uint32_t>(good);
    wrong.at = excerpt_of(text, name, {place, place + 1});
    return wrong;
}

result<void> check_one_line(std::string_view name, std::string_view text) {
    // Where it is no text at all, the byte is named.
    if (has_control_characters(text.substr(0, well_formed_utf8(text))))
        return make_error(
            fmt::format("{} holds a line break or another control character", name),
            "one line of plain text is what 'dynix log' can show");
    return check_string(name, text);
}

result<void> check_is_text(dynamic_file const& file) {
    auto const good = std::min(well_formed_utf8(file.text), file.text.find('\0'));
    if (good == file.text.size())
        return {};
    auto const place = static_cast<std::uint32_t>(good);
    auto const inside = std::find_if(file.entries.begin(), file.entries.end(), [&](auto const& it) {
        return !it.overrides.empty() && it.where.begin <= place && place < it.where.end;
    });
    auto wrong = make_error(
        is_no_text("the dynamic file", static_cast<unsigned char>(file.text[good])),
        inside == file.entries.end()
            ? std::string("Nix cannot put it into a plan: take it out by hand")
            : fmt::format(
                  "Nix cannot put it into a plan: 'dynix undo {0}' takes entry {0} back",
                  inside->number));
    wrong.at = excerpt_of(file.text, file.name, {place, place + 1});
    return wrong;
}

} // namespace dynix::overrides
