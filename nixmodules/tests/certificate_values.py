#!/usr/bin/env python3
"""What is proved for every value, and what three values of each option really change, on a real nixpkgs.

The machine of fourteen-services/ is screened and proved as `dynix certify` does it. With all the proved options
overridden at once, the complete systems are compared, once for each set of values: there is no leak. A plan that
rests on the proof is the one that the comparison gives. Prints what every option reaches.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from run import FOLDER, SKIPPED

ASK = FOLDER / "fourteen-services" / "ask.nix"
VALUES = FOLDER / "fourteen-services" / "values.nix"
MET = re.compile(r"error message: 'dynix-canary (.*)'")


def nix(*words: str) -> subprocess.CompletedProcess:
    command = ["nix-instantiate", "--eval", "--strict", "--json", *words]
    return subprocess.run(command, capture_output=True, text=True)


def ask(about: str, **more: str) -> subprocess.CompletedProcess:
    words = [word for name, text in more.items() for word in ("--argstr", name, text)]
    return nix(str(ASK), "--argstr", "about", about, *words)


def answer(about: str, **more: str):
    done = ask(about, **more)
    if done.returncode != 0:
        sys.exit(f"{about}: {done.stderr}")
    return json.loads(done.stdout)


def screened(options: list[str]) -> dict[str, set[str]]:
    """The parts that look at each option, but assertions and warnings."""
    done = ask("screen", options=json.dumps(options))
    if done.returncode != 0:
        sys.exit(f"screen: {done.stderr}")
    found: dict[str, set[str]] = {}
    part = ["system", "*"]
    for line in done.stderr.splitlines():
        if line.startswith("trace: dynix-subject "):
            part = json.loads(line.removeprefix("trace: dynix-subject "))
        elif line.startswith("trace: dynix-canary ") and part[0] not in ("assertion", "warning"):
            found.setdefault(line.removeprefix("trace: dynix-canary "), set()).add(" ".join(part))
    return found


def met(about: str, options: list[str]) -> str | None:
    done = ask(about, options=json.dumps(options))
    if done.returncode == 0:
        return None
    found = MET.search(done.stderr)
    return found[1] if found else sys.exit(f"{about}: {done.stderr}")


def without_met(about: str, options: list[str]) -> list[str]:
    options = list(options)
    while options and (found := met(about, options)):
        options.remove(found)
    return options


def not_checked(options: list[str]) -> list[str]:
    """Those of services of which no option is met by an assertion or a warning."""
    def service(option: str) -> list[str]:
        return option.split(".")[:2]

    while options and (found := met("proveChecks", options)):
        options = [option for option in options if service(option) != service(found)]
    return options


def dynamic_file(folder: str, options: list[str], number: int) -> str:
    """All the options, the first with its value of that number, the second with the one behind it, and so on."""
    lines = [
        f"  {{ {option} = lib.mkOverride (-{entry}) (valueOf \"{option}\" {(number + entry - 1) % 3}); }}"
        for entry, option in enumerate(options, 1)
    ]
    path = Path(folder) / f"dynamic-{number}.nix"
    path.write_text(
        "{ lib, ... }: let valueOf = option: builtins.elemAt "
        f"(lib.foldl' (all: it: all // it.values) {{ }} (lib.attrValues (import {VALUES}))).${{option}}; in\n"
        "{ config = lib.mkMerge [\n" + "\n".join(lines) + "\n]; }\n"
    )
    return str(path)


def plan(file: str, **more: str) -> dict:
    return json.loads(answer("plan", dynamicFile=file, **more)["plan"])


def proved_options() -> tuple[list[str], list[str], dict[str, set[str]]]:
    """The dynamic options, those of them that are proved, and what the others reach."""
    targets = answer("targets")
    reaches: dict[str, set[str]] = {}
    left = targets
    while found := screened(left):
        reaches |= found
        left = [option for option in left if option not in found]
    proved = without_met("prove", without_met("proveReaders", left))
    for option in left:
        if option not in proved:
            reaches.setdefault(option, set()).add("system")
    return targets, proved, reaches


def main() -> int:
    if not os.environ.get("DYNIX_NIXPKGS"):
        print("SKIP: DYNIX_NIXPKGS names no nixpkgs")
        return SKIPPED
    targets, proved, reaches = proved_options()
    assert len(targets) >= 40, targets
    unchecked = not_checked(proved)
    whole = answer("prove", options=json.dumps(proved))
    assert whole["toplevel"] == answer("toplevel"), whole["toplevel"]
    for option in targets:
        words = ", ".join(sorted(reaches.get(option, [])))
        kind = "proved" if option in proved else f"reaches {words}"
        print(f"{option}: {kind}{'' if option in unchecked or option not in proved else ', checked'}", flush=True)
    assert len(proved) >= 30, proved
    certificate = {key: whole[key] for key in ("warnings", "assertions")} | {"proved": proved, "unchecked": unchecked}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(3):
            file = dynamic_file(folder, proved, number)
            compared = plan(file, verify="full")
            assert compared["leaks"] == [], compared["leaks"]
            assert compared["problems"] == [], compared["problems"]
            assert compared["overrides"], "the values change nothing"
            rests = plan(file, certificate=json.dumps(certificate))
            # Where a warning comes or goes, it compares.
            wanted = "compared" if compared["warnings"] else "every-value"
            assert rests["proof"] == wanted, (rests["proof"], compared["warnings"])
            for member in ("services", "overrides", "problems", "warnings", "leaks"):
                assert rests[member] == compared[member], member
            print(f"values {number}: no leak, {len(compared['overrides'])} options differ, {rests['proof']}", flush=True)
            # Those that nothing checks, by themselves.
            file = dynamic_file(folder, unchecked, number)
            assert plan(file, certificate=json.dumps(certificate))["proof"] == "every-value"
    return 0


if __name__ == "__main__":
    sys.exit(main())
