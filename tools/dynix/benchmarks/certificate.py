#!/usr/bin/env python3
"""What a certificate costs and what it spares, as ratios to evaluating the whole system in the same run.

`meson test -C build --benchmark certificate`: the fourteen services of nixmodules/tests/fourteen-services, on the
nixpkgs of DYNIX_NIXPKGS. Medians of processor time, and the largest memory.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[3]
TESTS = TOP / "nixmodules" / "tests"
ASK = TESTS / "fourteen-services" / "ask.nix"
ROUNDS = 5
SKIPPED = 77

sys.path.insert(0, str(TESTS))

import certificate_values  # noqa: E402 (needs the line above)


def measured(about, **more):
    """(seconds of processor time, MiB) of one question."""
    words = ["nix-instantiate", "--eval", "--strict", "--json", str(ASK), "--argstr", "about", about]
    words += [word for name, text in more.items() for word in ("--argstr", name, text)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"'{about}' does not evaluate")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def rounds(questions):
    """The costs of several questions that take turns: a computer that does something else does it to all of them."""
    costs = {name: [] for name in questions}
    for _ in range(ROUNDS):
        for name, (about, more) in questions.items():
            costs[name].append(measured(about, **more))
    return costs


def median(runs):
    times, memory = zip(*runs)
    return statistics.median(times), max(memory)


def show(what, cost, whole):
    print(f"{what:<44} {cost[0]:6.2f} s {cost[1]:5.0f} MiB   {cost[0] / whole[0]:5.2f} {cost[1] / whole[1]:5.2f}", flush=True)


def main():
    if not os.environ.get("DYNIX_NIXPKGS"):
        print("SKIP: DYNIX_NIXPKGS names no nixpkgs")
        return SKIPPED
    targets, reaches = certificate_values.screened()
    proved = [option for option in targets if option not in reaches]
    said, unchecked = certificate_values.proof(proved)
    certificate = json.dumps(
        {name: said[name] for name in ("warnings", "assertions")} | {"proved": proved, "unchecked": unchecked}
    )
    asked = {"options": json.dumps(proved)}
    with tempfile.TemporaryDirectory() as folder:
        file = certificate_values.dynamic_file(folder, ["services.memcached.maxMemory"], 0)
        units = pathlib.Path(folder) / "etc/systemd/system"
        units.mkdir(parents=True)
        for service in certificate_values.plan(file)["services"]:
            for unit in service["units"]:
                (units / unit["name"]).write_text(unit["static"])
        rests = {"dynamicFile": file, "certificate": certificate, "running": folder}
        costs = rounds({
            "the whole system": ("toplevel", {}),
            "the parts": ("screen", {}),
            "the readers": ("proveReaders", asked),
            "the complete system, proved": ("proveWhole", asked),
            "the plan of one override, compared": ("plan", {"dynamicFile": file}),
            "the plan of one override, with a certificate": ("plan", rests),
        })
    together = zip(*(costs[name] for name in ("the parts", "the readers", "the complete system, proved")))
    costs[f"certifying {len(proved)} of {len(targets)} options"] = [
        (sum(time for time, _ in them), max(memory for _, memory in them)) for them in together
    ]
    whole = median(costs["the whole system"])
    for what, runs in costs.items():
        show(what, median(runs), whole)
    return 0


if __name__ == "__main__":
    sys.exit(main())
