#include "returning.hpp"

#include "announce.hpp"
#include "dynix/session/lasting_entries.hpp"

#include <utility>

namespace dynix::tool {

activation::undo_entries undo_in_file(std::string const& user, host::machine& host) {
    return [user, &host](activation::confirmation const& what, std::string const& why) {
        return session::undo_each(what.dynamic_file, what.brought, user, why, host);
    };
}

activation::take_back_outcome take_back_and_announce(
    activation::take_back_request request, std::string const& user, host::machine& host) {
    request.undo = undo_in_file(user, host);
    auto done = activation::take_back(request, host);
    if (done.what)
        announce(describe(*done.what, host), done.what->id);
    return done;
}

} // namespace dynix::tool
