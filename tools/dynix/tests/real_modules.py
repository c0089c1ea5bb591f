#!/usr/bin/env python3
"""Overrides of real modules' options, below sets of every priority: judged by the module system.

Systems with nginx, GoToSocial and Harmonia define some of their options once more, as sets at priorities of
all kinds. For any leaf of these options, and for names that are new, an append is refused, or with the dynamic
file the value is what was appended, all others are what they were, and the plan says nothing against it. A
configuration that imports what `dynix export` prints has the same values as the one with the dynamic file.

The modules are those of DYNIX_NIXPKGS, evaluated as vmtests/nixpkgs does.
"""

import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

from program import append, dynix, skip

TOP = pathlib.Path(__file__).resolve().parents[3]
SYSTEMS = 6
APPENDS = 6

OPTIONS = [
    "services.gotosocial.settings",
    "services.harmonia.cache.settings",
    "services.nginx.virtualHosts",
    "services.nginx.clientMaxBodySize",
    "services.distccd.allowedClients",
    "services.distccd.maxJobs",
]
SETS = {
    "services.gotosocial.settings": '{ host = "a.local"; a = 1; "b c" = [ "x" ]; deep = { x = 1; y = "z"; deeper = INNER { p = 1; q = 2; }; }; }',
    "services.harmonia.cache.settings": '{ workers = 7; bind = "[::]:1"; table = INNER { x = 1; y = [ 2 ]; }; }',
    "services.nginx.virtualHosts": '{ localhost = INNER { root = "/srv"; serverAliases = [ "b" ]; locations."/".index = "i"; }; other.root = "/other"; }',
}

CASES = """
let
  cases = builtins.fromJSON (builtins.readFile (builtins.getEnv "DYNIX_TEST_CASES"));
  top = /. + builtins.getEnv "DYNIX_TEST_TOP";
  options = builtins.fromJSON (builtins.getEnv "DYNIX_TEST_OPTIONS");
  lib = import (top + "/vmtests/nixpkgs/lib.nix") {
    nixpkgs = builtins.getEnv "DYNIX_NIXPKGS";
    nixpkgsLib = let named = builtins.getEnv "DYNIX_NIXPKGS_LIB"; in if named == "" then null else named;
  };
  # The module's argument, which not every nixpkgs gives to others.
  extend = { extendModules, ... }: {
    options.test = lib.mkOption { type = lib.types.raw; default = { inherit extendModules; }; };
  };
  systemOf = case: import (top + "/vmtests/nixpkgs") {
    configuration = {
      imports = [ (/. + case.static) extend ];
      services.nginx.enable = true;
      services.distccd.enable = true;
      services.harmonia.enable = true;
      services.gotosocial.enable = true;
      dynamicism.enable = true;
      dynamicism.for.all = { enable = true; inherit options; units = [ "nginx.service" ]; };
    };
  };
in
"""
SCHEMAS = """
map (case:
  let system = systemOf case; in
  import (top + "/nixmodules/dynamicism/schema/tree.nix") {
    inherit lib;
    inherit (system) config options;
    dynamic.all = options;
  }) cases
"""
VALUES = """
map (case:
  let
    system = systemOf case;
    inherit (system.config.test) extendModules;
    plain = import (top + "/nixmodules/dynamicism/schema/plain.nix") { inherit lib; guarded = true; };
    valuesOf = it: map (option: plain (lib.attrByPath (lib.splitString "." option) null it.config)) options;
    plan = import (top + "/nixmodules/dynamicism/plan.nix") {
      inherit (system) config options;
      inherit extendModules lib;
      dynamicFile = case.dynamic;
      verify = "quick";
      running = "";
      knownBystanders = "";
      hideValues = false;
    };
    changedBy = file: extendModules { modules = [ (/. + file) ]; };
  in {
    inherit (plan) problems;
    static = valuesOf system;
    dynamic = valuesOf (changedBy case.dynamic);
    exported = valuesOf (changedBy case.exported);
  }) cases
"""


def evaluated(expression, folder, cases):
    (folder / "cases").write_text(json.dumps(cases))
    done = subprocess.run(
        ["nix-instantiate", "--eval", "--json", "--strict", "-E", CASES + expression],
        capture_output=True, check=False,
        env={
            **os.environ,
            "DYNIX_TEST_CASES": str(folder / "cases"),
            "DYNIX_TEST_TOP": str(TOP),
            "DYNIX_TEST_OPTIONS": json.dumps(OPTIONS),
        },
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-4000:]
    return json.loads(done.stdout)


def static_module(source):
    """A module that defines some of the options, each at a priority of its own, also further down."""
    lines = []
    for option, value in SETS.items():
        priorities = ["", "lib.mkDefault ", "lib.mkForce ", "lib.mkOptionDefault ", "lib.mkOverride 7 ", None]
        outer, inner = source.choice(priorities), source.choice(priorities[:4])
        if outer is not None:
            lines.append(f"  {option} = {outer}{value.replace('INNER', inner.strip() or 'lib.id')};\n")
    if source.random() < 0.5:
        lines.append('  services.distccd.allowedClients = lib.mkForce [ "10.0.0.1" ];\n')
    if source.random() < 0.5:
        lines.append('  services.nginx.clientMaxBodySize = "1k";\n')
    if not any("gotosocial" in line for line in lines):
        lines.append('  services.gotosocial.settings.host = "a.local";\n')
    return "{ lib, ... }:\n{\n" + "".join(lines) + "}\n"


def quoted(names):
    return ".".join(json.dumps(name) for name in names)


def leaves(value, path=()):
    """The paths of all that is no set, and of one new name in each set."""
    if not isinstance(value, dict):
        return [(path, value)]
    found = [((*path, "brand new"), 5)]
    for name, inner in value.items():
        found += leaves(inner, (*path, name))
    return found


def another(value, source):
    """Another value of the same kind, in Nix and in JSON."""
    if isinstance(value, bool):
        return str(not value).lower(), not value
    if isinstance(value, int):
        return str(value + 1), value + 1
    if isinstance(value, list):
        return '[ "n" ]', ["n"]
    text = source.choice(["/n", "w x"])
    return json.dumps(text), text


def value_at(values, option, path):
    at = values[OPTIONS.index(option)]
    for name in path:
        if not isinstance(at, dict) or name not in at:
            return "(not there)"
        at = at[name]
    return at


def without(value, paths):
    """The value without what is at these paths, and without sets that only they made."""
    if () in paths:
        return None
    if not isinstance(value, dict):
        return value
    return {
        name: without(inner, [path[1:] for path in paths if path[0] == name])
        for name, inner in value.items()
        if (name,) not in paths
    }


def static_values(schema):
    """The value of each option, by its path."""
    found = {}
    for option in OPTIONS:
        node = {"below": schema["options"]}
        for name in option.split("."):
            node = node["below"][name]
        found[option] = node.get("value")
    return found


def appended(folder, number, schema, source):
    """Appends to a file of its own; what was appended as {(option, path): value}."""
    file, known = folder / f"{number}-dynamic.nix", folder / f"{number}-options.json"
    known.write_text(json.dumps(schema))
    places = [
        (option, path, value) for option, of in static_values(schema).items() for path, value in leaves(of)
    ]
    made, refused = {}, 0
    for option, path, value in source.sample(places, APPENDS):
        text, wanted = another(value, source)
        name = ".".join(filter(None, [option, quoted(path)]))
        done = append(file, "--schema", str(known), "--strict", "--", name, text)
        assert done.returncode in (0, 1), done.stderr
        if done.returncode == 0:
            made[(option, path)] = wanted
        else:
            refused += 1
    return made, refused


def judge(number, made, outcome):
    """What is wrong with a system, in words."""
    problems = [one for one in outcome["problems"] if not one.startswith("failed assertion")]
    wrong = [f"the plan complains: {one}" for one in problems]
    for (option, path), wanted in made.items():
        found = value_at(outcome["dynamic"], option, path)
        if found != wanted:
            wrong.append(f"{option} {path} is {found}, not {wanted}")
    for i, option in enumerate(OPTIONS):
        paths = [path for of, path in made if of == option]
        before, after = without(outcome["static"][i], paths), without(outcome["dynamic"][i], paths)
        if before != after:
            wrong.append(f"beside {paths} of {option}: {before} became {after}")
        if outcome["exported"][i] != outcome["dynamic"][i]:
            wrong.append(f"{option} exported is {outcome['exported'][i]}, not {outcome['dynamic'][i]}")
    return [f"system {number}: {one}" for one in wrong]


def main():
    if not shutil.which("nix-instantiate"):
        skip("nix-instantiate is not in PATH, so nothing can judge what Nix reads")
    if not os.environ.get("DYNIX_NIXPKGS"):
        skip("set DYNIX_NIXPKGS to the folder of a nixpkgs")
    seed = int(os.environ.get("DYNIX_TEST_SEED") or random.SystemRandom().randrange(2**32))
    print(f"DYNIX_TEST_SEED={seed}")
    source = random.Random(seed)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="dynix-real-modules-"))
    try:
        cases = []
        for number in range(SYSTEMS):
            static = folder / f"{number}-static.nix"
            static.write_text(static_module(source))
            cases.append({name: str(folder / f"{number}-{name}.nix") for name in ("static", "dynamic", "exported")})
        done = []
        for number, schema in enumerate(evaluated(SCHEMAS, folder, cases)):
            done.append(appended(folder, number, schema, source))
            file = folder / f"{number}-dynamic.nix"
            told = dynix("export", "--file", str(file), "--schema", str(folder / f"{number}-options.json"))
            assert told.returncode == 0, told.stderr
            (folder / f"{number}-exported.nix").write_bytes(told.stdout)
        wrong = []
        for number, outcome in enumerate(evaluated(VALUES, folder, cases)):
            found = judge(number, done[number][0], outcome)
            wrong += found
            if found:
                for name in cases[number].values():
                    print(f"--- {name}\n{pathlib.Path(name).read_text()}")
        print("\n".join(wrong))
        made, refused = sum(len(one) for one, _ in done), sum(count for _, count in done)
        print(f"{made} appended, {refused} refused, {len(wrong)} wrong")
        assert made > 2 * refused, "too many are refused to tell anything"
        return 1 if wrong else 0
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
