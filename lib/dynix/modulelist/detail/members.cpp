#include "dynix/modulelist/detail/members.hpp"

#include "dynix/base/json.hpp"
#include "dynix/syntax/attribute_path.hpp"

#include <boost/json/array.hpp>

namespace dynix::modulelist::detail {

result<boost::json::object> said(std::string_view line) {
    constexpr std::string_view ours = "trace: dynix ";
    if (!line.starts_with(ours))
        return boost::json::object{};
    return json::parse_record(line.substr(ours.size()), "what Nix said");
}

std::string text(boost::json::object const& record, std::string_view name) {
    auto const* member = record.if_contains(name);
    return member != nullptr && member->is_string() ? std::string(member->as_string())
                                                    : std::string();
}

std::vector<std::string> strings(boost::json::object const& record, std::string_view name) {
    std::vector<std::string> out;
    auto const* member = record.if_contains(name);
    if (member != nullptr && member->is_array())
        for (auto const& one : member->as_array())
            if (one.is_string())
                out.emplace_back(one.as_string());
    return out;
}

std::string path(boost::json::object const& record, std::string_view name) {
    return syntax::print_attribute_path(strings(record, name));
}

} // namespace dynix::modulelist::detail
