#include "dynix/overrides/export.hpp"
#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::overrides;

namespace {

// What the configuration defines: `a.forced` with mkForce, `a.plain`, and `a.low` with mkDefault.
std::optional<std::int64_t> defined(option_path const& path) {
    if (path == option_path{"a", "forced"})
        return 50;
    if (path == option_path{"a", "plain"})
        return 100;
    if (path == option_path{"a", "low"})
        return 1000;
    return std::nullopt;
}

std::string exported(std::string const& entries, std::string const& arguments = "lib") {
    auto const file = read_dynamic_file(
        "{ " + arguments + ", ... }: { config = lib.mkMerge [ " + entries + " ]; }", "f");
    REQUIRE(file);
    auto const text = export_module(*file, effective_overrides(*file), defined);
    return text ? *text : text.error().message;
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

TEST_CASE("a value is stronger than what the configuration defines in its place") {
    CHECK(
        exported("{ a.plain = lib.mkOverride (-1) [ 1 ]; a.low = lib.mkOverride (-1) (-2);"
                 "  a.forced = lib.mkOverride (-1) (-3); a.new = lib.mkOverride (-1) 4; }") ==
        R"({ lib, ... }:
{
  a = {
    forced = lib.mkOverride 49 (-3);
    low = -2;
    new = 4;
    plain = lib.mkForce [ 1 ];
  };
}
)");
}

TEST_CASE("sets that overrides join keep their priorities") {
    CHECK(
        exported("{ a.b = lib.mkOverride 50 { c.x = lib.mkOverride (-1) 1; }; }"
                 "{ a.b = lib.mkOverride 50 { c.y = lib.mkOverride (-2) 2; }; }"
                 "{ a.d = lib.mkOverride 1000 { e = lib.mkOverride 7 { f = lib.mkOverride (-3) 3; "
                 "}; }; }") ==
        R"({ lib, ... }:
{
  a = {
    b = lib.mkForce {
      c = {
        x = 1;
        y = 2;
      };
    };
    d = lib.mkDefault { e = lib.mkOverride 7 { f = 3; }; };
  };
}
)");
    CHECK(
        exported("{ a.b.x = lib.mkOverride (-1) 1; }"
                 "{ a.b = lib.mkOverride 50 { y = lib.mkOverride (-2) 2; }; }") ==
        "'a.b.x' and 'a.b.y' stand in one set, and put it at two priorities");
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
