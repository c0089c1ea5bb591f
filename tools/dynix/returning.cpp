#include "returning.hpp"

#include "announce.hpp"
#include "author.hpp"
#include "dynix/session/lasting_entries.hpp"

#include <utility>

namespace dynix::tool {

activation::undo_entries undo_in_file(std::string const& user, host::machine& on) {
    return [user, &on](activation::confirmation const& what, std::string const& why) {
        return session::undo_each(what.dynamic_file, what.entries, user, why, on);
    };
}

activation::take_back_outcome
take_back_and_announce(activation::take_back_request request, host::machine& on) {
    request.undo = undo_in_file(current_user(), on);
    auto done = activation::take_back(request, on);
    if (done.what)
        announce(*done.what, describe(*done.what, on));
    return done;
}

} // namespace dynix::tool
