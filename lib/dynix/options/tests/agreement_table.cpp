#include "dynix/options/tests/agreement_table.hpp"

#include "dynix/base/file.hpp"
#include "dynix/options/check.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <sstream>

namespace dynix::options {

result<std::vector<table_row>> read_table(std::string const& file) {
    auto const text = read_file(file);
    if (!text)
        return text.error();
    std::vector<table_row> rows;
    std::istringstream lines(*text);
    std::string type;
    std::string line;
    for (std::size_t number = 1; std::getline(lines, line); ++number) {
        if (line.empty() || line.starts_with('#'))
            continue;
        auto const space = line.find(' ');
        if (space == std::string::npos)
            return make_error(fmt::format("{}:{}: expected a sign and a value", file, number));
        auto const sign = line.substr(0, space);
        auto const rest = line.substr(space + 1, line.find(" ##") - space - 1);
        if (sign == "type" || sign == "new")
            type = rest;
        else
            rows.push_back({number, type, sign, rest});
    }
    return rows;
}

result<std::string> verdict_on(schema const& in, table_row const& row) {
    // In 'dynamicism.for.<service>.options' a name has no quotes inside.
    auto name = row.type;
    std::replace(name.begin(), name.end(), '"', '\'');
    auto const* found = in.find(std::vector{name});
    if (found == nullptr || found->what == nullptr)
        return make_error(fmt::format("line {}: the schema has no type '{}'", row.line, row.type));
    auto const value = syntax::parse_literal(row.value, "agreement.txt");
    if (!value)
        return value.error();
    auto const judged = check_value(*found->what->takes, *value, {"x"});
    if (!judged)
        return std::string("-");
    return std::string(*judged == certainty::certain ? "+" : "?");
}

} // namespace dynix::options
