#include "command.hpp"

namespace dynix::tool {

this_machine::this_machine(std::string const& root)
    : where_{root}, programs_(process::make_runner()), files_(where_) {}

modules::surroundings this_machine::view() {
    return {*programs_, files_, time_, where_};
}

} // namespace dynix::tool
