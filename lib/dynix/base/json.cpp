#include "dynix/base/json.hpp"

#include "dynix/base/utf8.hpp"

#include <boost/json/parse_options.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/stream_parser.hpp>
#include <fmt/format.h>
#include <utility>

namespace dynix::json {
namespace {

// `text` with U+FFFD for every byte that is not part of UTF-8.
std::string well_formed(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (;;) {
        auto const good = well_formed_utf8(text);
        out += text.substr(0, good);
        if (good == text.size())
            return out;
        out += "\xef\xbf\xbd";
        text.remove_prefix(good + 1);
    }
}

void print_to(std::string& out, boost::json::value const& value, std::size_t indent) {
    auto const line = [&](std::size_t depth) {
        out += '\n';
        out.append(depth * 2, ' ');
    };
    if (auto const* object = value.if_object(); object && !object->empty()) {
        out += '{';
        for (bool first = true; auto const& [key, inner] : *object) {
            out += std::exchange(first, false) ? "" : ",";
            line(indent + 1);
            out += boost::json::serialize(well_formed(key)) + ": ";
            print_to(out, inner, indent + 1);
        }
        line(indent);
        out += '}';
    } else if (auto const* array = value.if_array(); array && !array->empty()) {
        out += '[';
        for (bool first = true; auto const& inner : *array) {
            out += std::exchange(first, false) ? "" : ",";
            line(indent + 1);
            print_to(out, inner, indent + 1);
        }
        line(indent);
        out += ']';
    } else if (auto const* string = value.if_string()) {
        out += boost::json::serialize(well_formed(*string));
    } else {
        out += boost::json::serialize(value);
    }
}

} // namespace

result<boost::json::object> parse_record(std::string_view text, std::string_view file) {
    boost::json::parse_options options;
    options.max_depth = deepest;
    boost::json::stream_parser parser({}, options);
    boost::json::error_code failed;
    auto read = parser.write_some(text.data(), text.size(), failed);
    if (!failed && read < text.size())
        failed = boost::json::error::extra_data;
    if (!failed)
        parser.finish(failed);
    if (failed) {
        auto const place = static_cast<std::uint32_t>(read);
        auto broken = make_error(fmt::format("not valid JSON: {}", failed.message()));
        broken.at = excerpt_of(text, file, {place, place + 1});
        return broken;
    }
    auto value = parser.release();
    if (!value.is_object())
        return make_error(fmt::format("{}: expected a JSON object", file));
    return std::move(value.get_object());
}

std::string print(boost::json::value const& document) {
    std::string out;
    print_to(out, document, 0);
    out += '\n';
    return out;
}

} // namespace dynix::json
