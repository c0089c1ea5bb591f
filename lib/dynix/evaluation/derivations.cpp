#include "dynix/evaluation/derivations.hpp"

#include "dynix/base/file.hpp"

#include <array>
#include <filesystem>
#include <optional>
#include <system_error>

namespace dynix::evaluation {
namespace {

bool is_there(std::string const& path) {
    std::error_code unreadable;
    return std::filesystem::exists(path, unreadable);
}

// Takes `begin` off the front of a text, if it is there.
bool take(std::string_view& text, std::string_view begin) {
    if (!text.starts_with(begin))
        return false;
    text.remove_prefix(begin.size());
    return true;
}

// A word in quotes. Names of outputs and paths in the store have nothing that is escaped.
std::optional<std::string> take_word(std::string_view& text) {
    if (!take(text, "\""))
        return std::nullopt;
    auto const end = text.find('"');
    if (end == text.npos)
        return std::nullopt;
    auto word = std::string(text.substr(0, end));
    text.remove_prefix(end + 1);
    return word;
}

// The name and the path of each output of a derivation, with which its file begins:
// Derive([("out","/nix/store/…","",""),…],…)
std::map<std::string, std::string> outputs_in(std::string_view text) {
    std::map<std::string, std::string> out;
    if (!take(text, "Derive(["))
        return {};
    do {
        std::array<std::optional<std::string>, 4> words; // name, path, kind of hash, hash
        if (!take(text, "("))
            return {};
        for (auto& word : words)
            if (word = take_word(text); !word || !take(text, &word == &words.back() ? ")" : ","))
                return {};
        out[*words[0]] = *words[1];
    } while (take(text, ","));
    return out;
}

} // namespace

std::set<std::string> store_paths_in(std::string_view json) {
    constexpr std::string_view begin = "\"/nix/store/";
    std::set<std::string> out;
    for (auto at = json.find(begin); at != json.npos; at = json.find(begin, at + 1)) {
        auto const path = json.substr(at + 1, json.find('"', at + 1) - at - 1);
        // Behind a backslash, the quotation mark does not end the name.
        if (json.substr(at + 1 + path.size()).starts_with("\":") && !path.ends_with('\\'))
            out.emplace(path);
    }
    return out;
}

std::map<std::string, derivation_output>
built_outputs_of(std::set<std::string> const& derivations) {
    std::map<std::string, derivation_output> out;
    for (auto const& derivation : derivations) {
        auto const text = read_file(derivation);
        if (!text)
            continue;
        for (auto const& [name, path] : outputs_in(*text))
            // Of one that depends on its content, the path is not known before.
            if (!path.empty() && is_there(path))
                out[path] = {derivation, name};
    }
    return out;
}

gone_paths gone_since(std::string const& file) {
    gone_paths out;
    auto const text = read_file(file);
    if (!text)
        return {.derivations = true};
    for (auto const& path : store_paths_in(*text)) {
        if (is_there(path))
            continue;
        if (path.ends_with(".drv"))
            out.derivations = true;
        else
            out.others.push_back(path);
    }
    return out;
}

} // namespace dynix::evaluation
