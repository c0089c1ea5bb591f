#include "dynix/activation/step.hpp"

#include "dynix/host/paths.hpp"

namespace dynix::activation {

std::string name(step_kind kind) {
    switch (kind) {
    case step_kind::write_drop_in:
        return "write-drop-in";
    case step_kind::remove_drop_in:
        return "remove-drop-in";
    case step_kind::reload:
        return "reload";
    case step_kind::reset_failed:
        return "reset-failed";
    case step_kind::stop:
        return "stop";
    case step_kind::restart:
        return "restart";
    case step_kind::start:
        return "start";
    case step_kind::defer:
        return "defer";
    case step_kind::prove:
        return "prove";
    }
    return {};
}

std::string describe(step const& what) {
    switch (what.kind) {
    case step_kind::write_drop_in:
        return "write " + host::paths{}.drop_in(what.unit);
    case step_kind::remove_drop_in:
        return "remove " + host::paths{}.drop_in(what.unit);
    case step_kind::reload:
        return "let systemd read its unit files anew";
    case step_kind::reset_failed:
        return "reset the start limit of " + what.unit;
    case step_kind::stop:
        return "stop " + what.unit;
    case step_kind::restart:
        return "restart " + what.unit;
    case step_kind::start:
        return "start " + what.unit;
    case step_kind::defer:
        return "leave " + what.unit + " stopped: the change takes effect when it starts";
    case step_kind::prove:
        return "prove that " + what.unit + " runs as planned";
    }
    return {};
}

} // namespace dynix::activation
