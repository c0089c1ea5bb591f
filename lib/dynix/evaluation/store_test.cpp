#include "dynix/evaluation/store.hpp"

#include "dynix/base/test_folder.hpp"
#include "dynix/plan/plan.hpp"
#include "dynix/test.hpp"

#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace dynix;
using namespace dynix::evaluation;

namespace {

namespace fs = std::filesystem;

struct kept {
    test_folder folder{};
    store where{folder.path("root")};

    kept() { fs::create_directories(where.root + "/var/cache"); }

    certificate of(std::string const& name, bool there = true) const {
        certificate out;
        out.key = "key of " + name;
        out.running = folder.path(name);
        if (there)
            fs::create_directories(out.running);
        return out;
    }

    static void give_names(certificate& to, std::string names) {
        to.names_are = plan::fingerprint_of(names);
        to.names = std::move(names);
    }
};

} // namespace

TEST_CASE("what was saved is found, for its system alone") {
    kept const all;
    auto const one = all.of("system-1");
    CHECK(load(all.where, one.running)->has_value() == false);
    REQUIRE(save(all.where, one));
    auto const found = load(all.where, one.running);
    REQUIRE(found);
    REQUIRE(found->has_value());
    CHECK((*found)->key == one.key);
    CHECK(load(all.where, all.folder.path("system-2"))->has_value() == false);
    CHECK(
        (fs::status(all.where.file_of(one.running)).permissions() & fs::perms::mask) ==
        fs::perms(0644));
}

TEST_CASE("certificates go with their systems, and so do the names of their files") {
    kept const all;
    auto gone = all.of("system-1");
    all.give_names(gone, "a");
    auto const stays = all.of("system-2");
    REQUIRE(save(all.where, gone));
    CHECK(load_names(all.where, gone) == "a");
    CHECK(load_names(all.where, **load(all.where, gone.running)) == "a");
    CHECK(
        (fs::status(all.where.names_of(gone.running)).permissions() & fs::perms::mask) ==
        fs::perms(0600));
    REQUIRE(save(all.where, stays));
    fs::remove_all(gone.running);
    REQUIRE(save(all.where, all.of("system-3")));
    CHECK(!fs::exists(all.where.file_of(gone.running)));
    CHECK(!fs::exists(all.where.names_of(gone.running)));
    CHECK(!load_names(all.where, stays));
    CHECK(fs::exists(all.where.file_of(stays.running)));
}

TEST_CASE("names that are not a certificate's are not used") {
    kept const all;
    auto one = all.of("system-1");
    all.give_names(one, "a");
    REQUIRE(save(all.where, one));
    std::ofstream(all.where.names_of(one.running)) << "b";
    CHECK(!load_names(all.where, one));
}

TEST_CASE("so many names that reading them takes longer than a look are not kept") {
    kept const all;
    auto one = all.of("system-1");
    all.give_names(one, std::string((std::size_t{16} << 20) + 1, 'a'));
    REQUIRE(save(all.where, one));
    CHECK(!fs::exists(all.where.names_of(one.running)));
    CHECK(load(all.where, one.running)->has_value());
}

TEST_CASE("those of other systems go, whatever becomes of the names") {
    kept const all;
    auto const gone = all.of("system-1");
    REQUIRE(save(all.where, gone));
    fs::remove_all(gone.running);
    auto one = all.of("system-2");
    all.give_names(one, "a");
    fs::create_directories(all.where.names_of(one.running) + "/x");
    CHECK(!save(all.where, one));
    CHECK(!fs::exists(all.where.file_of(gone.running)));
}

TEST_CASE("a broken one is an error and not a certificate") {
    kept const all;
    auto const one = all.of("system-1");
    REQUIRE(save(all.where, one));
    std::ofstream(all.where.file_of(one.running)) << "{\"version\": 1";
    CHECK(!load(all.where, one.running));
    REQUIRE(save(all.where, one));
    CHECK(load(all.where, one.running)->has_value());
}

TEST_CASE("one that others could have written is not trusted") {
    kept const all;
    auto const one = all.of("system-1");
    REQUIRE(save(all.where, one));
    fs::permissions(all.where.folder(), fs::perms::all);
    CHECK(!load(all.where, one.running));
    CHECK(!save(all.where, one));
    fs::permissions(all.where.folder(), fs::perms(0755));
    auto const file = all.where.file_of(one.running);
    fs::rename(file, file + ".real");
    fs::create_symlink(file + ".real", file);
    CHECK(!load(all.where, one.running));
}

TEST_CASE("slices belong to one certificate, and go with it") {
    kept const all;
    auto one = all.of("system-1.2");
    REQUIRE(save(all.where, one));
    CHECK(load_slices(all.where, one)->has_value() == false);
    REQUIRE(save_slices(all.where, one, {R"({"services":[]})", {{"bar", "why"}}}));
    auto const found = load(all.where, one.running);
    REQUIRE(found);
    CHECK((*found)->without_slice.at("bar") == "why");
    CHECK(load_slices(all.where, **found)->value() == all.where.slices_of(one.running));

    SUBCASE("whoever may not read them has none") {
        auto const file = all.where.slices_of(one.running);
        CHECK((fs::status(file).permissions() & fs::perms::mask) == fs::perms(0600));
        fs::permissions(all.folder.path(""), fs::perms(0755));
        fs::permissions(file, fs::perms::none);
        // Root may read what nobody may.
        constexpr uid_t nobody = 65534;
        auto const us = ::geteuid();
        if (us == 0)
            REQUIRE(::seteuid(nobody) == 0);
        auto const slices = load_slices(all.where, **found);
        REQUIRE(::seteuid(us) == 0);
        REQUIRE(slices);
        CHECK(!slices->has_value());
    }
    SUBCASE("others are not used") {
        std::ofstream(all.where.slices_of(one.running)) << "{}";
        CHECK(!load_slices(all.where, **found));
    }
    SUBCASE("one that is not there is not used") {
        fs::remove(all.where.slices_of(one.running));
        CHECK(!load_slices(all.where, **found));
    }
    SUBCASE("their system is no longer there") {
        fs::remove_all(one.running);
        REQUIRE(save(all.where, all.of("system-3")));
        CHECK(!fs::exists(all.where.slices_of(one.running)));
    }
}
