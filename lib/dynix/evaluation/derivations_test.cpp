#include "dynix/evaluation/derivations.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/test_folder.hpp"
#include "dynix/test.hpp"

#include <fmt/format.h>
#include <string>
#include <vector>

using namespace dynix;
using namespace dynix::evaluation;

TEST_CASE("packages are evaluated where a derivation is gone, and where nobody knows") {
    test_folder const folder;
    auto const file = folder.path("slices");
    CHECK(gone_since(file).derivations);
    REQUIRE(replace_file(file, R"({"c":{"/nix/store":{}},"v":"/nix/store/a.drv.conf"})"));
    CHECK(!gone_since(file).derivations);
    REQUIRE(replace_file(file, R"({"c":{"/nix/store/is-not-there.drv":{"outputs":["out"]}}})"));
    CHECK(gone_since(file).derivations);
}

TEST_CASE("that an output is gone is no reason to evaluate packages") {
    test_folder const folder;
    auto const file = folder.path("slices");
    REQUIRE(
        replace_file(file, R"({"built":{"/nix/store/is-not-there":["/nix/store/a.drv","out"]}})"));
    auto const gone = gone_since(file);
    CHECK(!gone.derivations);
    CHECK(gone.others == std::vector<std::string>{"/nix/store/is-not-there"});
}

TEST_CASE("what a text refers to is named by members, and not in texts") {
    CHECK(
        store_paths_in(
            R"({"/nix/store/a.drv":{"outputs":["out"]},"s":"/nix/store/b","t":"{\"/nix/store/c\":1}",)"
            R"("u":{"/nix/store/d":{"path":true}},"/nix/store/e)") ==
        std::set<std::string>{"/nix/store/a.drv", "/nix/store/d"});
    CHECK(store_paths_in("").empty());
}

TEST_CASE("the outputs that are there are built") {
    test_folder const folder;
    auto const file = folder.path("it.drv");
    auto const write = [&](std::string const& text) { REQUIRE(replace_file(file, text)); };
    for (auto const* path : {"out", "doc"})
        REQUIRE(replace_file(folder.path(path), ""));
    write(fmt::format(
        R"(Derive([("dev","{0}-is-not-there","",""),("doc","{0}","",""),("out","{1}","r:sha256","00")],[("/nix/store/a.drv",["out"])],[],"x","/bin/sh",[],[]))",
        folder.path("doc"), folder.path("out")));
    auto const built = built_outputs_of({file, folder.path("gone.drv")});
    REQUIRE(built.size() == 2);
    CHECK(built.at(folder.path("doc")).name == "doc");
    CHECK(built.at(folder.path("out")).name == "out");
    CHECK(built.at(folder.path("out")).derivation == file);

    auto const one = fmt::format(R"(("out","{}","","")", folder.path("out"));
    for (auto const& none :
         {std::string(), std::string("Derive(["), "Derive([" + one, "Derive([" + one + "),",
          "Derive" + one + ")],", std::string(R"(Derive([("out","","r:sha256","")],[])"),
          std::string(R"(Derive([("out)"), std::string("{ }")}) {
        write(none);
        CHECK_MESSAGE(built_outputs_of({file}).empty(), none);
    }
}
