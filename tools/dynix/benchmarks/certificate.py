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
ROUNDS = 3
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


def median(about, **more):
    times, memory = zip(*(measured(about, **more) for _ in range(ROUNDS)))
    return statistics.median(times), max(memory)


def show(what, cost, whole):
    print(f"{what:<44} {cost[0]:6.2f} s {cost[1]:5.0f} MiB   {cost[0] / whole[0]:5.2f} {cost[1] / whole[1]:5.2f}", flush=True)


def main():
    if not os.environ.get("DYNIX_NIXPKGS"):
        print("SKIP: DYNIX_NIXPKGS names no nixpkgs")
        return SKIPPED
    targets, reaches, checked = certificate_values.screened()
    proved = [option for option in targets if option not in reaches]
    unchecked = [option for option in proved if option not in checked]
    whole = median("toplevel")
    show("the whole system", whole, whole)
    asked = {"options": json.dumps(proved), "unchecked": json.dumps(unchecked)}
    of_certify = [median("screen")] + [median(about, **asked) for about in ("proveReaders", "prove")]
    show(
        f"certifying {len(proved)} of {len(targets)} options",
        (sum(cost[0] for cost in of_certify), max(cost[1] for cost in of_certify)),
        whole,
    )
    said = certificate_values.proof(proved, unchecked)
    certificate = json.dumps(
        {name: said[name] for name in ("warnings", "assertions")} | {"proved": proved, "unchecked": unchecked}
    )
    option = "services.memcached.maxMemory"
    with tempfile.TemporaryDirectory() as folder:
        file = certificate_values.dynamic_file(folder, [option], 0)
        units = pathlib.Path(folder) / "etc/systemd/system"
        units.mkdir(parents=True)
        for service in certificate_values.plan(file)["services"]:
            for unit in service["units"]:
                (units / unit["name"]).write_text(unit["static"])
        show("the plan of one override, compared", median("plan", dynamicFile=file), whole)
        rests = {"dynamicFile": file, "certificate": certificate, "running": folder}
        show("the plan of one override, with a certificate", median("plan", **rests), whole)
    return 0


if __name__ == "__main__":
    sys.exit(main())
