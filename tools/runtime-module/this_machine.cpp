#include "this_machine.hpp"

#include "dynix/base/file.hpp"
#include "dynix/plan/build.hpp"

#include <cstdlib>

namespace dynix::tool {

this_machine::this_machine(std::string const& root)
    : where_{root}, programs_(process::make_runner()), files_(where_) {}

modules::surroundings this_machine::view() {
    return {*programs_, files_, time_, where_};
}

std::uint64_t heap_for_nix() {
    auto const memory = read_file("/proc/meminfo");
    return memory && !std::getenv("GC_INITIAL_HEAP_SIZE") ? plan::heap_for_nix(*memory) : 0;
}

} // namespace dynix::tool
