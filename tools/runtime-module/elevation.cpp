#include "elevation.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <unistd.h>

namespace dynix::tool {

std::optional<error> cannot_activate(modules::module_record const& record, arguments const& given) {
    if (::geteuid() == 0 || given.dry_run)
        return std::nullopt;
    if (given.elevated)
        return make_error(
            "'services.runtimeModules.elevation' has not made runtime-module root",
            "run the command as root");
    if (!record.elevation.empty())
        return std::nullopt;
    return make_error(
        "only root can activate a system",
        "run the command as root, or set 'services.runtimeModules.elevation', as to [ \"sudo\" ]");
}

error become_root(
    modules::module_record const& record, arguments const& given, std::string const& command,
    std::string const& extension) {
    auto const self = process::find_program(given.program);
    if (!self)
        return self.error();
    auto words = record.elevation;
    words.push_back(std::filesystem::absolute(*self).string());
    words.emplace_back("--elevated");
    for (auto const& [flag, is_given] :
         {std::pair{"--json", given.json}, {"--force", given.force}, {"--verbose", given.verbose}})
        if (is_given)
            words.emplace_back(flag);
    words.insert(words.end(), {"--wait-for-lock", std::to_string(given.wait)});
    if (!given.root.empty())
        words.insert(words.end(), {"--root", given.root});
    if (!extension.empty())
        words.insert(words.end(), {"--built", extension});
    words.push_back(command);
    if (!given.names.empty())
        words.emplace_back("--");
    words.insert(words.end(), given.names.begin(), given.names.end());
    std::vector<char*> pointers;
    pointers.reserve(words.size() + 1);
    for (auto& word : words)
        pointers.push_back(word.data());
    pointers.push_back(nullptr);
    std::fflush(nullptr);
    ::execvp(pointers.front(), pointers.data());
    return errno_error("run", words.front(), errno);
}

} // namespace dynix::tool
