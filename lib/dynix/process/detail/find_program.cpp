#include "dynix/process/runner.hpp"

#include <cerrno>
#include <cstdlib>
#include <fmt/format.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace dynix::process {
namespace {

bool is_program(std::string const& path) {
    struct stat about {};
    return ::stat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode) &&
           ::access(path.c_str(), X_OK) == 0;
}

} // namespace

result<std::string> find_program(std::string const& name) {
    if (name.empty() || name.find('\0') != std::string::npos)
        return make_error("the name of the program to run is empty or has a NUL byte");
    if (name.find('/') != std::string::npos) {
        struct stat about {};
        if (::stat(name.c_str(), &about) != 0)
            return errno_error("run", name, errno);
        if (!is_program(name))
            return errno_error("run", name, EACCES);
        return name;
    }
    auto const* set = std::getenv("PATH");
    std::string_view path = set ? set : "/usr/local/bin:/usr/bin:/bin";
    auto const all = path;
    for (;;) {
        auto const end = path.find(':');
        auto const folder = path.substr(0, end);
        auto candidate = fmt::format("{}/{}", folder.empty() ? "." : folder, name);
        if (is_program(candidate))
            return candidate;
        if (end == std::string_view::npos)
            break;
        path.remove_prefix(end + 1);
    }
    return make_error(
        fmt::format("program '{}' not found in PATH '{}'", name, all),
        fmt::format("install '{}' or add its folder to PATH", name));
}

} // namespace dynix::process
