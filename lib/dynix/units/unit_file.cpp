#include "dynix/units/unit_file.hpp"

#include "dynix/units/extract_word.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace dynix::units {
namespace {

// LONG_LINE_MAX of systemd: a longer line makes it ignore the whole file.
constexpr std::size_t longest_line = std::size_t{1} << 20;

std::string_view trimmed(std::string_view text) {
    auto const first = text.find_first_not_of(whitespace);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(whitespace) - first + 1);
}

bool ends_in_escape(std::string_view line) {
    bool escaped = false;
    for (char const c : line)
        escaped = !escaped && c == '\\';
    return escaped;
}

class reader {
  public:
    reader(std::string_view text, std::string_view name) : text_(text), name_(name) {}

    result<unit_file> read() {
        std::string joined;
        bool continued = false;
        std::size_t first_line = 0;
        std::string_view rest = text_;
        for (std::size_t number = 1; !rest.empty(); ++number) {
            auto const end = rest.find('\n');
            auto line = rest.substr(0, end);
            rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
            line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
            // A comment line is skipped even between continuation lines.
            if (line.starts_with('#') || line.starts_with(';'))
                continue;
            if (!continued) {
                joined.clear();
                first_line = number;
            }
            joined += line;
            if (joined.size() > longest_line)
                return at(first_line, "the line is longer than systemd reads");
            // What is joined already ends in the space that replaced its backslash.
            continued = ends_in_escape(line);
            if (continued) {
                joined.back() = ' ';
                continue;
            }
            if (auto taken = take(joined, first_line); !taken)
                return taken.error();
        }
        if (continued)
            if (auto taken = take(joined, first_line); !taken)
                return taken.error();
        return std::move(unit_);
    }

  private:
    error at(std::size_t line, std::string_view what) const {
        return make_error(fmt::format("{}:{}: {}", name_, line, what));
    }

    result<void> take(std::string_view line, std::size_t number) {
        line = trimmed(line);
        if (line.empty())
            return {};
        if (line.find('\0') != std::string_view::npos)
            return at(number, "NUL byte in a unit file");
        if (line.starts_with('[')) {
            if (!line.ends_with(']') || line.size() < 3)
                return at(number, fmt::format("not a section header: '{}'", line));
            section_ = line.substr(1, line.size() - 2);
            return {};
        }
        auto const equals = line.find('=');
        if (equals == std::string_view::npos || trimmed(line.substr(0, equals)).empty())
            return at(number, fmt::format("not an assignment: '{}'", line));
        if (section_.empty())
            return at(number, "an assignment before the first section");
        unit_.assignments.push_back(
            {section_, std::string(trimmed(line.substr(0, equals))),
             std::string(trimmed(line.substr(equals + 1))), number});
        return {};
    }

    std::string_view text_;
    std::string_view name_;
    std::string section_;
    unit_file unit_;
};

} // namespace

std::vector<std::string> unit_file::values(std::string_view section, std::string_view key) const {
    std::vector<std::string> found;
    for (auto const& one : assignments)
        if (one.section == section && one.key == key)
            found.push_back(one.value);
    return found;
}

std::vector<std::string>
unit_file::effective(std::string_view section, std::string_view key) const {
    auto found = values(section, key);
    auto const last_reset = std::find(found.rbegin(), found.rend(), std::string());
    found.erase(found.begin(), last_reset.base());
    return found;
}

std::string unit_file::last(std::string_view section, std::string_view key) const {
    auto const found = values(section, key);
    return found.empty() ? std::string() : found.back();
}

void unit_file::append(unit_file const& drop_in) {
    assignments.insert(assignments.end(), drop_in.assignments.begin(), drop_in.assignments.end());
}

result<unit_file> parse_unit(std::string_view text, std::string_view name) {
    // A byte order mark is skipped, as systemd does.
    if (text.starts_with("\xef\xbb\xbf"))
        text.remove_prefix(3);
    return reader(text, name).read();
}

} // namespace dynix::units
