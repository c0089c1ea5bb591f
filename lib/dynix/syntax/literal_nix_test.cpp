// Whether Nix reads what print() writes: random literals, all of them in one evaluation of the real
// nix-instantiate. A program of its own: exit code 77 (skipped) where there is no Nix.
#include "dynix/base/file.hpp"
#include "dynix/base/json.hpp"
#include "dynix/base/test_folder.hpp"
#include "dynix/syntax/literal.hpp"

#include <algorithm>
#include <bit>
#include <boost/json/parse.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <limits>
#include <random>

using namespace dynix;
using namespace dynix::syntax;

namespace {

constexpr std::size_t values = 2'000;

class generator {
  public:
    explicit generator(std::uint64_t seed) : random_(seed) {}

    std::size_t below(std::size_t limit) { return random_() % limit; }
    double any_double() {
        for (;;)
            if (auto const number = std::bit_cast<double>(random_()); std::isfinite(number))
                return number;
    }
    // Text that JSON can carry, rich in what Nix gives a meaning.
    std::string text() {
        static constexpr std::string_view pieces[] = {
            "a",    "\"", "\\",  "${", "$",  "{", "}",       "''",   "'", "\n",
            "\r",   "\t", " ",   ".",  "/",  "é", "or",      "if",   "-", "0",
            "\x01", "$$", "\\n", "#",  "/*", "€", "inherit", "true", ":", ";"};
        std::string made;
        for (auto left = below(8); left != 0; --left)
            made += pieces[below(std::size(pieces))];
        return made;
    }
    literal value(std::size_t depth) {
        switch (below(depth > 4 ? 4 : 6)) {
        case 0:
            return below(3) == 0 ? literal() : literal(below(2) == 0);
        case 1:
            return literal(integer());
        case 2:
        case 3:
            return literal(text());
        case 4: {
            literal::list items;
            for (auto left = below(4); left != 0; --left)
                items.push_back(value(depth + 1));
            return literal(std::move(items));
        }
        default: {
            literal::attribute_set attributes;
            for (auto left = below(4); left != 0; --left) {
                auto name = text();
                auto const same = [&](auto const& other) { return other.name == name; };
                if (std::none_of(attributes.begin(), attributes.end(), same))
                    attributes.push_back({std::move(name), value(depth + 1)});
            }
            return literal(std::move(attributes));
        }
        }
    }
    std::string bytes() {
        std::string made;
        for (auto left = below(40); left != 0; --left)
            made += static_cast<char>(1 + below(255));
        return made;
    }

  private:
    std::int64_t integer() {
        switch (below(4)) {
        case 0:
            return std::numeric_limits<std::int64_t>::min();
        case 1:
            return std::numeric_limits<std::int64_t>::max();
        case 2:
            return static_cast<std::int64_t>(below(200)) - 100;
        default:
            return static_cast<std::int64_t>(random_());
        }
    }
    std::mt19937_64 random_;
};

bool same(literal const& expected, boost::json::value const& found) {
    if (auto const* const it = expected.as<bool>())
        return found.is_bool() && found.get_bool() == *it;
    if (auto const* const number = expected.as<std::int64_t>())
        return found.is_int64() && found.get_int64() == *number;
    if (auto const* const text = expected.as<std::string>())
        return found.is_string() && found.get_string() == *text;
    if (auto const* const items = expected.as<literal::list>()) {
        if (!found.is_array() || found.get_array().size() != items->size())
            return false;
        for (std::size_t i = 0; i < items->size(); ++i)
            if (!same((*items)[i], found.get_array()[i]))
                return false;
        return true;
    }
    if (auto const* const attributes = expected.as<literal::attribute_set>()) {
        if (!found.is_object() || found.get_object().size() != attributes->size())
            return false;
        for (auto const& one : *attributes) {
            auto const* const value = found.get_object().if_contains(one.name);
            if (value == nullptr || !same(one.value, *value))
                return false;
        }
        return true;
    }
    return found.is_null();
}

// An expression of exactly this number, from an integer and a power of two.
std::string exact(double number) {
    int exponent = 0;
    auto const fraction = std::frexp(number, &exponent);
    auto shift = std::max(exponent - 53, -1074);
    auto const whole = static_cast<std::int64_t>(std::ldexp(fraction, exponent - shift));
    return fmt::format("(({}) * pow ({}))", whole, shift);
}

int failures = 0;

void expect(bool good, std::string_view what, std::string_view text) {
    if (good)
        return;
    ++failures;
    fmt::print(stderr, "Nix reads another {} in: {}\n", what, text);
}

} // namespace

int main() {
    auto const* const named = std::getenv("DYNIX_NIX_INSTANTIATE");
    std::string const nix = named != nullptr ? named : "nix-instantiate";
    if (std::system((nix + " --version > /dev/null 2>&1").c_str()) != 0) {
        fmt::print("skipped: '{}' cannot be run; install nix-bin\n", nix);
        return 77;
    }
    generator make(20260101);
    test_folder const folder;

    std::vector<literal> expected;
    std::vector<std::string> sources;
    for (std::size_t i = 0; i < values; ++i) {
        expected.push_back(make.value(0));
        sources.push_back(*print_argument(expected.back()));
    }
    std::vector<double> numbers{
        0.0,
        1.0,
        1e22,
        0.1,
        5e-324,
        -5e-324,
        2.2250738585072014e-308,
        4e-320,
        -1.5,
        123456789.125,
        1.7976931348623157e308};
    while (numbers.size() < 300)
        numbers.push_back(make.any_double());
    std::vector<std::string> truths;
    truths.reserve(numbers.size() + 1);
    for (auto const number : numbers)
        truths.push_back(
            fmt::format("({} == {})", *print_argument(literal(number)), exact(number)));
    truths.push_back(fmt::format("(toString {} == \"-0.000000\")", *print_argument(literal(-0.0))));
    std::filesystem::create_directory(folder.path("bytes"));
    for (int i = 0; i < 300; ++i) {
        auto const bytes = make.bytes();
        auto const file = folder.path(fmt::format("bytes/{}", i));
        if (!replace_file(file, bytes))
            return 1;
        truths.push_back(
            fmt::format("({} == builtins.readFile {})", *print_argument(literal(bytes)), file));
    }
    for (std::string const path : {"/etc/my file", "/a/${b}", "/", "/nix/store", "/a\"b\\c", "/ü"})
        truths.push_back(fmt::format(
            "(toString {} == {})", *print_argument(literal(literal_path{path})),
            *print_string(path)));

    auto const program = fmt::format(
        "let pow = e: if e == 0 then 1.0 else if e > 0 then 2.0 * pow (e - 1) else pow (e + 1) / "
        "2.0;\nin {{\nvalues = [\n{}\n];\ntruths = [\n{}\n]; }}\n",
        fmt::join(sources, "\n"), fmt::join(truths, "\n"));
    if (!replace_file(folder.path("all.nix"), program))
        return 1;
    auto const command = fmt::format(
        "{} --eval --json --strict --store dummy:// {} > {}", nix, folder.path("all.nix"),
        folder.path("out"));
    if (std::system(command.c_str()) != 0) {
        fmt::print(stderr, "nix-instantiate refuses what print() wrote\n");
        return 1;
    }
    auto const answer = boost::json::parse(*read_file(folder.path("out")));
    auto const& read = answer.at("values").as_array();
    for (std::size_t i = 0; i < values; ++i)
        expect(same(expected[i], read[i]), "value", sources[i]);
    auto const& held = answer.at("truths").as_array();
    for (std::size_t i = 0; i < truths.size(); ++i)
        expect(held[i].as_bool(), "value", truths[i]);
    fmt::print("{} values and {} comparisons, {} wrong\n", values, truths.size(), failures);
    return failures == 0 ? 0 : 1;
}
