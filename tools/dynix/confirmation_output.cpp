#include "confirmation_output.hpp"

#include <boost/json/array.hpp>
#include <set>

namespace dynix::tool {

namespace {

// The numbers of what it has brought in, each once.
boost::json::array entries_of(activation::confirmation const& what) {
    std::set<std::int64_t> all;
    for (auto const& one : what.brought)
        all.insert(one.entry);
    return boost::json::array(all.begin(), all.end());
}

} // namespace

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
        {"entries", entries_of(what)},
        {"end", what.end},
        {"ended", what.ended},
        {"left", boost::json::array(what.left.begin(), what.left.end())}};
}

} // namespace dynix::tool
