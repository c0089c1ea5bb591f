#include "build_plan.hpp"

#include "dynix/activation/nix.hpp"
#include "dynix/base/file.hpp"
#include "dynix/overrides/store.hpp"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>

namespace dynix::tool {
namespace {

result<activation::system_record> read_system(std::string const& path) {
    auto const text = read_file_if_any(path);
    if (!text)
        return text.error();
    if (!*text)
        return fault(
            fmt::format("'{}' is not there: this system was built without dynix", path),
            "set 'dynamicism.enable = true;' in its configuration and run 'nixos-rebuild switch'");
    return activation::read_system_record(**text, path);
}

} // namespace

result<built_plan> build_plan(build_request const& request) {
    auto const record = read_system(request.system);
    if (!record)
        return record.error();
    auto const& named = request.file.empty() ? record->dynamic_file : request.file;
    if (auto const readable = overrides::load(named); !readable)
        return readable.error();

    activation::build_options options;
    options.source = record->source;
    options.verify = request.verify;
    options.dynamic_file = std::filesystem::absolute(named).lexically_normal().string();
    if (!request.keep)
        options.out_link.clear();
    if (request.verbose)
        options.on_line = [](std::string_view line) {
            fmt::print(stderr, "{}\n", line);
            std::fflush(stderr);
        };
    auto const runner = process::make_runner();
    auto const began = std::chrono::steady_clock::now();
    auto built = activation::build_script(options, *runner);
    if (!built)
        return built.error();
    return built_plan{
        built->store_path, options.dynamic_file,
        std::chrono::duration_cast<activation::milliseconds>(
            std::chrono::steady_clock::now() - began)};
}

result<activation::plan> read_built_plan(built_plan const& built) {
    auto const path = built.store_path + "/plan.json";
    auto const text = read_file(path);
    if (!text)
        return text.error();
    return activation::read_plan(*text, path);
}

} // namespace dynix::tool
