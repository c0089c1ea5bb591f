#include "dynix/evaluation/certificate.hpp"

#include "dynix/base/json_record.hpp"
#include "dynix/plan/plan.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <utility>

namespace dynix::evaluation {
namespace {

constexpr std::int64_t supported_version = 1;

boost::json::array strings(std::vector<std::string> const& all) {
    return boost::json::array(all.begin(), all.end());
}

certificate read_members(json::record_reader& from) {
    from.expect_version(supported_version, "'dynix certify' makes one that this dynix reads");
    certificate out;
    out.key = from.text("key");
    out.running = from.text("running");
    out.proved = from.texts("proved");
    out.unchecked = from.texts("unchecked");
    auto reaches = from.inner("reaches");
    for (auto const& option : reaches.names())
        reaches.each(option, [&](auto& one) {
            out.reaches[option].insert({one.text("kind"), one.text("name")});
        });
    out.warnings = from.texts("warnings");
    out.assertions = from.integer("assertions");
    out.search_path = from.text("searchPath");
    if (from.has("slices")) {
        auto slices = from.inner("slices");
        out.slices = slices.text("fingerprint");
        auto without = slices.inner("without");
        for (auto const& service : without.names())
            out.without_slice[service] = without.text(service);
    }
    out.names_are = from.text_or("names", "");
    out.made = from.text("made");
    out.milliseconds = from.integer("milliseconds");
    out.peak_kib = from.integer("peakKiB");
    return out;
}

// Whether `option` is `one` or stands below it.
bool is_part_of(std::string_view option, std::string_view one) {
    return option == one ||
           (option.size() > one.size() && option.starts_with(one) && option[one.size()] == '.');
}

} // namespace

std::string subject(part const& what) {
    auto const kind = what.kind == "packages" ? std::optional(plan::leak_kind::package)
                                              : plan::leak_kind_named(what.kind);
    if (!kind || (*kind == plan::leak_kind::system && what.name == "toplevel"))
        return "another part of the system";
    if (what.name == "*")
        return fmt::format(
            "which {}s there are", *kind == plan::leak_kind::etc ? "/etc file" : to_string(*kind));
    if (*kind == plan::leak_kind::system)
        return fmt::format("'{}'", what.name);
    return plan::subject({*kind, what.name, {}, {}});
}

std::string words_for(certificate const& what, std::string_view option) {
    if (is_proved(what, option))
        return "proved for every value";
    std::vector<std::string> all;
    for (auto const& [one, parts] : what.reaches)
        if (is_part_of(option, one) || is_part_of(one, option))
            for (auto const& reached : parts)
                all.push_back(subject(reached));
    return all.empty() ? std::string("not tried")
                       : fmt::format("reaches {} too", fmt::join(all, ", "));
}

result<std::string> identity_of(std::string const& program) {
    std::error_code failed;
    auto const real = std::filesystem::canonical(program, failed);
    struct stat about {};
    if (failed || ::stat(real.c_str(), &about) != 0)
        return errno_error("look at", program, failed ? failed.value() : errno);
    return fmt::format(
        "{} {} {} {}.{}", real.string(), about.st_ino, about.st_size, about.st_ctim.tv_sec,
        about.st_ctim.tv_nsec);
}

std::string key_of(binding const& what, std::string const& files) {
    auto const& source = what.record.source;
    auto const is_flake = source.kind == plan::source_kind::flake;
    // JSON, so that no two bindings have one text.
    return plan::fingerprint_of(boost::json::serialize(boost::json::array{
        supported_version, what.running, what.nix, what.search_path, what.record.dynamic_file,
        static_cast<int>(source.kind), source.nixpkgs, source.configuration, source.file,
        source.flake, strings(source.attribute), is_flake ? what.flake.lock : files}));
}

std::string print_certificate(certificate const& what) {
    boost::json::object reaches;
    for (auto const& [option, parts] : what.reaches) {
        boost::json::array list;
        for (auto const& one : parts)
            list.push_back(boost::json::object{{"kind", one.kind}, {"name", one.name}});
        reaches[option] = std::move(list);
    }
    boost::json::object out{
        {"version", supported_version},
        {"key", what.key},
        {"running", what.running},
        {"proved", strings(what.proved)},
        {"unchecked", strings(what.unchecked)},
        {"reaches", std::move(reaches)},
        {"warnings", strings(what.warnings)},
        {"assertions", what.assertions},
        {"searchPath", what.search_path},
        {"made", what.made},
        {"milliseconds", what.milliseconds},
        {"peakKiB", what.peak_kib}};
    if (!what.slices.empty()) {
        boost::json::object without;
        for (auto const& [service, why] : what.without_slice)
            without[service] = why;
        out["slices"] =
            boost::json::object{{"fingerprint", what.slices}, {"without", std::move(without)}};
    }
    if (!what.names_are.empty())
        out["names"] = what.names_are;
    return json::print(out);
}

result<certificate> read_certificate(std::string_view text, std::string_view file) {
    return json::read_record(text, file, read_members, "'dynix certify' makes another one");
}

std::string for_modules(certificate const& what) {
    return boost::json::serialize(boost::json::object{
        {"proved", strings(what.proved)},
        {"unchecked", strings(what.unchecked)},
        {"warnings", strings(what.warnings)},
        {"assertions", what.assertions}});
}

bool is_proved(certificate const& what, std::string_view option) {
    return std::ranges::any_of(
        what.proved, [&](std::string const& one) { return is_part_of(option, one); });
}

} // namespace dynix::evaluation
