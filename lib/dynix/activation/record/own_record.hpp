// The records of dynix that cannot be read: what to do about one, and how it is put out of the way.
#pragma once

#include "dynix/base/file.hpp"
#include "dynix/host/machine.hpp"

#include <string>
#include <utility>

namespace dynix::activation {

// `why` the record cannot be read, with what to do in its hint: for root `remedy`, such as "'dynix
// reset' goes on without it". Nothing of ours does where the fault lies in the record's folder.
error unreadable_record(
    error why, std::string const& path, std::string const& remedy, host::machine& host);

// What `parse`, a function of its text, makes of a record; nullopt where there is none.
template <class Parse>
auto read_own_record(
    std::string const& path, std::string const& remedy, host::machine& host, Parse const& parse) {
    auto found = parse_if_any(host.files.read(path), parse);
    return found ? std::move(found)
                 : decltype(found)(unreadable_record(found.error(), path, remedy, host));
}

// Keeps it beside, as '<path>.damaged': nothing in it is lost, and nothing waits for it any more.
result<void> set_record_aside(host::machine& host, std::string const& path);

} // namespace dynix::activation
