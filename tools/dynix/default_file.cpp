#include "command.hpp"
#include "dynix/activation/system_record.hpp"
#include "dynix/base/file.hpp"
#include "report.hpp"

#include <fmt/format.h>

namespace dynix::tool {
namespace {

constexpr auto without_record = "/etc/nixos/dynamic.nix";

std::string dynamic_file_of_system() {
    auto const text = read_file_if_any(default_system_record);
    if (text && !*text)
        return without_record;
    auto const record =
        text ? activation::read_system_record(**text, default_system_record) : text.error();
    if (record)
        return record->dynamic_file;
    note_line(fmt::format(
        "{}; taken for the dynamic file: '{}'", record.error().message, without_record));
    return without_record;
}

} // namespace

std::string const& default_dynamic_file() {
    static std::string const file = dynamic_file_of_system();
    return file;
}

} // namespace dynix::tool
