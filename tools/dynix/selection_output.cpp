#include "selection_output.hpp"

#include "shared/report.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace dynix::tool {
namespace {

boost::json::array to_json(std::vector<session::pending_change> const& all) {
    boost::json::array out;
    for (auto const& one : all)
        out.push_back(boost::json::object{
            {"entry", one.entry},
            {"user", one.user},
            {"time", one.time},
            {"option", one.option},
            {"value", one.value ? boost::json::value(*one.value) : boost::json::value(nullptr)}});
    return out;
}

} // namespace

void show_selection(session::selection const& what) {
    for (auto const& one : session::brought_along(what))
        note_line(fmt::format("to be applied: {}", describe(one)));
    for (auto const& one : what.pending)
        note_line(fmt::format("stays pending: {}", describe(one)));
    for (auto const& one : what.notes)
        note_line(one);
}

void add_selection(boost::json::object& to, session::selection const& what) {
    to["alongside"] = to_json(session::brought_along(what));
    to["pending"] = to_json(what.pending);
}

} // namespace dynix::tool
