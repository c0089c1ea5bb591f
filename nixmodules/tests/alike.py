#!/usr/bin/env python3
"""Machines that are evaluated together: the cases of alike.nix, and that what they have in common is evaluated once.

With small-nixpkgs all cases, by its own lib and that of a real nixpkgs; with all of a real nixpkgs two.
"""

import json
import subprocess
import sys

from run import FOLDER, SMALL, environments

CASES = str(FOLDER / "alike.nix")
NAMES = "names, and a unit of one's own"
UNDECLARED = "definitions of what no module declares"
ONCE = [NAMES, UNDECLARED]
# With a real nixpkgs: machines with the same modules, and what differs between them.
REAL = [NAMES, "what depends on the name"]
# Each of four machines by itself; together two times, to find out what is the same and for the value.
OFTEN = 4 + 2


def nix(name: str, environment: dict[str, str]) -> subprocess.CompletedProcess:
    return subprocess.run(
        ["nix-instantiate", "--eval", "--strict", "--json", "--readonly-mode", CASES, "--argstr", "name", name],
        capture_output=True, text=True, env=environment,
    )


def main() -> int:
    failed = 0
    for tree, environment in environments().items():
        print(f"with {tree}:")
        listed = nix("", environment)
        if listed.returncode != 0:
            sys.exit(listed.stderr)
        for name, gives in json.loads(listed.stdout).items():
            if environment["DYNIX_NIXPKGS"] != SMALL and name not in REAL:
                continue
            done = nix(name, environment)
            if "has" in gives:
                good = done.returncode == 0 and json.loads(done.stdout) == gives["has"]
            else:
                good = done.returncode != 0 and gives["ends"] in done.stderr
            if name in ONCE:
                good = good and done.stderr.count("trace: dynix-test said") == OFTEN
            failed += not good
            print(f"{'ok  ' if good else 'FAIL'} {name}", flush=True)
            if not good:
                print(f"     wanted {gives}\n     found  {done.stdout}{done.stderr[-1500:]}")
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
