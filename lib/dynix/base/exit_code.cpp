#include "dynix/base/exit_code.hpp"

namespace dynix {

std::string_view to_string(exit_code what) {
    switch (what) {
    case exit_code::done:
        return "done";
    case exit_code::refused:
        return "refused";
    case exit_code::usage:
        return "usage";
    case exit_code::failed_restored:
        return "failed-restored";
    case exit_code::failed_left:
        return "failed-left";
    case exit_code::unknown_name:
        return "unknown-name";
    }
    return "?";
}

std::string_view describe(exit_code what) {
    switch (what) {
    case exit_code::done:
        return "done";
    case exit_code::refused:
        return "refused, or failed, before anything was changed";
    case exit_code::usage:
        return "the command line is wrong";
    case exit_code::failed_restored:
        return "the activation failed, and the previous state is back";
    case exit_code::failed_left:
        return "the activation failed, and the previous state is not back";
    case exit_code::unknown_name:
        return "there is no module of that name";
    }
    return "?";
}

} // namespace dynix
