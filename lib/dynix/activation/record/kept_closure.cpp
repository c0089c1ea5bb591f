#include "dynix/activation/record/kept_closure.hpp"

#include "dynix/base/file.hpp"

namespace dynix::activation {

result<void> keep_closure(
    std::string const& plan, std::string const& link, std::string const& root,
    host::machine& host) {
    auto const folder = folder_of(plan);
    if (!folder.starts_with("/nix/store/"))
        return {};
    auto linked = host.files.link(folder, link);
    return linked ? host.files.link(link, root) : linked;
}

} // namespace dynix::activation
