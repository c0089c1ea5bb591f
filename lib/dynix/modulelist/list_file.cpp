#include "dynix/modulelist/list_file.hpp"

#include "dynix/base/file.hpp"
#include "dynix/modulelist/detail/ask.hpp"
#include "dynix/modulelist/detail/members.hpp"

#include <boost/json/serialize.hpp>
#include <filesystem>
#include <fmt/format.h>

namespace dynix::modulelist {
namespace {

// Of the file. nixmodules/minimal/use.nix reads the same one.
constexpr int list_version = 1;

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

// What does not change as long as the key does not: the configuration's folder, by its name and as
// it is when it is a link, and the store.
std::vector<std::string> roots_of(request const& of) {
    auto const& source = of.source;
    auto const folder =
        folder_of(source.kind == plan::source_kind::file ? source.file : source.configuration);
    std::vector<std::string> out{folder, of.folder, "/nix/store"};
    std::error_code bad;
    if (auto const real = std::filesystem::canonical(folder, bad).string(); !bad && real != folder)
        out.push_back(real);
    return out;
}

// Of Nix's error that a file may not be read.
std::string refused_file(std::string_view err) {
    auto const end = err.find("' is forbidden in restricted mode");
    if (end == err.npos)
        return {};
    auto const start = err.rfind('\'', end - 1);
    return start == err.npos ? std::string() : std::string(err.substr(start + 1, end - start - 1));
}

} // namespace

std::string print_list_file(list_file const& what) {
    auto out = fmt::format(
        "# The modules of nixpkgs that this configuration needs, written by 'dynix modules "
        "needed'. It holds for\n"
        "# the configuration and the nixpkgs of its key; with any other, the whole module list is "
        "used.\n"
        "{{\n  version = {};\n  key = {};\n  result = {};\n  modules = [\n",
        list_version, text(what.key), text(what.result));
    for (auto const& name : what.modules)
        out += fmt::format("    {}\n", text(name));
    return out + "  ];\n}\n";
}

result<list_key>
key_of(request const& of, std::string const& system_result, process::runner& with) {
    auto const ended = detail::run_question(of, "key", {}, with);
    if (!ended)
        return ended.error();
    auto const found = detail::answer(*ended);
    if (!found)
        return found.error();
    if (!found->is_object())
        return make_error("Nix gave no key of the configuration");
    list_key out{
        detail::text(found->as_object(), "key"), detail::text(found->as_object(), "because")};
    if (out.text.empty() || of.source.kind == plan::source_kind::flake)
        return out;
    auto const alone = detail::run_question(of, "itself", {}, with, {}, roots_of(of));
    if (!alone)
        return alone.error();
    auto const same = alone->success() ? detail::answer(*alone) : boost::json::value();
    if (same && same->is_string() && same->as_string() == system_result)
        return out;
    auto const file = refused_file(alone->err);
    return list_key{
        {},
        file.empty() ? "without other files and the environment it is another system"
                     : fmt::format(
                           "the configuration reads '{}', which is neither in its folder nor in "
                           "the store",
                           file)};
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
    auto const again = fmt::format("run 'dynix modules needed --write {}'", file);
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
    return detail::strings(found->as_object(), "modules");
}

} // namespace dynix::modulelist
