#!/usr/bin/env python3
"""How long `dynix apply` of distccd takes, from the keyboard to the proved process, in the container machine.

With a certificate and slices, and each time with a value that was never built before; the settle time is 0. The machine
is the one of vmtests/slices: Nix evaluates and builds in it, and there are the files of a whole nixpkgs to look at, which
a system has in the store as a rule. Medians of turns, in ms; what is in no phase is between them: the start of programs.
The peer is Nix alone: evaluating nothing at all, and building one file of nothing.

`DYNIX_OTHER=FOLDER` names the build folder of another dynix; the two take turns.
"""

import json
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import time

SKIPPED = 77
TURNS = int(os.environ.get("TURNS", "11"))
# In the machine: the program itself, which a script at the second of these may start (vmtests/machine/program.py).
PLACES = [pathlib.Path("/usr/lib/dynix/dynix"), pathlib.Path("/usr/bin/dynix")]
OTHER = pathlib.Path("/usr/lib/other-dynix")
BUILD_NOTHING = """
derivation { name = "nothing-%d"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "echo > $out; exit 0" ]; }
"""


def used():
    """Seconds of processor time: of the commands that have ended, and of systemd."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "command": ended.ru_utime + ended.ru_stime,
        "systemd": int(pathlib.Path("/proc/1/schedstat").read_text().split()[0]) / 1e9,
    }


def timed(*command):
    """What a command printed, and milliseconds: of the clock, and of processor time."""
    before, began = used(), time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    took = {"in all": (time.perf_counter() - began) * 1000}
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout, took | {f"processor: {whose}": (now - before[whose]) * 1000 for whose, now in used().items()}


def one_apply(value):
    subprocess.run(["dynix", "append", "services.distccd.maxJobs", str(value)], check=True, stdout=subprocess.DEVNULL)
    said, took = timed("dynix", "apply", "--json")
    record = json.loads(said)
    if record["evaluated"] != "slice":
        sys.exit(f"it was evaluated by {record['evaluated']}")
    phases = record["milliseconds"]
    return took | phases | {"in no phase": took["in all"] - sum(phases.values())}


def inside():
    place = next(path for path in PLACES if path.exists())
    programs = {"this": OTHER.with_name("this-dynix")}
    shutil.copy(place, programs["this"])
    if OTHER.exists():
        programs["other"] = OTHER
    rows = {name: [] for name in [*programs, "evaluate nothing", "build nothing"]}
    value = 12
    for turn in range(TURNS + 1):
        for name, program in programs.items():
            new = place.with_name("dynix.new")
            # Where it is there already, `replace` leaves both names (rename(2)).
            new.unlink(missing_ok=True)
            os.link(program, new)
            new.replace(place)
            value += 1
            rows[name].append(one_apply(value))
        rows["evaluate nothing"].append(timed("nix-instantiate", "--eval", "--expr", "1")[1])
        rows["build nothing"].append(timed("nix-build", "--no-out-link", "--expr", BUILD_NOTHING % turn)[1])
    # The first one of each finds nothing in the caches of files.
    print(json.dumps({name: found[1:] for name, found in rows.items()}))


def show(rows):
    print(f"load {os.getloadavg()[0]:.1f}, {TURNS} turns; medians in ms")
    for name, found in rows.items():
        shown = ", ".join(f"{column} {statistics.median(row.get(column, 0) for row in found):.0f}" for column in found[-1])
        print(f"{name}: {shown}")


def main():
    if sys.argv[1:] == ["inside"]:
        return inside()
    project = pathlib.Path(__file__).resolve().parents[3]
    sys.path.insert(0, str(project / "vmtests"))
    from machine import nixpkgs, runner
    from machine.log import Log
    from machine.scenario import scenarios
    from machine.unavailable import Unavailable

    scenario = scenarios(project / "vmtests")["slices"]
    build = pathlib.Path(os.environ["DYNIX"]).resolve().parents[2]
    options = runner.Options(build, nixpkgs.find(None, None), False, False)
    try:
        container = runner.make_container(scenario, options)
    except Unavailable as reason:
        print(f"skipped: {reason}")
        return SKIPPED
    try:
        if "DYNIX_OTHER" in os.environ:
            container.disk.copy(pathlib.Path(os.environ["DYNIX_OTHER"]) / "tools" / "dynix" / "dynix", str(OTHER))
        machine = runner.start(container, scenario, options, Log())
        # What asks for its surroundings passes for a nixpkgs, or there would be no certificate (vmtests/slices).
        machine.succeed(PREPARE)
        machine.succeed("nixos-rebuild switch 2>&1 && dynix certify")
        show(runner.answer(container, __file__, 600, f"TURNS={TURNS}"))
    finally:
        container.remove()
    return 0


PREPARE = """
mkdir -p /root/tree/vmtests/machine /root/tree/lib/systems
touch /root/tree/lib/modules.nix /root/tree/lib/systems/doubles.nix
cp -r /dynix/nixmodules /root/tree
cp -r /dynix/vmtests/nixpkgs /root/tree/vmtests
cp -r /dynix/vmtests/machine/guest /root/tree/vmtests/machine
roots=
for from in /root/tree:/dynix /nixpkgs-lib:/nixpkgs-lib; do
  path=$(nix-store --add "${from%:*}")
  sed -i "s|${from#*:}\\\\b|$path|" /etc/nixos/system.nix
  roots="$roots \\"$path\\""
done
echo "[ $roots ]" > /etc/nixos/roots.nix
"""

if __name__ == "__main__":
    sys.exit(main())
