#include "dynix/syntax/globals.hpp"

#include <array>

namespace dynix::syntax {

namespace {

// What Nix 2.26 defines as it comes.
constexpr std::string_view globals[] = {
    "__add",
    "__addDrvOutputDependencies",
    "__addErrorContext",
    "__all",
    "__any",
    "__appendContext",
    "__attrNames",
    "__attrValues",
    "__bitAnd",
    "__bitOr",
    "__bitXor",
    "__catAttrs",
    "__ceil",
    "__compareVersions",
    "__concatLists",
    "__concatMap",
    "__concatStringsSep",
    "__convertHash",
    "__curPos",
    "__currentSystem",
    "__currentTime",
    "__deepSeq",
    "__div",
    "__elem",
    "__elemAt",
    "__fetchurl",
    "__filter",
    "__filterSource",
    "__findFile",
    "__floor",
    "__foldl'",
    "__fromJSON",
    "__functionArgs",
    "__genList",
    "__genericClosure",
    "__getAttr",
    "__getContext",
    "__getEnv",
    "__groupBy",
    "__hasAttr",
    "__hasContext",
    "__hashFile",
    "__hashString",
    "__head",
    "__intersectAttrs",
    "__isAttrs",
    "__isBool",
    "__isFloat",
    "__isFunction",
    "__isInt",
    "__isList",
    "__isPath",
    "__isString",
    "__langVersion",
    "__length",
    "__lessThan",
    "__listToAttrs",
    "__mapAttrs",
    "__match",
    "__mul",
    "__nixPath",
    "__nixVersion",
    "__parseDrvName",
    "__partition",
    "__path",
    "__pathExists",
    "__readDir",
    "__readFile",
    "__readFileType",
    "__replaceStrings",
    "__seq",
    "__sort",
    "__split",
    "__splitVersion",
    "__storeDir",
    "__storePath",
    "__stringLength",
    "__sub",
    "__substring",
    "__tail",
    "__toFile",
    "__toJSON",
    "__toPath",
    "__toXML",
    "__trace",
    "__traceVerbose",
    "__tryEval",
    "__typeOf",
    "__unsafeDiscardOutputDependency",
    "__unsafeDiscardStringContext",
    "__unsafeGetAttrPos",
    "__warn",
    "__zipAttrsWith",
    "abort",
    "baseNameOf",
    "break",
    "builtins",
    "derivation",
    "derivationStrict",
    "dirOf",
    "false",
    "fetchGit",
    "fetchMercurial",
    "fetchTarball",
    "fromTOML",
    "import",
    "isNull",
    "map",
    "null",
    "placeholder",
    "removeAttrs",
    "scopedImport",
    "throw",
    "toString",
    "true"};

struct experimental_global {
    std::string_view name;
    std::string_view feature;
};
constexpr experimental_global experimental_globals[] = {
    {"__fetchClosure", "fetch-closure"},
    {"__flakeRefToString", "flakes"},
    {"__getFlake", "flakes"},
    {"__outputOf", "dynamic-derivations"},
    {"__parseFlakeRef", "flakes"},
    {"fetchTree", "flakes"},
};

// Open addressing, filled by the compiler: a text costs nothing for the names it does not use.
constexpr auto table = [] {
    std::array<std::string_view, 512> slots{};
    for (auto const name : globals) {
        auto slot = hashed_name(name).hash % slots.size();
        while (!slots[slot].empty())
            slot = (slot + 1) % slots.size();
        slots[slot] = name;
    }
    return slots;
}();
static_assert(std::size(globals) * 4 < table.size() + table.size() / 2);

} // namespace

bool is_global(hashed_name const& name) {
    for (auto slot = name.hash % table.size(); !table[slot].empty();
         slot = (slot + 1) % table.size())
        if (table[slot] == name.text)
            return true;
    return false;
}

std::string_view experimental_feature_of(std::string_view global) {
    for (auto const& [name, feature] : experimental_globals)
        if (name == global)
            return feature;
    return {};
}

} // namespace dynix::syntax
