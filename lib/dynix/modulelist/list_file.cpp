#include "dynix/modulelist/list_file.hpp"

#include "dynix/modulelist/detail/ask.hpp"
#include "dynix/modulelist/detail/members.hpp"

#include <filesystem>
#include <fmt/format.h>

namespace dynix::modulelist {
namespace {

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

} // namespace

std::string print_list_file(list_file const& what) {
    auto out = fmt::format(
        "# The modules of nixpkgs that this configuration needs, written by 'dynix modules "
        "needed'. It holds for\n"
        "# the configuration and the nixpkgs of its key; with any other, the whole module list is "
        "used.\n"
        "{{\n  version = 1;\n  key = {};\n  result = {};\n  modules = [\n",
        text(what.key), text(what.result));
    for (auto const& name : what.modules)
        out += fmt::format("    {}\n", text(name));
    return out + "  ];\n}\n";
}

result<std::string> key_of(request const& of, process::runner& with) {
    auto const ended = detail::run_question(of, "key", {}, with);
    if (!ended)
        return ended.error();
    auto const key = detail::answer(*ended);
    if (!key)
        return key.error();
    return key->is_string() ? std::string(key->as_string()) : std::string();
}

result<std::vector<std::string>>
read_list(request const& of, std::string const& file, process::runner& with) {
    auto const path = std::filesystem::absolute(file).lexically_normal().string();
    auto const ended = detail::run_question(of, "written", {{"file", path}}, with);
    if (!ended)
        return ended.error();
    auto const found = detail::answer(*ended);
    if (!found)
        return found.error();
    return detail::strings({{"modules", *found}}, "modules");
}

} // namespace dynix::modulelist
