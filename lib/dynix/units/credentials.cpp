#include "dynix/units/credentials.hpp"

#include "dynix/units/extract_word.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace dynix::units {
namespace {

constexpr std::string_view service_section = "Service";

// With "%%" for '%'; nullopt when other specifiers are in it, which only systemd knows.
std::optional<std::string> without_specifiers(std::string_view text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '%' && (++at == text.size() || text[at] != '%'))
            return std::nullopt;
        plain += text[at];
    }
    return plain;
}

class credential_reader {
  public:
    std::vector<credential> read(unit_file const& unit) {
        // The order of the file counts, and an empty assignment clears both of a kind.
        for (auto const& one : unit.assignments)
            if (one.section == service_section)
                take(one.key, one.value);
        auto all = std::move(loaded_);
        for (auto const& one : set_)
            if (auto* const other = find(all, one.name))
                other->text = one.text;
            else
                all.push_back(one);
        all.insert(all.end(), imported_.begin(), imported_.end());
        return all;
    }

  private:
    void take(std::string_view key, std::string_view value) {
        if (key == "LoadCredential" || key == "LoadCredentialEncrypted")
            add(loaded_, value, [&](std::string_view rest) {
                return loaded(rest, key == "LoadCredentialEncrypted");
            });
        else if (key == "SetCredential" || key == "SetCredentialEncrypted")
            add(set_, value,
                [&](std::string_view rest) { return set(rest, key == "SetCredentialEncrypted"); });
        else if (key == "ImportCredential" && value.empty())
            imported_.clear();
        else if (key == "ImportCredential")
            imported_.push_back(
                {.name = std::string(value), .unknown = "it is imported from a credential store"});
    }

    // `rest` is what stands behind the name's ':'.
    template <class Read>
    void add(std::vector<credential>& all, std::string_view value, Read const& read) {
        if (value.empty())
            return all.clear();
        auto const colon = std::min(value.find(':'), value.size());
        auto const rest = value.substr(std::min(colon + 1, value.size()));
        auto const name = without_specifiers(value.substr(0, colon));
        std::optional<credential> made = read(rest);
        if (!made)
            return;
        if (!name)
            *made = {.unknown = "its name has a specifier"};
        made->name = name ? *name : std::string(value.substr(0, colon));
        if (auto* const known = find(all, made->name))
            *known = std::move(*made);
        else
            all.push_back(std::move(*made));
    }

    static std::optional<credential> loaded(std::string_view path, bool encrypted) {
        if (encrypted)
            return credential{.unknown = "it is encrypted"};
        auto plain = without_specifiers(path);
        if (!plain)
            return credential{.unknown = "its path has a specifier"};
        if (!plain->starts_with('/'))
            return credential{.unknown = "it comes from a credential store"};
        return credential{.path = std::move(plain)};
    }

    static std::optional<credential> set(std::string_view text, bool encrypted) {
        if (encrypted)
            return credential{.unknown = "it is encrypted"};
        auto plain = unescape(text);
        if (!plain)
            return std::nullopt;
        return credential{.text = std::move(plain)};
    }

    static credential* find(std::vector<credential>& all, std::string_view name) {
        auto const found = std::find_if(
            all.begin(), all.end(), [&](credential const& one) { return one.name == name; });
        return found == all.end() ? nullptr : &*found;
    }

    std::vector<credential> loaded_;
    std::vector<credential> set_;
    std::vector<credential> imported_;
};

} // namespace

std::vector<credential> planned_credentials(unit_file const& unit) {
    return credential_reader().read(unit);
}

} // namespace dynix::units
