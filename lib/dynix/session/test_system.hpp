// A small schema and dynamic files, for the tests of the room.
#pragma once

#include "dynix/base/test_folder.hpp"
#include "dynix/overrides/dynamic_file.hpp"
#include "dynix/test.hpp"

#include <fstream>
#include <string>
#include <vector>

namespace dynix::session {

inline constexpr auto small_schema = R"({"version": 1, "options": {
  "boot": {"below": {"kernel": null}},
  "services": {"below": {
    "old": {"alias": ["services", "web"]},
    "mail": {"below": {
      "enable": {"type": {"kind": "boolean", "text": "boolean"}, "value": true, "service": "mail"}}},
    "web": {"below": {
      "port": null,
      "verbosity": {"alias": ["services", "web", "level"]},
      "jobs": {"type": {"kind": "integer", "text": "signed integer"}, "value": 2, "service": "web"},
      "level": {"type": {"kind": "null-or", "text": "null or one of", "of": [
          {"kind": "enumeration", "text": "one of", "values": ["so so", "low"]}]},
        "value": "low", "service": "web"},
      "hosts": {"type": {"kind": "attributes", "text": "hosts", "of": [
          {"kind": "submodule", "text": "submodule", "options": {
            "root": {"type": {"kind": "string", "text": "string"}}}}]},
        "value": {"a.b": {"root": "/"}}, "service": "web"}}}}}}})";

inline overrides::dynamic_file file_with(std::string const& entries) {
    auto file = overrides::read_dynamic_file(
        "{ lib, ... }: { config = lib.mkMerge [ " + entries + " ]; }", "dynamic.nix");
    REQUIRE(file);
    return std::move(*file);
}

// The schema and a dynamic file on disk.
struct test_files {
    explicit test_files(std::string const& entries = {}) {
        std::ofstream(schema) << small_schema;
        std::ofstream(file) << file_with(entries).text;
    }

    test_folder folder{};
    std::string schema = folder.path("options.json");
    std::string file = folder.path("dynamic.nix");
};

} // namespace dynix::session
