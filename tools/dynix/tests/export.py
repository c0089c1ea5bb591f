#!/usr/bin/env python3
"""What `dynix export` prints gives the same values as the dynamic file, judged by the module system.

The lib is that of DYNIX_NIXPKGS_LIB or DYNIX_NIXPKGS, else the small one of the modules' tests; every option is a
freeform one of any type.
"""

import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

from program import append, check, dynix, skip

JUDGE = """
let
  lib = import (builtins.getEnv "DYNIX_TEST_LIB" + "/lib");
  values = file: removeAttrs
    (lib.evalModules { modules = [ (/. + file) { freeformType = lib.types.lazyAttrsOf lib.types.anything; } ]; }).config
    [ "_module" ];
in map (pair: map values pair) (builtins.fromJSON (builtins.readFile (builtins.getEnv "DYNIX_TEST_PAIRS")))
"""
FILES = 60
SMALL = pathlib.Path(__file__).resolve().parents[3] / "nixmodules" / "tests" / "small-nixpkgs"


def judged(folder, pairs, lib):
    """The values of each file in these pairs, as Nix sees them."""
    (folder / "pairs").write_text(json.dumps([[str(one) for one in pair] for pair in pairs]))
    done = subprocess.run(
        ["nix-instantiate", "--eval", "--json", "--strict", "-E", JUDGE],
        capture_output=True, check=False,
        env={**os.environ, "DYNIX_TEST_LIB": lib, "DYNIX_TEST_PAIRS": str(folder / "pairs")},
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return json.loads(done.stdout)


def some_value(source):
    """Words of `dynix append` for a value: options, and the value."""
    return source.choice([
        lambda: ([], str(source.randrange(-5, 99))),
        lambda: ([], source.choice(["true", "false", "null", "1.5", "-0.25", "[ ]"])),
        lambda: (["--string"], "".join(source.choice("ab $\\{}\"'\n;#é") for _ in range(source.randrange(9)))),
        lambda: ([], "[ 1 \"a b\" [ null ] { x = -1; } ]"),
        lambda: ([], "{ p = 1; q.r = \"x\"; \"s t\" = [ ]; }"),
        lambda: (["--replace"], "{ p = { z = 2; }; }"),
        lambda: (["--replace"], "{ }"),
        lambda: (["--expr"], "lib.concatStringsSep \"-\" [ \"a\" ''\n  b\n    ${toString 3}'' ] # why"),
        lambda: (["--expr"], "{ p = 1 + 2; }.p"),
        lambda: (["--expr"], "let a = -1; in if true then [ a (-a) ] else { }"),
    ])()


def some_file(source, file):
    """Appends some overrides; one that would be lost is refused, and that is no matter here."""
    made = 0
    while made < 12:
        path = ".".join(source.choice(["a", "b", "services", '"d.e"', '"x y"', "or"]) for _ in range(source.randrange(1, 5)))
        words, value = some_value(source)
        done = append(file, *words, "--", path, value)
        refused = b"would be lost" in done.stderr or b"so there is no '" in done.stderr
        assert done.returncode == 0 or refused, done.stderr
        made += 1
    return file


def exported(file, out, *paths):
    done = dynix("export", "--file", str(file), *paths)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    out.write_bytes(done.stdout)
    return out


def same_values(folder, lib):
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    source = random.Random(seed)
    pairs = []
    for number in range(FILES):
        file = some_file(source, folder / f"{number}.nix")
        pairs.append([file, exported(file, folder / f"{number}-static.nix")])
    wrong = 0
    for (file, static), (dynamic_values, static_values) in zip(pairs, judged(folder, pairs, lib)):
        if dynamic_values != static_values:
            wrong += 1
            print(f"{file.read_text()}\nis exported as\n{static.read_text()}\n{dynamic_values}\n{static_values}")
    assert wrong == 0, f"{wrong} of {FILES} modules have other values"
    assert sum(len(json.dumps(values)) for values, _ in judged(folder, pairs, lib)) > 100 * FILES


def parts(folder, lib):
    file = folder / "dynamic.nix"
    for path, value in ("a.b", "1"), ("a.c", "2"), ("d", "3"), ("e", "{ f = 4; g = 5; }"):
        assert append(file, "--replace", path, value).returncode == 0
    part = exported(file, folder / "part.nix", "a", "e.f")
    [[values]] = judged(folder, [[part]], lib)
    assert values == {"a": {"b": 1, "c": 2}, "e": {"f": 4, "g": 5}}, values
    # Without a schema nothing is known of the configuration, and what it defines must not win.
    told = json.loads(dynix("export", "--json", "--file", str(file), "d").stdout)
    assert told["module"] == "{ lib, ... }: { d = lib.mkForce 3; }\n" and told["overrides"][0]["entry"] == 3, told
    check(dynix("export", "--file", str(file), "a", "x"), 1, "there is no override at 'x'")
    check(dynix("export", "--file", str(file), "a..b"), 1, "PATH:1:")
    check(dynix("export", "--file", str(folder / "none.nix")), 1, "there is no file")


def main():
    lib = os.environ.get("DYNIX_NIXPKGS_LIB") or os.environ.get("DYNIX_NIXPKGS") or str(SMALL)
    if not shutil.which("nix-instantiate"):
        skip("nix-instantiate is not in PATH, so nothing can judge what Nix reads")
    for test in same_values, parts:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="dynix-export-"))
        try:
            test(folder, lib)
            print(f"ok {test.__name__}")
        finally:
            shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
