#include "dynix/host/runtime_files.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/test_folder.hpp"
#include "dynix/test.hpp"

#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

using namespace dynix;
using namespace dynix::host;

namespace {

struct real_machine {
    test_folder folder{};
    paths where{folder.path("root")};
    real_files files{where};
    std::string drop_in = where.drop_in("a.service");
};

} // namespace

TEST_CASE(
    "a drop-in that is a link is not read, its target is not written, and it can be removed") {
    real_machine m;
    auto const target = m.folder.path("target");
    REQUIRE(replace_file(target, "not ours"));
    REQUIRE(m.files.write(m.drop_in, "ours"));
    REQUIRE(::unlink(m.drop_in.c_str()) == 0);
    REQUIRE(::symlink(target.c_str(), m.drop_in.c_str()) == 0);
    auto const read = m.files.read(m.drop_in);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().message.ends_with("is a symbolic link, and is not followed"));
    REQUIRE(m.files.write(m.drop_in, "ours"));
    CHECK(*read_file(target) == "not ours");
    CHECK(**m.files.read(m.drop_in) == "ours");
    REQUIRE(::unlink(m.drop_in.c_str()) == 0);
    REQUIRE(::symlink(target.c_str(), m.drop_in.c_str()) == 0);
    CHECK(*m.files.units_with_drop_in(m.where) == std::vector<std::string>{"a.service"});
    REQUIRE(m.files.remove(m.drop_in));
    CHECK(*read_file(target) == "not ours");
    CHECK_FALSE(std::filesystem::exists(folder_of(m.drop_in)));
}

TEST_CASE("a drop-in folder that is a link is neither entered nor written into") {
    real_machine m;
    auto const elsewhere = m.folder.path("elsewhere");
    REQUIRE(m.files.write(elsewhere + '/' + drop_in_name, "not ours"));
    REQUIRE(m.files.write(m.where.runtime_units() + "/b.service", "x"));
    REQUIRE(::symlink(elsewhere.c_str(), folder_of(m.drop_in).c_str()) == 0);
    for (auto const& failed :
         {m.files.write(m.drop_in, "ours"), m.files.remove(m.drop_in),
          m.files.link("x", folder_of(m.drop_in) + "/link")}) {
        REQUIRE_FALSE(failed.has_value());
        CHECK(failed.error().message.ends_with("is a symbolic link, and is not followed"));
    }
    CHECK_FALSE(m.files.read(m.drop_in).has_value());
    CHECK(*read_file(elsewhere + '/' + drop_in_name) == "not ours");
}

// Without /run/systemd/system systemctl says that the system was not booted with systemd.
TEST_CASE("the folder of a unit goes when it is left empty, and the folder of all units never") {
    real_machine m;
    auto const units = m.where.runtime_units();
    auto const wants = folder_of(m.where.return_wanted());
    std::string const no_name(256, 'x'); // longer than a file's name can be: there is no writing it
    CHECK_FALSE(m.files.write(units + '/' + no_name, "x"));
    CHECK(std::filesystem::exists(units));
    CHECK_FALSE(m.files.link("x", units + '/' + no_name));
    CHECK(std::filesystem::exists(units));
    CHECK_FALSE(m.files.write(folder_of(m.drop_in) + '/' + no_name, "x"));
    CHECK_FALSE(m.files.link("x", wants + '/' + no_name));
    REQUIRE(m.files.write(m.where.return_unit(), "x"));
    REQUIRE(m.files.link("x", m.where.return_wanted()));
    REQUIRE(m.files.write(m.drop_in, "x"));
    REQUIRE(m.files.remove(m.drop_in));
    REQUIRE(m.files.remove(m.where.return_wanted()));
    CHECK(std::filesystem::exists(m.where.return_unit()));
    REQUIRE(m.files.remove(m.where.return_unit()));
    CHECK(std::filesystem::is_empty(units));
}

TEST_CASE("unit files of others are read wherever their links lead") {
    real_machine m;
    REQUIRE(m.files.write(m.folder.path("store/a.service"), "a unit"));
    auto const linked = m.where.runtime_units() + "/a.service";
    REQUIRE(m.files.link(m.folder.path("store/a.service"), linked));
    CHECK(**m.files.read(linked) == "a unit");
}

TEST_CASE("a file for root alone is never readable by others, and one for all always is") {
    real_machine m;
    auto const mask = ::umask(077);
    auto const all = m.files.write(m.where.state(), "x");
    struct stat about {};
    CHECK(all);
    CHECK(::stat(m.where.state().c_str(), &about) == 0);
    CHECK((about.st_mode & 07777U) == 0644);
    ::umask(0);
    CHECK(m.files.write(m.where.state(), "x", readers::owner));
    CHECK(::stat(m.where.state().c_str(), &about) == 0);
    CHECK((about.st_mode & 07777U) == 0600);
    ::umask(mask);
    CHECK(*m.files.set_aside(m.where.state(), ".damaged"));
    CHECK_FALSE(*m.files.set_aside(m.where.state(), ".damaged"));
    CHECK(*read_file(m.where.state() + ".damaged") == "x");
}

TEST_CASE("what was set aside before is kept, whatever it is") {
    real_machine m;
    auto const state = m.where.state();
    for (auto const* const name : {".damaged", ".damaged-2", ".damaged-3"}) {
        CAPTURE(name);
        std::filesystem::create_directories(state + "/full/of");
        CHECK(*m.files.set_aside(state, ".damaged"));
        CHECK(std::filesystem::is_directory(state + name + "/full"));
    }
    // A file beside a folder, too.
    REQUIRE(m.files.write(state, "x"));
    CHECK(*m.files.set_aside(state, ".damaged"));
    CHECK(*read_file(state + ".damaged-4") == "x");
}
