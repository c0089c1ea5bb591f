#include "confirmation_output.hpp"

#include <boost/json/array.hpp>

namespace dynix::tool {

boost::json::object to_json(activation::confirmation const& what, host::machine& host) {
    auto const left = what.is_open() ? time_left(what, host) : host::milliseconds(0);
    return {
        {"id", what.id},
        {"phase", activation::to_string(what.now)},
        {"by", what.by},
        {"anyone", what.by_anyone},
        {"since", what.since},
        {"waitMilliseconds", what.wait.count()},
        {"millisecondsLeft", left.count()},
        {"entries", boost::json::array(what.entries.begin(), what.entries.end())},
        {"end", what.end},
        {"ended", what.ended},
        {"left", boost::json::array(what.left.begin(), what.left.end())}};
}

} // namespace dynix::tool
