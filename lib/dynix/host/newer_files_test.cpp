#include "dynix/host/detail/newer_files.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/test_folder.hpp"
#include "dynix/host/fake_manager.hpp"
#include "dynix/test.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <sys/stat.h>
#include <time.h>

using namespace dynix;
using namespace dynix::host;

namespace {

namespace fs = std::filesystem;

std::int64_t changed_at(std::string const& path) {
    struct stat about {};
    REQUIRE(::lstat(path.c_str(), &about) == 0);
    return static_cast<std::int64_t>(about.st_ctim.tv_sec) * 1'000'000'000 + about.st_ctim.tv_nsec;
}

// Folders of unit files that were read just now.
class unit_folders {
  public:
    unit_folders() {
        put("etc/a.service");
        put("etc/b.service");
        put("etc/b.service.d/one.conf");
        put("store/c.service");
        put("transient/d.scope");
        put("there/far/f.service");
        put("more/units/g.service");
        fs::create_directories(in("links"));
        fs::create_symlink(in("there/far"), in("links/between"));
        fs::create_symlink(in("links/between/f.service"), in("etc/f.service"));
        fs::create_symlink(in("store/c.service"), in("etc/c.service"));
        fs::create_symlink(in("etc"), in("link"));
        read();
    }

    std::string in(std::string const& name) const { return folder_.path(name); }

    void put(std::string const& name) {
        fs::create_directories(fs::path(in(name)).parent_path());
        REQUIRE(replace_file(in(name), "[Unit]\n"));
    }

    // The kernel's clock for files has ticks: waits until what is written next has another time.
    void read() {
        put("clock/now");
        auto const last = changed_at(in("clock/now"));
        do
            put("clock/now");
        while (changed_at(in("clock/now")) == last);
        since_ = changed_at(in("clock/now"));
    }

    newer_files newer() const {
        return newer_files_in({in("link"), in("transient"), in("more/units")}, since_);
    }

  private:
    test_folder folder_;
    std::int64_t since_ = 0;
};

using names = std::set<std::string>;

} // namespace

TEST_CASE("nothing is newer than what was read") {
    unit_folders const all;
    CHECK(!all.newer().of_any_unit);
    CHECK(all.newer().units.empty());
}

TEST_CASE("what changed is told by unit: its file, a drop-in, what a link leads to") {
    unit_folders all;
    fs::permissions(all.in("etc/a.service"), fs::perms::owner_read);
    CHECK(all.newer().units == names{"a.service"});
    all.put("etc/b.service.d/two.conf");
    CHECK(all.newer().units == names{"a.service", "b.service"});
    fs::permissions(all.in("store/c.service"), fs::perms::owner_read);
    CHECK(all.newer().units == names{"a.service", "b.service", "c.service"});
    CHECK(!all.newer().of_any_unit);
}

TEST_CASE("a drop-in that is gone is one of its unit, a unit file that is gone may be any") {
    unit_folders all;
    fs::remove(all.in("etc/b.service.d/one.conf"));
    CHECK(all.newer().units == names{"b.service"});
    CHECK(!all.newer().of_any_unit);
    fs::remove(all.in("etc/b.service"));
    CHECK(all.newer().of_any_unit);
}

TEST_CASE("another link to a folder of unit files is a change of any unit") {
    unit_folders all;
    fs::remove(all.in("link"));
    fs::create_symlink(all.in("etc"), all.in("link"));
    CHECK(all.newer().of_any_unit);
}

TEST_CASE(
    "what the manager writes itself is told by unit, and what is wanted is no file of a unit") {
    unit_folders all;
    all.put("transient/e.scope");
    fs::remove(all.in("transient/d.scope"));
    CHECK(all.newer().units == names{"e.scope"});
    CHECK(!all.newer().of_any_unit);
    fs::create_directories(all.in("transient/x.target.wants"));
    CHECK(all.newer().units == names{"e.scope"});
}

TEST_CASE("a link that has come is a unit of its own name or an alias of what it leads to") {
    unit_folders all;
    fs::create_symlink(all.in("etc/a.service"), all.in("transient/other.service"));
    CHECK(all.newer().units == names{"a.service", "other.service"});
}

TEST_CASE("a link that leads elsewhere by the way, or nowhere, is a change of its unit") {
    unit_folders const all;
    SUBCASE("elsewhere") {
        fs::remove(all.in("links/between"));
        fs::create_symlink(all.in("store"), all.in("links/between"));
    }
    SUBCASE("nowhere") {
        fs::remove(all.in("there/far/f.service"));
    }
    SUBCASE("nowhere, without its folder") {
        fs::remove_all(all.in("there/far"));
    }
    CHECK(all.newer().units == names{"f.service"});
    CHECK(!all.newer().of_any_unit);
}

TEST_CASE("files that the caller knows are looked at like those that systemd names") {
    constexpr std::uint64_t later = 1'000'000; // what is here now is older than the reading
    auto const usec = [](clockid_t clock) {
        timespec now{};
        ::clock_gettime(clock, &now);
        return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 +
               static_cast<std::uint64_t>(now.tv_nsec) / 1000 + later;
    };
    unit_folders const all;
    auto const folder = all.in("etc");
    manager systemd(1, [&](std::string const& what, sd_bus_message* to) {
        if (has_word(what, " UnitPath"))
            return sd_bus_message_append(to, "v", "as", 1, folder.c_str()) >= 0;
        if (what.find(" UnitsLoadTimestamp") != what.npos)
            return sd_bus_message_append(
                       to, "v", "t",
                       usec(has_word(what, "Monotonic") ? CLOCK_MONOTONIC : CLOCK_REALTIME)) >= 0;
        return has_word(what, "SourcePath") ? sd_bus_message_append(to, "v", "s", "") >= 0
                                            : of_services(what, to);
    });
    auto const found = may_have_changed(
        systemd.bus(), {{.name = "a.service", .files = {{all.in("etc/a.service")}}},
                        {.name = "b.service", .files = {{all.in("gone/b.service.d/one.conf")}}},
                        {.name = "c.service"}});
    REQUIRE(found.size() == 1);
    CHECK(found[0].name == "b.service");
    auto const asked = systemd.asked();
    CHECK(std::ranges::count_if(asked, [](std::string const& call) {
              return has_word(call, "DropInPaths");
          }) == 1);
    CHECK(std::ranges::count_if(asked, [](std::string const& call) {
              return has_word(call, "SourcePath");
          }) == 3);
}
