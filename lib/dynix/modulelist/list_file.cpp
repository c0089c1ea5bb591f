#include "dynix/modulelist/list_file.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/lock.hpp"
#include "dynix/modulelist/detail/ask.hpp"
#include "dynix/modulelist/detail/members.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace dynix::modulelist {
namespace {

// Of the file. nixmodules/minimal/use.nix reads the same one.
constexpr int list_version = 1;
// Writing takes milliseconds.
constexpr std::chrono::seconds patience_of_writers{10};
// Room for ten times the modules of nixpkgs.
constexpr std::uint64_t largest_list = 1 << 20;

// Names of modules and store paths have no character that Nix reads in another way, but a quote is
// cheap.
std::string text(std::string_view value) {
    std::string out = "\"";
    for (char const one : value) {
        if (one == '"' || one == '\\' || one == '$')
            out += '\\';
        out += one;
    }
    return out + '"';
}

std::string list(std::vector<std::string> const& items, std::size_t indent) {
    std::string out = "[\n";
    for (auto const& one : items)
        out += fmt::format("{:{}}{}\n", "", indent, text(one));
    return out + fmt::format("{:{}}]", "", indent - 2);
}

} // namespace

std::string print_list_file(list_file const& what, std::string const& sum) {
    auto out = fmt::format(
        "# The modules of nixpkgs that this configuration needs, written by 'dynix modules "
        "needed'. It holds for\n"
        "# the configuration and the nixpkgs of its key; with any other, the whole module list is "
        "used.\n"
        "{{\n  version = {};\n",
        list_version);
    if (!sum.empty())
        out += fmt::format("  sum = {};\n", text(sum));
    out += fmt::format("  key = {};\n", text(what.key.text));
    if (what.key.text.empty())
        out += fmt::format("  because = {};\n", text(what.key.because));
    out += fmt::format("  result = {};\n  names = {{\n", text(what.result));
    for (auto const& [of, names] : what.key.names)
        out += fmt::format("    {} = {};\n", of, list(names, 6));
    return out + fmt::format("  }};\n  modules = {};\n}}\n", list(what.modules, 4));
}

std::string how_to_write(std::string_view file) {
    bool const good = file.ends_with(list_suffix);
    return fmt::format(
        "run 'dynix modules needed --write {}{}'", good ? file : "F", good ? "" : list_suffix);
}

result<void> check_writable(std::string const& file) {
    auto const real = resolve_links(file);
    if (!real)
        return real.error();
    auto const folder = folder_of(*real);
    std::error_code failed;
    auto const there = std::filesystem::status(*real, failed);
    if (std::filesystem::exists(there) && !std::filesystem::is_regular_file(there))
        return make_error(fmt::format("'{}' is not a regular file", file));
    if (!std::filesystem::is_directory(folder, failed))
        return failed ? errno_error("write to", folder, failed.value())
                      : make_error(fmt::format("'{}' is not a folder", folder));
    // The file itself is replaced, not written to.
    if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0)
        return errno_error("write to", folder, errno);
    return {};
}

result<void> write_list(
    request const& of, std::string const& file, list_file const& what, process::runner& with) {
    auto const ended = detail::run_question(of, "sum", {{"text", print_list_file(what)}}, with);
    auto const sum = detail::answer(ended);
    if (!sum)
        return sum.error();
    if (!sum->is_string())
        return make_error("Nix gave no sum of the list");
    auto const real = resolve_links(file);
    if (!real)
        return real.error();
    // The temporary file has one name.
    auto const lock = file_lock::acquire(folder_of(*real) + '/', patience_of_writers);
    if (!lock)
        return lock.error();
    return replace_file(file, print_list_file(what, std::string(sum->as_string())));
}

result<std::string> keep_list(
    request const& of, std::string const& file, module_list const& list, process::runner& with) {
    auto const key = key_of(of, list.from.result, with);
    if (!key)
        return key.error();
    list_file out{*key, list.from.result, list.modules};
    if (auto const written = write_list(of, file, out, with); !written)
        return written.error();
    if (key->text.empty())
        return "the list is used only where it is verified or asked for: " + key->because;
    auto const use = use_of_list(of, list.from.result, with);
    if (use && !use->changes_system)
        return use->unused.empty() ? std::string()
                                   : "the list is written, and not used: " + use->unused;
    out.key = {{}, "with the list in it the flake has another system, or none", {}};
    if (auto const written = write_list(of, file, out, with); !written)
        return written.error();
    return use ? result<std::string>("the list is used nowhere: " + out.key.because) : use.error();
}

result<std::vector<std::string>>
read_list(request const& of, std::string const& file, process::runner& with) {
    auto const again = how_to_write(file);
    // Nix would wait for a pipe, and read a device to its end.
    if (auto const text = read_file(file, largest_list); !text)
        return text.error();
    auto const path = std::filesystem::absolute(file).lexically_normal().string();
    auto const ended = detail::run_question(of, "written", {{"file", path}}, with);
    auto const found = detail::answer(ended);
    if (!found) {
        auto failed = make_error(fmt::format("the module list '{}' cannot be read", file), again);
        failed.notes = found.error().notes;
        return failed;
    }
    auto const* const version =
        found->is_object() ? found->as_object().if_contains("version") : nullptr;
    if (version == nullptr || version->is_null())
        return make_error(fmt::format("'{}' is no module list", file), again);
    if (*version != list_version)
        return make_error(
            fmt::format(
                "'{}' has version {}, and this dynix reads version {}", file,
                boost::json::serialize(*version), list_version),
            fmt::format("use a newer dynix, or {}", again));
    auto const* const modules = found->as_object().if_contains("modules");
    if (modules == nullptr || !modules->is_array() ||
        !std::ranges::all_of(
            modules->as_array(), [](boost::json::value const& name) { return name.is_string(); }))
        return make_error(fmt::format("'{}' is no module list", file), again);
    return detail::strings(found->as_object(), "modules");
}

} // namespace dynix::modulelist
