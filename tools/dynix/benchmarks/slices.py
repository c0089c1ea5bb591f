#!/usr/bin/env python3
"""What the evaluation of one override costs by a slice, as ratios to evaluating the whole system in the same run.

`meson test -C build --benchmark slices`: the fourteen services of nixmodules/tests/fourteen-services, on the nixpkgs of
DYNIX_NIXPKGS with the newer lib of DYNIX_NIXPKGS_LIB. The slices are worked out as `dynix certify` does it, with all the
options that are proved. Medians of processor time and the largest memory, the start of Nix included; thunks do not depend
on what else the computer does. The plan has all that an apply rests on: units, checks, values and what it refers to.
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
ROUNDS = 5
SKIPPED = 77
# Of what is written anew, Nix reads all derivations that it is built of: for memcached and grafana there is nothing.
OPTIONS = [
    ("memcached", "services.memcached.maxMemory"),
    ("chrony", "services.chrony.extraConfig"),
    ("prometheus", "services.prometheus.extraFlags"),
    ("distccd", "services.distccd.maxJobs"),
    ("redis", "services.redis.port"),
    ("grafana", "services.grafana.port"),
    ("postgresql", "services.postgresql.port"),
    ("nginx", "services.nginx.clientMaxBodySize"),
]

sys.path.insert(0, str(TESTS))

from certificate_values import dynamic_file, proved_options  # noqa: E402 (needs the line above)
from slices import ASK, Asked, parts_of  # noqa: E402


def measured(folder, *words):
    """One evaluation in a process of its own: seconds of processor time, MiB, thunks."""
    counters = pathlib.Path(folder) / "statistics.json"
    command = ["nix-instantiate", "--eval", "--strict", "--json", *words]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "NIX_SHOW_STATS": "1", "NIX_SHOW_STATS_PATH": str(counters)},
    ) as child:
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"it does not evaluate: {' '.join(command)}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, json.loads(counters.read_text())["nrThunks"]


def show(what, runs, whole=None):
    """Prints the median time, the largest memory and the thunks; gives them."""
    times, memory, thunks = zip(*runs)
    cost = statistics.median(times), max(memory), thunks[0]
    line = f"{what:<42} {cost[0]:6.3f} s {cost[1]:5.0f} MiB {cost[2]:10,} thunks"
    if whole:
        line += "   " + " ".join(f"1/{all_of_it / one:.1f}" for all_of_it, one in zip(whole, cost))
    print(line, flush=True)
    return cost


def main():
    if not os.environ.get("DYNIX_NIXPKGS") or not os.environ.get("DYNIX_NIXPKGS_LIB"):
        print("SKIP: DYNIX_NIXPKGS and DYNIX_NIXPKGS_LIB name no nixpkgs and no newer lib")
        return SKIPPED
    proved = proved_options()[1]
    with tempfile.TemporaryDirectory() as folder:
        asked = Asked(folder, proved)
        questions = {}
        for name, option in OPTIONS:
            alone = asked.alone(name)
            one = asked.services[name] | {"untouched": None, "alone": alone, "slice": None}
            file = pathlib.Path(folder) / f"{name}.json"
            question = {"proved": proved, "packages": asked.packages, "services": [one]}
            # As `dynix certify` writes it.
            file.write_text(json.dumps(question, separators=(",", ":")))
            dynamic = pathlib.Path(dynamic_file(folder, [option], 0)).rename(pathlib.Path(folder) / f"{name}.nix")
            certificate = json.dumps({"proved": proved, "unchecked": proved, "warnings": [], "assertions": 0})
            whole = asked.ask("plan", {}, dynamicFile=str(dynamic), certificate=certificate, only=json.dumps([name]))
            for unit in (unit for service in parts_of(json.loads(whole.stdout))[0]["services"] for unit in service["units"]):
                (asked.units / unit["name"]).write_text(unit["static"])
            words = {"about": "sliced", "sliceFile": file, "dynamicFile": dynamic, "running": asked.units.parents[2]}
            questions[option] = [word for key, value in words.items() for word in ("--argstr", key, str(value))]
        store = ["--store", f"local?root={folder}/store", "--read-write-mode"]
        runs = {option: [] for option in questions}
        of_all, of_none = [], []
        # They take turns: a computer that does something else does it to all of them.
        for _ in range(ROUNDS):
            of_all.append(measured(folder, ASK, "--argstr", "about", "toplevel"))
            of_none.append(measured(folder, "--expr", "1"))
            for option, words in questions.items():
                runs[option].append(measured(folder, ASK, *words, *store))
        whole = show("the whole system", of_all)
        show("Nix that evaluates nothing", of_none)
        for option, them in runs.items():
            show(option, them, whole)
    return 0


if __name__ == "__main__":
    sys.exit(main())
