#!/usr/bin/env python3
"""What is proved for every value, and what three values of each option really change, on a real nixpkgs.

The machine of fourteen-services/ is screened and proved as `dynix certify` does it. With all the proved options
overridden at once, the complete systems are compared, once for each set of values: there is no leak. A plan that
rests on the proof is the one that the comparison gives. Prints what every option reaches.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from run import FOLDER, SKIPPED

ASK = FOLDER / "fourteen-services" / "ask.nix"
VALUES = FOLDER / "fourteen-services" / "values.nix"
# What the options of values.nix reach; all others are proved. A proof that is lost shows here, and one that is gained.
REACHES = {
    "services.fail2ban.ignoreIP": {"etc fail2ban/jail.local"},
    "services.nginx.virtualHosts": {
        "etc systemd/system-generators",
        "etc systemd/system-shutdown",
        "etc tmpfiles.d",
        "unit *",
    },
    "services.openssh.permitRootLogin": {"etc ssh/sshd_config"},
    "services.openssh.ports": {"etc fail2ban/jail.local", "etc ssh/sshd_config"},
}
# A part whose evaluation ends at one option may look at others, too. Where Nix remembers failures (2.34), each is evaluated
# again by itself, and they are seen; otherwise an option is then named with the first one alone.
BEHIND_ANOTHER = {"services.openssh.ports": {"unit firewall.service"}}
# At no option of these looks an assertion or a warning.
UNCHECKED = ("services.distccd.", "services.grafana.")


def nix(*words: str) -> subprocess.CompletedProcess:
    command = ["nix-instantiate", "--eval", "--strict", "--json", *words]
    return subprocess.run(command, capture_output=True, text=True)


def remembers_failures() -> bool:
    return nix("--expr", 'builtins.compareVersions builtins.nixVersion "2.34" >= 0').stdout.strip() == "true"


def ask(about: str, **more: str) -> subprocess.CompletedProcess:
    words = [word for name, text in more.items() for word in ("--argstr", name, text)]
    return nix(str(ASK), "--argstr", "about", about, *words)


def answer(about: str, **more: str):
    done = ask(about, **more)
    if done.returncode != 0:
        sys.exit(f"{about}: {done.stderr}")
    return json.loads(done.stdout)


def looking(about: str, **more: str) -> tuple[object, list[tuple[str, str]]]:
    """The answer, and each canary that is met, with the part of the system that looks at it."""
    done = ask(about, **more)
    if done.returncode != 0:
        sys.exit(f"{about}: {done.stderr}")
    met = []
    part = "system *"
    for line in done.stderr.splitlines():
        if line.startswith("trace: dynix-subject "):
            part = " ".join(json.loads(line.removeprefix("trace: dynix-subject ")))
        elif line.startswith("trace: dynix-canary "):
            met.append((part, line.removeprefix("trace: dynix-canary ")))
    return json.loads(done.stdout), met


def screened() -> tuple[list[str], dict[str, set[str]]]:
    """The dynamic options, and the parts that look at each."""
    targets, met = looking("screen")
    reaches: dict[str, set[str]] = {}
    for part, option in met:
        reaches.setdefault(option, set()).add(part)
    return targets, reaches


def proof(options: list[str]) -> tuple[dict, list[str]]:
    """The answer of the complete system, which agrees with that of the readers, and the options that no assertion and
    no warning looks at. Ends where either meets anything."""
    whole, checked = looking("proveWhole", options=json.dumps(options))
    assert [part for part, _ in checked if part == "system *"] == [], checked
    readers, met = looking("proveReaders", options=json.dumps(options))
    assert [it for it in met if it[0] != "system toplevel"] == [], met
    assert whole["made"] == readers["made"], "something is made of what is neutral"
    looked_at = {option for part, option in checked if part != "system toplevel"}
    return whole, [option for option in options if option not in looked_at]


def proved_options() -> tuple[list[str], list[str], dict[str, set[str]]]:
    """The dynamic options, those of them that are proved, and what the others reach."""
    targets, reaches = screened()
    proved = [option for option in targets if option not in reaches]
    proof(proved)
    return targets, proved, reaches


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


def plans(files: list[str], **more: str) -> list[dict]:
    """Those of several files, for which the static system is evaluated once."""
    return [json.loads(it["plan"]) for it in answer("plans", dynamicFiles=json.dumps(files), **more)]


def main() -> int:
    if not os.environ.get("DYNIX_NIXPKGS"):
        print("SKIP: set DYNIX_NIXPKGS to the folder of a nixpkgs")
        return SKIPPED
    targets, reaches = screened()
    named = [option for service in json.loads(nix(str(VALUES)).stdout).values() for option in service["values"]]
    assert sorted(targets) == sorted(named), targets
    more = BEHIND_ANOTHER if remembers_failures() else {}
    assert reaches == {option: parts | more.get(option, set()) for option, parts in REACHES.items()}, reaches
    # The screening has seen all: what it leaves is proved at once.
    proved = [option for option in targets if option not in reaches]
    whole, unchecked = proof(proved)
    assert whole["toplevel"] == answer("toplevel"), whole["toplevel"]
    for option in targets:
        words = ", ".join(sorted(reaches.get(option, [])))
        kind = "proved" if option in proved else f"reaches {words}"
        print(f"{option}: {kind}{'' if option in unchecked or option not in proved else ', checked'}", flush=True)
    assert unchecked == [option for option in proved if option.startswith(UNCHECKED)], unchecked
    certificate = {key: whole[key] for key in ("warnings", "assertions")} | {"proved": proved, "unchecked": unchecked}
    with tempfile.TemporaryDirectory() as folder:
        files = [dynamic_file(folder, proved, number) for number in range(3)]
        all_compared = plans(files, verify="full")
        all_rest = plans(files, certificate=json.dumps(certificate))
        for number, (compared, rests) in enumerate(zip(all_compared, all_rest, strict=True)):
            assert compared["leaks"] == [], compared["leaks"]
            assert compared["problems"] == [], compared["problems"]
            assert compared["overrides"], "the values change nothing"
            # Where a warning comes or goes, it compares.
            wanted = "compared" if compared["warnings"] else "every-value"
            assert rests["proof"] == wanted, (rests["proof"], compared["warnings"])
            for member in ("services", "overrides", "problems", "warnings", "leaks"):
                assert rests[member] == compared[member], member
            print(f"values {number}: no leak, {len(compared['overrides'])} options differ, {rests['proof']}", flush=True)
        # Those that nothing checks, by themselves.
        files = [dynamic_file(folder, unchecked, number) for number in range(3)]
        proofs = [it["proof"] for it in plans(files, certificate=json.dumps(certificate))]
        assert proofs == ["every-value"] * 3, proofs
    return 0


if __name__ == "__main__":
    sys.exit(main())
