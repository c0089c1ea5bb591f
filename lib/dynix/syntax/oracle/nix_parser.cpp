#include "dynix/syntax/oracle/nix_parser.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/test_folder.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>

namespace dynix::syntax {

namespace {

constexpr std::size_t batch_size = 250; // as a command line can hold

std::string shell_quoted(std::string_view text) {
    std::string quoted = "'";
    for (char const c : text) {
        if (c == '\'')
            quoted += "'\\'";
        quoted += c;
    }
    quoted += '\'';
    return quoted;
}

} // namespace

std::optional<nix_parser> nix_parser::find() {
    auto const* const named = std::getenv("DYNIX_NIX_INSTANTIATE");
    std::string const command = named != nullptr ? named : "nix-instantiate";
    test_folder const folder;
    auto const out = folder.path("version");
    if (std::system((command + " --version > " + out + " 2> /dev/null").c_str()) != 0)
        return std::nullopt;
    auto words = *read_file(out); // nix-instantiate (Nix) 2.26.3
    while (words.ends_with('\n'))
        words.pop_back();
    return nix_parser(command, words.substr(words.rfind(' ') + 1));
}

// Nix stops at the first bad file, so the rest of a batch is asked for again.
std::vector<std::string> nix_parser::forms(std::vector<std::string> const& files) const {
    test_folder const folder;
    std::vector<std::string> forms;
    while (forms.size() < files.size()) {
        auto command = command_ + " --parse --store dummy://";
        auto const end = std::min(files.size(), forms.size() + batch_size);
        for (auto i = forms.size(); i < end; ++i)
            command.append(" ").append(shell_quoted(files[i]));
        command += fmt::format(" > {0}/out 2> {0}/err", folder.path("."));
        auto const status = std::system(command.c_str());
        auto const out = *read_file(folder.path("out"));
        for (std::string_view rest = out; !rest.empty() && forms.size() < end;) {
            auto const line = std::min(rest.find('\n'), rest.size());
            forms.emplace_back(rest.substr(0, line));
            rest.remove_prefix(std::min(line + 1, rest.size()));
        }
        if (forms.size() == end)
            continue;
        if (status == 0) {
            fmt::print(stderr, "nix-instantiate prints fewer lines than it got files\n");
            std::exit(1);
        }
        forms.emplace_back();
    }
    return forms;
}

bool nix_parser::same(std::string_view ours, std::string_view theirs) const {
    if (ours == theirs)
        return true;
    int major = 0;
    int minor = 0;
    std::sscanf(version_.c_str(), "%d.%d", &major, &minor);
    auto const old = major < 2 || (major == 2 && minor < 26);
    return old && common_form(ours) == common_form(theirs);
}

} // namespace dynix::syntax
