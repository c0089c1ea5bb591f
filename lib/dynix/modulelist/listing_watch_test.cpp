#include "dynix/modulelist/detail/listing_watch.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/test_folder.hpp"
#include "dynix/test.hpp"

#include <cstddef>
#include <filesystem>
#include <iterator>

using namespace dynix;
using namespace dynix::modulelist;

namespace {

std::ptrdiff_t files_in(std::string const& folder) {
    return std::distance(std::filesystem::directory_iterator(folder), {});
}

} // namespace

TEST_CASE("it is seen that somebody looks which files are in a folder") {
    test_folder const at;
    std::filesystem::create_directories(at.path("a/below"));
    std::filesystem::create_directories(at.path("b"));
    REQUIRE(replace_file(at.path("a/one.nix"), "{ }"));
    detail::listing_watch watch({at.path("a"), at.path("b")});
    CHECK(watch.looked_through().empty());
    SUBCASE("but not that he reads one, or looks into one below it") {
        CHECK(read_file(at.path("a/one.nix")));
        CHECK(files_in(at.path("a/below")) == 0);
        CHECK_FALSE(std::filesystem::exists(at.path("b/none")));
        CHECK(watch.looked_through().empty());
    }
    SUBCASE("the first of them") {
        CHECK(files_in(at.path("b")) == 0);
        CHECK(files_in(at.path("a")) == 2);
        CHECK(watch.looked_through() == at.path("b"));
        CHECK(watch.looked_through() == at.path("b"));
    }
}

TEST_CASE("what cannot be watched counts as looked through, unless it is not there") {
    test_folder const at;
    REQUIRE(replace_file(at.path("file"), ""));
    CHECK(detail::listing_watch({at.path("file")}).looked_through() == at.path("file"));
    CHECK(detail::listing_watch({at.path("none")}).looked_through().empty());
}
