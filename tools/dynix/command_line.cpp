#include "command_line.hpp"

#include "shared/usage_error.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>

namespace dynix::tool {

given_option given_option::required() {
    option_->required();
    return *this;
}

given_option given_option::placeholder(std::string const& word) {
    option_->type_name(word);
    return *this;
}

given_option given_option::names_a_file() {
    not_empty("the name of a file").option_->capture_default_str();
    return placeholder("F");
}

given_option given_option::not_empty(std::string const& what) {
    option_->check([what](std::string const& value) {
        return value.empty() ? fmt::format("expected {}, found nothing", what) : std::string();
    });
    return *this;
}

given_option given_option::counts(std::string const& what) {
    option_->check([what](std::string const& number) {
        std::int64_t value = 0;
        auto const* const last = number.data() + number.size();
        auto const [end, failed] = std::from_chars(number.data(), last, value);
        return failed == std::errc() && end == last && value > 0
                   ? std::string()
                   : fmt::format("expected the number of {}, found '{}'", what, number);
    });
    return *this;
}

given_option given_option::seconds(unsigned least) {
    option_->check([least](std::string const& value) { return wrong_seconds(value, least); });
    return *this;
}

given_option given_option::excludes(given_option other) {
    option_->excludes(other.option_);
    return *this;
}

given_option given_option::hidden() {
    option_->group("");
    return *this;
}

bool given_option::is_given() const {
    return option_->count() > 0;
}

std::string given_option::name() const {
    return option_->get_name();
}

given_option given_option::under(std::string const& heading) {
    option_->group(heading);
    return *this;
}

command_line::command_line(CLI::App& app, std::string const& name, std::string const& about)
    : app_(app.add_subcommand(name, about)) {}

given_option
command_line::flag(std::string const& names, bool& is_given, std::string const& about) {
    return given_option(app_->add_flag(names, is_given, about));
}

given_option
command_line::option(std::string const& names, std::string& value, std::string const& about) {
    return given_option(app_->add_option(names, value, about));
}

given_option command_line::option(
    std::string const& names, std::optional<std::string>& value, std::string const& about) {
    return given_option(app_->add_option(names, value, about));
}

given_option command_line::option(
    std::string const& names, std::optional<unsigned>& value, std::string const& about) {
    return given_option(app_->add_option(names, value, about));
}

given_option
command_line::option(std::string const& names, std::int64_t& value, std::string const& about) {
    return given_option(app_->add_option(names, value, about));
}

given_option command_line::option(
    std::string const& names, std::vector<std::string>& values, std::string const& about) {
    return given_option(app_->add_option(names, values, about));
}

given_option command_line::option(
    std::string const& names, std::function<std::string(std::string const&)> take,
    std::string const& about) {
    return given_option(app_->add_option_function<std::string>(
        names,
        [names, take = std::move(take)](std::string const& value) {
            auto wrong = take(value);
            // It is named here, also where who reads the value has named it.
            if (auto const named = names + ": "; wrong.starts_with(named))
                wrong.erase(0, named.size());
            if (!wrong.empty())
                throw CLI::ValidationError(names, wrong);
        },
        about));
}

void command_line::exactly_one(std::vector<given_option> of, std::string const& about) {
    for (auto& one : of)
        one.under(about);
    exactly_one_ = std::move(of);
}

void command_line::hide() {
    app_->group("");
}

void command_line::footer(std::string const& text) {
    app_->footer(text);
}

void command_line::runs(std::function<exit_code()> body, exit_code& code) {
    app_->callback([body = std::move(body), &code, of = exactly_one_] {
        std::vector<std::string> names;
        names.reserve(of.size());
        for (auto const& one : of)
            names.push_back(one.name());
        auto const given = std::ranges::count_if(of, &given_option::is_given);
        if (!of.empty() && given != 1)
            throw CLI::RequiredError::Option(
                1, 1, static_cast<std::size_t>(given), fmt::format("{}", fmt::join(names, ",")));
        code = body();
    });
}

} // namespace dynix::tool
