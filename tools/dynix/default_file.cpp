#include "default_file.hpp"

#include "command.hpp"
#include "dynix/base/file.hpp"
#include "dynix/overrides/store.hpp"
#include "dynix/plan/system_record.hpp"
#include "dynix/process/command.hpp"
#include "shared/report.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace dynix::tool {
namespace {

constexpr auto without_record = "/etc/nixos/dynamic.nix";

std::string dynamic_file_of_system() {
    auto const text = read_file_if_any(default_system_record);
    if (text && !*text)
        return without_record;
    auto const record =
        text ? plan::read_system_record(**text, default_system_record) : text.error();
    if (record)
        return record->dynamic_file;
    note_line(fmt::format(
        "{}; taken for the dynamic file: '{}'", one_line(record.error()), without_record));
    return without_record;
}

} // namespace

result<overrides::dynamic_file> load_to_read(std::string const& file) {
    if (file != default_dynamic_file() && file != "-" && ::access(file.c_str(), F_OK) != 0 &&
        errno == ENOENT)
        return make_error(
            fmt::format("there is no file '{}'", file),
            "'dynix append' makes one at its first use");
    return load_overrides(file);
}

result<overrides::dynamic_file> load_overrides(std::string const& file) {
    if (file != "-")
        return overrides::load(file);
    auto text = read_input(file);
    if (!text)
        return text.error();
    return overrides::read_dynamic_file(std::move(*text), file);
}

std::string undo_command(std::vector<std::string> words, std::string const& file) {
    process::command out;
    out.program = "dynix";
    out.args = std::move(words);
    out.args.insert(out.args.begin(), "undo");
    if (file != default_dynamic_file())
        out.args.insert(out.args.end(), {"--file", file});
    return process::shell_text(out);
}

result<void> check_can_change(std::string const& file) {
    if (file == "-")
        return make_error("standard input is no dynamic file that can be changed", "name a file");
    return {};
}

std::string const& default_dynamic_file() {
    static std::string const file = dynamic_file_of_system();
    return file;
}

} // namespace dynix::tool
