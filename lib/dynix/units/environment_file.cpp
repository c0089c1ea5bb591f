#include "dynix/units/environment_file.hpp"

#include "dynix/units/extract_word.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace dynix::units {
namespace {

void drop_space_after(std::string& text) {
    text.resize(text.find_last_not_of(whitespace) + 1);
}

class file_reader {
  public:
    explicit file_reader(std::string_view text) : rest_(text) {}

    std::map<std::string, std::string> run() {
        std::map<std::string, std::string> found;
        while (skip_space())
            if (rest_.front() == '#' || rest_.front() == ';')
                take_until("\r\n");
            else if (auto const name = take_name())
                found[*name] = take_value();
        return found;
    }

  private:
    // Whether there is something after it.
    bool skip_space() {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(whitespace), rest_.size()));
        return !rest_.empty();
    }

    std::string take_until(std::string_view any_of) {
        auto const size = std::min(rest_.find_first_of(any_of), rest_.size());
        auto taken = std::string(rest_.substr(0, size));
        rest_.remove_prefix(size);
        return taken;
    }

    std::optional<std::string> take_name() {
        auto name = take_until("=\r\n");
        if (!next_is("="))
            return std::nullopt;
        rest_.remove_prefix(1);
        drop_space_after(name);
        return name;
    }

    bool next_is(std::string_view any_of) const {
        return !rest_.empty() && any_of.find(rest_.front()) != std::string_view::npos;
    }

    std::string take_value() {
        std::string value;
        for (;;) {
            rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size()));
            if (next_is("'"))
                take_quoted(value);
            else if (next_is("\""))
                take_double_quoted(value);
            else
                break;
        }
        return take_bare(std::move(value));
    }

    void take_quoted(std::string& into) {
        rest_.remove_prefix(1);
        into += take_until("'");
        rest_.remove_prefix(next_is("'") ? 1 : 0);
    }

    void take_double_quoted(std::string& into) {
        rest_.remove_prefix(1);
        for (;;) {
            into += take_until("\"\\");
            if (!next_is("\\"))
                break;
            rest_.remove_prefix(1);
            if (next_is("\n"))
                rest_.remove_prefix(1);
            else if (next_is("\"\\`$"))
                take_one(into);
            else
                into += '\\';
        }
        rest_.remove_prefix(next_is("\"") ? 1 : 0);
    }

    void take_one(std::string& into) {
        into += rest_.front();
        rest_.remove_prefix(1);
    }

    // Up to the end of the line, which a backslash carries on.
    std::string take_bare(std::string quoted) {
        std::string value;
        for (;;) {
            value += take_until("\\\r\n");
            if (!next_is("\\"))
                break;
            rest_.remove_prefix(1);
            if (next_is("\r\n"))
                rest_.remove_prefix(1);
            else if (!rest_.empty())
                take_one(value);
        }
        drop_space_after(value);
        return std::move(quoted) + value;
    }

    std::string_view rest_;
};

} // namespace

std::map<std::string, std::string> variables_of_file(std::string_view text) {
    return file_reader(text).run();
}

} // namespace dynix::units
