#!/usr/bin/env python3
"""Evaluates each case of certificates.nix: is the option proved, or what is met?

With small-nixpkgs, and where there is one with a real nixpkgs too, as run.py does.
"""

import json
import re
import shutil
import subprocess
import sys

from run import FOLDER, SKIPPED, environments

CASES = str(FOLDER / "certificates.nix")
MET = re.compile(r"evaluation aborted with the following error message: 'dynix-canary (.*)'")
LOOKED = re.compile(r'dynix-subject \["([^"]*)"')


def evaluate(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess:
    command = ["nix-instantiate", "--eval", "--strict", "--json", CASES, *words]
    return subprocess.run(command, capture_output=True, text=True, env=environment)


def found_in(environment: dict[str, str], name: str) -> str | None:
    """What the proof meets; None where it holds."""
    done = evaluate(environment, "--argstr", "name", name)
    if done.returncode == 0:
        return None if json.loads(done.stdout) == {"whole": True, "readers": True} else done.stdout
    met = MET.search(done.stderr)
    return met[1] if met else done.stderr


def named_by_screening(environment: dict[str, str], name: str) -> str | None:
    """The kind of the part at which the screening meets the option first."""
    done = evaluate(environment, "--argstr", "name", name, "--arg", "screen", "true")
    # Nix and the module system write lines of their own between.
    before, met, _ = done.stderr.partition("dynix-canary services.bar.threads\n")
    named = LOOKED.findall(before)
    return named[-1] if done.returncode == 0 and met and named else done.stderr


def main() -> int:
    if shutil.which("nix-instantiate") is None:
        print("SKIP: nix-instantiate is not in PATH")
        return SKIPPED
    failed = 0
    for tree, environment in environments().items():
        print(f"with {tree}:", flush=True)
        for words, find in ([], found_in), (["--arg", "screen", "true"], named_by_screening):
            listed = evaluate(environment, "--argstr", "name", "", *words)
            if listed.returncode != 0:
                sys.exit(listed.stderr)
            for name, wanted in json.loads(listed.stdout).items():
                found = find(environment, name)
                good = found == wanted
                failed += not good
                print(f"{'ok  ' if good else 'FAIL'} {name}", flush=True)
                if not good:
                    print(f"     wanted {wanted}\n     found  {found}")
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
