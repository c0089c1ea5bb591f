#include "dynix/activation/steps/step.hpp"

#include "dynix/host/paths.hpp"

#include <fmt/format.h>

namespace dynix::activation {

std::string describe(step const& what) {
    return fmt::format(
        fmt::runtime(what.kind->sentence),
        what.kind->names_drop_in ? host::paths{}.drop_in(what.unit) : what.unit, what.check);
}

std::string left_by(step const& failed, std::string_view left_behind::*after) {
    return fmt::format(fmt::runtime(failed.kind->left.*after), failed.unit);
}

std::string name(step const& what) {
    return std::string(what.kind->name);
}

std::string to_string(step_mark mark) {
    switch (mark) {
    case step_mark::planned:
        return "planned";
    case step_mark::done:
        return "done";
    case step_mark::failed:
        return "failed";
    case step_mark::skipped:
        return "skipped";
    case step_mark::undone:
        return "undone";
    }
    return {};
}

} // namespace dynix::activation
