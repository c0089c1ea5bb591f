#include "dynix/activation/confirmation.hpp"

#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::activation;

TEST_CASE("an id that is none is refused: it becomes part of names of files and units") {
    confirmation what;
    for (std::string const id : {"", "../../etc/passwd", "0123456789ABCDEF"}) {
        what.id = id;
        CHECK_FALSE(parse_confirmation(print_confirmation(what), "confirmation.json"));
    }
    what.id = "0123456789abcdef";
    CHECK(parse_confirmation(print_confirmation(what), "confirmation.json"));
}
