#include "dynix/overrides/export.hpp"
#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::overrides;

namespace {

std::string exported(std::string const& entries, std::string const& arguments = "lib") {
    auto const file = read_dynamic_file(
        "{ " + arguments + ", ... }: { config = lib.mkMerge [ " + entries + " ]; }", "f");
    REQUIRE(file);
    auto const text = export_module(*file, effective_overrides(*file));
    REQUIRE(text);
    return *text;
}

} // namespace

TEST_CASE("the last value of each option, common prefixes merged") {
    CHECK(
        exported("{ services.distccd.maxJobs = lib.mkOverride (-1) 8; }"
                 "{ services.distccd.logLevel = lib.mkOverride (-2) \"error\"; }"
                 "{ services.distccd.maxJobs = lib.mkOverride (-3) (-4); }"
                 "{ services.nginx.virtualHosts.\"a.b\".root = lib.mkOverride (-4) \"/srv\"; }"
                 "{ boot.tmp.useTmpfs = lib.mkOverride (-5) true; }") ==
        R"({
  boot.tmp.useTmpfs = true;
  services = {
    distccd = {
      logLevel = "error";
      maxJobs = -4;
    };
    nginx.virtualHosts."a.b".root = "/srv";
  };
}
)");
}

TEST_CASE("a replaced subtree is its whole value") {
    CHECK(
        exported("{ a.b.x = lib.mkOverride (-1) 1; }"
                 "{ a.b = lib.mkOverride (-2) { c = [ 1 ]; \"d e\" = { }; }; }") ==
        R"({
  a.b = {
    c = [ 1 ];
    "d e" = { };
  };
}
)");
}

TEST_CASE("an expression keeps the arguments it may use, and loses its comments") {
    CHECK(
        exported(
            "{ a = lib.mkOverride (-1) (lib.max 1 2 # more\n); b = lib.mkOverride (-1) 3; }",
            "lib, pkgs") ==
        R"({ lib, pkgs, ... }:
{
  a = lib.max 1 2;
  b = 3;
}
)");
}

TEST_CASE("no override is an empty module") {
    CHECK(exported("") == "{ }\n");
}

TEST_CASE("a path of ten thousand names is printed") {
    std::string path = "a";
    for (int i = 1; i < 10'000; ++i)
        path += ".a";
    bool const whole =
        exported("{ " + path + " = lib.mkOverride (-1) 1; }").find(path) != std::string::npos;
    CHECK(whole);
}
