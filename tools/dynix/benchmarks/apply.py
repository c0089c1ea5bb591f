#!/usr/bin/env python3
"""How long an activation takes without Nix, in the container machine with its real systemd.

The peer is what a person would type after editing a drop-in: `systemctl daemon-reload` and `systemctl
restart` of the same units, in the same turns. `systemctl restart` alone is the services' own stop and
start, as far as they can be told from the outside. Medians; the settle time is 0.

Processor time is that of the command and of systemd itself, which a busy machine does not change. What is beyond that
of the peer is ours; what is beyond that of bare_client.cpp, which has systemd do the same and looks at nothing
(`systemctl` asks of each unit whether its files have changed, which takes systemd longer than all else that it is
asked), is what dynix and its questions cost in all.
"""

import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import time

SKIPPED = 77
TURNS = 15
COUNTS = (1, 10, 50)
UNITS = pathlib.Path("/etc/systemd/system")


def names(count):
    return [f"bench{i}.service" for i in range(count)]


def text(argument):
    return f"[Service]\nExecStart=/bin/sleep {argument}\n"


def plan(count, argument):
    units = [{"name": name, "action": "restart", "static": text(1000), "dynamic": text(argument)} for name in names(count)]
    service = {"name": "bench", "options": [], "settleSeconds": 0, "units": units}
    whole = {"version": 1, "dynamicFile": "", "configuration": "", "verify": "quick", "services": [service]}
    whole |= {"overrides": [], "problems": [], "warnings": [], "leaks": []}
    file = pathlib.Path(f"/tmp/plan{count}-{argument}.json")
    file.write_text(json.dumps(whole))
    return str(file)


def used():
    """Milliseconds of processor time: of the commands that have ended, and of systemd."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "command": (ended.ru_utime + ended.ru_stime) * 1000,
        "systemd": int(pathlib.Path("/proc/1/schedstat").read_text().split()[0]) / 1e6,
    }


def run(times, name, *command):
    """Notes the milliseconds of a command; what it printed."""
    began, before = time.perf_counter(), used()
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    times.setdefault(name, []).append((time.perf_counter() - began) * 1000)
    for whose, now in used().items():
        times.setdefault(f"{name}, processor of {whose}", []).append(now - before[whose])
    return done.stdout


def touch_drop_ins(units):
    for unit in units:
        for drop_in in pathlib.Path(f"/run/systemd/system/{unit}.d").iterdir():
            drop_in.touch()


def measure(count):
    """Inside the machine: the times of every turn by what was run."""
    units = names(count)
    plans = [plan(count, argument) for argument in (1001, 1002)]
    times = {}
    for _ in range(TURNS):
        # Each is a change from the one before it.
        rows = {
            "own unit": ["dynix", "activate", "--json", plans[0]],
            "here": ["dynix", "activate", "--json", "--here", plans[1]],
        }
        for name, command in rows.items():
            said = run(times, name, *command)
            for phase, elapsed in json.loads(said)["milliseconds"].items():
                times.setdefault(f"{name}: {phase}", []).append(elapsed)
        # What the drop-ins say has to be new for systemd, or it would have nothing to read.
        touch_drop_ins(units)
        run(times, "reload", "systemctl", "daemon-reload")
        run(times, "restart", "systemctl", "restart", *units)
        touch_drop_ins(units)
        run(times, "bare", "bare-client", *units)
        subprocess.run(["systemctl", "reset-failed"], check=True)
    subprocess.run(["dynix", "reset"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return times


def inside():
    found = {}
    for count in COUNTS:
        for name in names(count):
            (UNITS / name).write_text(text(1000))
        subprocess.run(["systemctl", "daemon-reload"], check=True)
        subprocess.run(["systemctl", "start", *names(count)], check=True)
        found[count] = measure(count)
    print(json.dumps(found))


def show(found):
    print(f"load {os.getloadavg()[0]:.1f}, {TURNS} turns; medians in ms; own: without the services' own stop and start; ours: without systemd's reload too")
    print(f"{'units':>6} {'apply':>8} {'in process':>11} {'own':>7} {'ours':>7} {'reload+restart':>15} {'restart':>8} {'/ peer':>7}   phases")
    spent = []
    for count, times in found.items():
        median = {name: statistics.median(values) for name, values in times.items()}
        peer = median["reload"] + median["restart"]
        phases = ", ".join(f"{name.split(': ')[1]} {value:.0f}" for name, value in median.items() if name.startswith("own unit: "))
        print(
            f"{count:>6} {median['own unit']:>8.1f} {median['here']:>11.1f} {median['own unit'] - median['restart']:>7.1f}"
            f" {median['own unit'] - peer:>7.1f} {peer:>15.1f} {median['restart']:>8.1f} {median['own unit'] / peer:>7.2f}   {phases}"
        )
        of = {whose: [median[f"{name}, processor of {whose}"] for name in ("here", "reload", "restart")] for whose in ("command", "systemd")}
        bare = [median[f"bare, processor of {whose}"] for whose in ("command", "systemd")]
        ours = sum(here - reload - restart for here, reload, restart in of.values())
        in_all = sum(here for here, _, _ in of.values()) - sum(bare)
        spent.append(
            f"{count:>6} {of['command'][0]:>8.1f} {of['systemd'][0]:>8.1f} {sum(of['command'][1:]):>9.1f} {sum(of['systemd'][1:]):>8.1f}"
            f" {ours:>8.1f} {ours / int(count):>8.2f} {bare[0]:>8.1f} {bare[1]:>8.1f} {in_all:>8.1f} {in_all / int(count):>8.2f}"
        )
    print("processor time: of an apply in process, of systemd meanwhile; of reload+restart and of the bare client likewise, each with what is beyond")
    print(
        f"{'units':>6} {'apply':>8} {'systemd':>8} {'systemctl':>9} {'systemd':>8} {'beyond':>8} {'a unit':>8}"
        f" {'bare':>8} {'systemd':>8} {'beyond':>8} {'a unit':>8}"
    )
    print("\n".join(spent))


def main():
    if sys.argv[1:] == ["inside"]:
        return inside()
    project = pathlib.Path(__file__).resolve().parents[3]
    sys.path.insert(0, str(project / "vmtests"))
    from machine import program, runner
    from machine.log import Log
    from machine.root import cached_root
    from machine.scenario import Scenario
    from machine.unavailable import Unavailable

    # A scenario that has nothing of its own: the small system.
    scenario = Scenario("apply", pathlib.Path(__file__).parent)
    build = pathlib.Path(os.environ["DYNIX"]).resolve().parents[2]
    options = runner.Options(build, None, False, False)
    try:
        container = runner.make_container(scenario, options)
        program.bring(container.disk, cached_root(scenario.packages), pathlib.Path(os.environ["BARE_CLIENT"]))
    except Unavailable as reason:
        print(f"skipped: {reason}")
        return SKIPPED
    try:
        runner.start(container, scenario, options, Log())
        show(runner.answer(container, __file__, 300))
    finally:
        container.remove()
    return 0


if __name__ == "__main__":
    sys.exit(main())
