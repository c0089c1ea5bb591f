#!/usr/bin/env python3
"""Evaluates each case of certificates.nix: is the option proved, or what is met?

With small-nixpkgs, and where there is a real nixpkgs with the lib/ of that, as run.py does; those that are of NixOS
also with all of it.
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
# The lines of both questions: a part of the system, or a canary that it meets.
LINE = re.compile(r'^trace: dynix-(?:subject \["([^"]*)","([^"]*)"\]|canary (.*))$', re.MULTILINE)


def evaluate(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess:
    command = ["nix-instantiate", "--eval", "--strict", "--json", CASES, *words]
    return subprocess.run(command, capture_output=True, text=True, env=environment)


def looked_at(said: str, kinds: tuple[str, ...]) -> str | None:
    """The first canary that a part of these kinds meets, not counting the complete system."""
    part = ("system", "*")
    for kind, name, met in LINE.findall(said):
        if not met:
            part = (kind, name)
        elif part[0] in kinds and part != ("system", "toplevel"):
            return met
    return None


def found_in(environment: dict[str, str], name: str, case: dict) -> tuple[bool, object]:
    """Whether the proof meets what the case wants, and what it meets; None where it holds."""
    done = evaluate(environment, "--argstr", "name", name)
    if done.returncode != 0:
        met = MET.search(done.stderr)
        return bool(met) and not case["checks"] and met[1] == case["meets"], met[1] if met else done.stderr
    if json.loads(done.stdout) != {"whole": True, "readers": True}:
        return False, done.stdout
    made_of = looked_at(done.stderr, ("system",))
    checked = looked_at(done.stderr, ("assertion", "warning"))
    found = checked if case["checks"] and not made_of else made_of
    return found == case["meets"], found


def named(environment: dict[str, str], name: str, wanted: str) -> tuple[bool, object]:
    """Whether the option is met first at a part of the wanted kind, and at which it is."""
    done = evaluate(environment, "--argstr", "name", name, "--arg", "screen", "true")
    # Nix and the module system write lines of their own between.
    before, met, _ = done.stderr.partition("dynix-canary services.bar.threads\n")
    kinds = LOOKED.findall(before)
    found = kinds[-1] if done.returncode == 0 and met and kinds else done.stderr
    return found == wanted, found


def main() -> int:
    if shutil.which("nix-instantiate") is None:
        print("SKIP: nix-instantiate is not in PATH")
        return SKIPPED
    failed = 0
    for tree, environment in environments().items():
        print(f"with {tree}:", flush=True)
        for words, find in ([], found_in), (["--arg", "screen", "true"], named):
            listed = evaluate(environment, "--argstr", "name", "", *words)
            if listed.returncode != 0:
                sys.exit(listed.stderr)
            for name, wanted in json.loads(listed.stdout).items():
                good, found = find(environment, name, wanted)
                failed += not good
                print(f"{'ok  ' if good else 'FAIL'} {name}", flush=True)
                if not good:
                    print(f"     wanted {wanted}\n     found  {found}")
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
