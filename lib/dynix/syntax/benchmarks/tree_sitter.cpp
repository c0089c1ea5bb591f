#include "dynix/syntax/benchmarks/peer.hpp"

#include <cstdint>
#include <cstdlib>
#include <dlfcn.h>

namespace dynix::syntax {

std::optional<std::function<void(std::string_view)>> tree_sitter(std::string& why) {
    auto const* const grammar = std::getenv("DYNIX_TREE_SITTER_NIX");
    if (grammar == nullptr) {
        why = "DYNIX_TREE_SITTER_NIX is not set";
        return std::nullopt;
    }
    void* library = nullptr;
    for (auto const* const name : {"libtree-sitter.so", "libtree-sitter.so.0"})
        if (library == nullptr)
            library = ::dlopen(name, RTLD_NOW | RTLD_GLOBAL);
    auto* const language = library != nullptr ? ::dlopen(grammar, RTLD_NOW) : nullptr;
    if (language == nullptr) {
        why = ::dlerror();
        return std::nullopt;
    }
    // From tree_sitter/api.h, all types opaque.
    auto const find = [](void* in, char const* name) { return ::dlsym(in, name); };
    auto const make = reinterpret_cast<void* (*)()>(find(library, "ts_parser_new"));
    auto const set_language =
        reinterpret_cast<bool (*)(void*, void const*)>(find(library, "ts_parser_set_language"));
    auto const parse = reinterpret_cast<void* (*)(void*, void const*, char const*, std::uint32_t)>(
        find(library, "ts_parser_parse_string"));
    auto const nix = reinterpret_cast<void const* (*)()>(find(language, "tree_sitter_nix"));
    if (make == nullptr || set_language == nullptr || parse == nullptr || nix == nullptr) {
        why = "a function of tree-sitter is missing";
        return std::nullopt;
    }
    auto* const parser = make();
    if (!set_language(parser, nix())) {
        why = "the grammar is for another version of tree-sitter";
        return std::nullopt;
    }
    return [parser, parse](std::string_view text) {
        parse(parser, nullptr, text.data(), static_cast<std::uint32_t>(text.size()));
    };
}

} // namespace dynix::syntax
