#!/usr/bin/env python3
"""Evaluates files of checks against a nixpkgs: `nixmodules/tests/run.py services.nix`.

Such a file is an attribute set of checks, each with what was found (`found`) and what must be (`wanted`).
The tree comes from DYNIX_NIXPKGS (and DYNIX_NIXPKGS_LIB for a newer lib/), else from <nixpkgs> in NIX_PATH.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

SKIPPED = 77
FOLDER = Path(__file__).resolve().parent


def environment() -> dict[str, str] | None:
    """What Nix is run with; None where no nixpkgs is known."""
    tree = os.environ.get("DYNIX_NIXPKGS") or in_nix_path()
    return {**os.environ, "DYNIX_NIXPKGS": str(Path(tree).resolve())} if tree else None


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


def main() -> int:
    if shutil.which("nix-instantiate") is None:
        print("SKIP: nix-instantiate is not in PATH")
        return SKIPPED
    chosen = environment()
    if chosen is None:
        print("SKIP: no nixpkgs: set DYNIX_NIXPKGS")
        return SKIPPED
    failed = 0
    for name in sys.argv[1:]:
        checks = checks_of(FOLDER / name, chosen)
        if not checks:
            sys.exit(f"'{name}' checks nothing")
        for what, check in checks.items():
            good = check["found"] == check["wanted"]
            failed += not good
            print(f"{'ok  ' if good else 'FAIL'} {what}")
            if not good:
                print(f"     wanted {json.dumps(check['wanted'])}\n     found  {json.dumps(check['found'])}")
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
