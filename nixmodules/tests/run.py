#!/usr/bin/env python3
"""Evaluates files of checks: `nixmodules/tests/run.py services.nix`.

Such a file is an attribute set of checks, each with what was found (`found`) and what must be (`wanted`).
It is evaluated with small-nixpkgs, which is of this project and runs everywhere. Where there is a nixpkgs, it is
evaluated with small-nixpkgs and the lib/ of that, and then with all of it: of DYNIX_NIXPKGS (and DYNIX_NIXPKGS_LIB for a
newer lib/), else of <nixpkgs> in NIX_PATH. With --lib the modules of NixOS are left out, which such checks do not need.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

SKIPPED = 77
FOLDER = Path(__file__).resolve().parent
SMALL = str(FOLDER / "small-nixpkgs")


def environments() -> dict[str, dict[str, str]]:
    """What Nix is run with, by the name of the tree."""
    others = {name: value for name, value in os.environ.items() if name != "DYNIX_NIXPKGS_LIB"}
    small = {**others, "DYNIX_NIXPKGS": SMALL}
    tree = os.environ.get("DYNIX_NIXPKGS") or in_nix_path()
    if not tree:
        print("evaluated with small-nixpkgs alone; for more, set DYNIX_NIXPKGS to a nixpkgs")
        return {"small-nixpkgs": small}
    lib = os.environ.get("DYNIX_NIXPKGS_LIB") or tree
    real = {**os.environ, "DYNIX_NIXPKGS": str(Path(tree).resolve())}
    newer = {**small, "DYNIX_NIXPKGS_LIB": str(Path(lib).resolve())}
    return {"small-nixpkgs": small, f"small-nixpkgs and the lib of {lib}": newer, tree: real}


def in_nix_path() -> str | None:
    if "NIX_PATH" not in os.environ:
        return None
    found = subprocess.run(["nix-instantiate", "--find-file", "nixpkgs"], capture_output=True, text=True)
    return found.stdout.strip() or None


def checks_of(file: Path, environment: dict[str, str]) -> dict[str, dict]:
    command = ["nix-instantiate", "--eval", "--strict", "--json", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"'{file}' does not evaluate:\n{done.stderr}")
    return json.loads(done.stdout)


def run(file: Path, environment: dict[str, str]) -> int:
    """How many checks of a file fail."""
    checks = checks_of(file, environment)
    if not checks:
        sys.exit(f"'{file}' checks nothing")
    failed = 0
    for what, check in checks.items():
        good = check["found"] == check["wanted"]
        failed += not good
        print(f"{'ok  ' if good else 'FAIL'} {what}")
        if not good:
            print(f"     wanted {json.dumps(check['wanted'])}\n     found  {json.dumps(check['found'])}")
    return failed


def main() -> int:
    if shutil.which("nix-instantiate") is None:
        print("SKIP: nix-instantiate is not in PATH")
        return SKIPPED
    names = sys.argv[1:]
    found = environments()
    if names[0] == "--lib":
        names = names[1:]
        found = {tree: it for tree, it in found.items() if it["DYNIX_NIXPKGS"] == SMALL}
    failed = 0
    for tree, environment in found.items():
        print(f"with {tree}:")
        failed += sum(run(FOLDER / name, environment) for name in names)
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
