#include "shared/report.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace dynix::tool {
namespace {

boost::json::object place_record(std::string_view message, std::optional<excerpt> const& at) {
    boost::json::object out{{"message", message}};
    if (at) {
        out["file"] = at->file;
        out["line"] = at->begin.line;
        out["column"] = at->begin.column;
    }
    return out;
}

} // namespace

void hold_standard_streams() {
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream)
        if (::fcntl(stream, F_GETFD) < 0)
            // The lowest number that is free is this one.
            ::open("/dev/null", stream == STDOUT_FILENO ? O_RDONLY : O_WRONLY);
}

void print(std::string_view text) {
    // A value may hold any byte; a terminal would obey some of them.
    static bool const to_terminal = ::isatty(STDOUT_FILENO) == 1;
    if (to_terminal)
        std::fputs(printable(text).c_str(), stdout);
    else
        std::fwrite(text.data(), 1, text.size(), stdout);
}

result<std::string> read_input(std::string const& name, std::uint64_t most) {
    return name == "-" ? read_standard_input(most) : read_file(name, most);
}

boost::json::object to_json(error const& what) {
    auto out = place_record(what.message, what.at);
    if (!what.notes.empty()) {
        auto& notes = out["notes"].emplace_array();
        for (auto const& further : what.notes)
            notes.push_back(place_record(further.message, further.at));
    }
    if (!what.hint.empty())
        out["hint"] = what.hint;
    return out;
}

boost::json::array to_json(std::vector<error> const& all) {
    boost::json::array out;
    for (auto const& one : all) {
        auto record = to_json(one);
        record.emplace("hint", ""); // only where it has none
        out.push_back(std::move(record));
    }
    return out;
}

exit_code report(error const& what, bool json, exit_code code) {
    auto const text = render(what);
    std::fwrite(text.data(), 1, text.size(), stderr);
    if (json)
        print(json::print(boost::json::object{{"error", to_json(what)}}));
    return code;
}

void say_line(std::string_view kind, std::string_view text) {
    // fmt::print would throw where nobody can read it, and end what is under way.
    auto const line = fmt::format("{}: {}\n", kind, printable(text));
    std::fwrite(line.data(), 1, line.size(), stderr);
}

void note_line(std::string_view text) {
    say_line("note", text);
}

void note_wait(std::string const& holder) {
    note_line(fmt::format("waiting for {}", holder));
}

namespace {

// By the name of a user, or the number where there is none.
std::string user_name(uid_t user) {
    auto const* const entry = ::getpwuid(user);
    return entry != nullptr ? entry->pw_name : std::to_string(user);
}

// Whose the file is, or would be.
std::string ask_owner(std::string const& path) {
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0)
        return "try again with sudo";
    if (about.st_uid == ::geteuid()) {
        auto const real = resolve_links(path);
        return fmt::format(
            "the dynamic file is yours, but not all beside it, or not its group: see 'ls -la {}'",
            folder_of(real ? *real : path));
    }
    return fmt::format(
        "the dynamic file belongs to {}: try again {}", user_name(about.st_uid),
        about.st_uid == 0 ? "with sudo" : "as that user, or with sudo");
}

} // namespace

error with_sudo_hint(error failed, std::string const& path) {
    bool const forbidden = failed.message.find(std::strerror(EACCES)) != std::string::npos ||
                           failed.message.find(std::strerror(EPERM)) != std::string::npos;
    if (::geteuid() != 0 && failed.hint.empty() && forbidden)
        failed.hint = ask_owner(path);
    return failed;
}

} // namespace dynix::tool
