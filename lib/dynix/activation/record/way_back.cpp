#include "dynix/activation/record/way_back.hpp"

#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <string_view>

namespace dynix::activation {
namespace {

// The line that lets the unit find the libraries that this process was started with, as the unit of
// an activation does; empty for a program that finds them by itself, as every installed one does.
std::string library_line() {
    auto const* const folders = std::getenv("LD_LIBRARY_PATH");
    constexpr std::string_view plain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._:+-";
    if (!folders || std::string_view(folders).find_first_not_of(plain) != std::string_view::npos)
        return {};
    return fmt::format("Environment=LD_LIBRARY_PATH={}\n", folders);
}

// It comes before the unit of the new system, if that has one, so that the program that applied is
// the one that takes back. The program is named by its link, whose name needs no quoting.
std::string unit_text(host::paths const& where) {
    return fmt::format(
        "# Written by dynix, and removed by it when nothing is applied any more.\n"
        "[Unit]\n"
        "Description=Take back the overrides that dynix applied\n"
        "Before=sysinit-reactivation.target dynix-revert.service\n"
        "\n"
        "[Service]\n"
        "Type=oneshot\n"
        "{}"
        "ExecStart={} reset --switching\n",
        library_line(), where.program());
}

} // namespace

result<void> lay_way_back(host::machine& host) {
    std::error_code failed;
    auto const program = std::filesystem::read_symlink("/proc/self/exe", failed);
    if (failed)
        return errno_error("look at", "/proc/self/exe", failed.value());
    if (auto linked = host.files.link(program.string(), host.where.program()); !linked)
        return linked.error();
    if (program.string().starts_with("/nix/store/"))
        if (auto rooted = host.files.link(host.where.program(), host.where.program_gc_root());
            !rooted)
            return rooted.error();
    auto const text = unit_text(host.where);
    auto const now = host.files.read(host.where.return_unit());
    if (!now || *now != text)
        if (auto written = host.files.write(host.where.return_unit(), text); !written)
            return written.error();
    return host.files.link(host.where.return_unit(), host.where.return_wanted());
}

result<void> remove_way_back(host::machine& host) {
    for (auto const& path :
         {host.where.return_wanted(), host.where.return_unit(), host.where.program_gc_root(),
          host.where.program()})
        if (auto removed = host.files.remove(path); !removed)
            return removed.error();
    return {};
}

} // namespace dynix::activation
