// The files of a configuration, for tests.
#pragma once

#include "dynix/base/test_folder.hpp"
#include "dynix/plan/system_record.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace dynix::evaluation {

inline void write(std::string const& path, std::string_view text) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path) << text;
}

// /etc/nixos with a configuration and a dynamic file, and a nixpkgs.
struct test_configuration {
    test_folder folder{};
    plan::system_record record{};

    test_configuration() {
        write(path("nixos/configuration.nix"), "{ }");
        write(path("nixos/dynamic.nix"), "{ }");
        write(path("nixos/dynamic.nix.generations/1"), "{ }");
        write(path("nixos/parts/a.nix"), "{ }");
        write(path("nixpkgs/nixos/default.nix"), "{ }");
        record.dynamic_file = path("nixos/dynamic.nix");
        record.source.kind = plan::source_kind::configuration;
        record.source.nixpkgs = path("nixpkgs");
        record.source.configuration = path("nixos/configuration.nix");
    }

    std::string path(std::string const& name) const {
        return std::filesystem::canonical(folder.path(".")).string() + "/" + name;
    }
};

} // namespace dynix::evaluation
