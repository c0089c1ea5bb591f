#!/usr/bin/env python3
"""How long `dynix append` takes as a whole process when it checks against a schema, and how it grows.

Medians of many runs, taken in turns so that a busy moment hits all rows alike: a good value, a mistyped
path (which is compared with every name there is), and the same without a schema. Two peers read the same
file in the same turns: `nix-instantiate` with builtins.fromJSON, which is the least that a check by Nix
costs, and `jq`. DYNIX_SCHEMA names the schema of a real system for one more row.
"""

import os
import pathlib
import shutil
import statistics
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests"))
from synthetic_schema import schema  # noqa: E402

DYNIX = os.environ.get("DYNIX", "dynix")
SIZES = (100, 1000, 10_000, 50_000)
TURNS = 21


def run(command):
    """Wall milliseconds and peak memory in MiB of one run. Nothing large may be held here: a child counts
    it as its own."""
    began = time.perf_counter()
    quiet = [(os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_WRONLY, 0) for fd in (1, 2)]
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=quiet)
    _, _, usage = os.wait4(child, 0)
    return (time.perf_counter() - began) * 1000, usage.ru_maxrss / 1024


def rows(file, option, dynamic):
    append = [DYNIX, "append", "--file", dynamic]
    typed = [*append, "--schema", file]
    made = {
        "checked": [*typed, option, "80"],
        "mistyped": [*typed, option[:-1] + "x", "80"],
        "no schema": [*append, "--schema", "/nonexistent", option, "80"],
    }
    if shutil.which("nix-instantiate"):
        read = f'builtins.length (builtins.attrNames (builtins.fromJSON (builtins.readFile "{file}")).options)'
        made["nix"] = ["nix-instantiate", "--eval", "-E", read]
    if shutil.which("jq"):
        made["jq"] = ["jq", ".version", file]
    return made


def write(file, options):
    """In a process of its own, which takes the text along."""
    child = os.fork()
    if child == 0:
        pathlib.Path(file).write_text(schema(options))
        os._exit(0)
    os.waitpid(child, 0)


def main():
    times, memory = {}, {}
    with tempfile.TemporaryDirectory(dir=os.environ.get("DYNIX_BENCH_FOLDER")) as folder:
        cases = {}
        for size in SIZES:
            file = f"{folder}/{size}.json"
            write(file, size)
            cases[str(size)] = (file, f"services.service{size // 10 - 1}.port")
        if real := os.environ.get("DYNIX_SCHEMA"):
            cases["real"] = (real, os.environ.get("DYNIX_SCHEMA_OPTION", "services.distccd.maxJobs"))
        dynamic = f"{folder}/dynamic.nix"
        for _ in range(TURNS):
            for name, (file, option) in cases.items():
                for row, command in rows(file, option, dynamic).items():
                    pathlib.Path(dynamic).unlink(missing_ok=True)
                    took, peak = run(command)
                    times.setdefault((row, name), []).append(took)
                    memory[row, name] = max(memory.get((row, name), 0), peak)
        print(f"load {os.getloadavg()[0]:.1f}, {TURNS} turns; medians in ms, peak memory in MiB")
        print(f"{'options':>8} {'bytes':>10}  " + "  ".join(f"{row:>18}" for row in rows("", "", "")))
        for name, (file, _) in cases.items():
            print(f"{name:>8} {os.path.getsize(file):>10}  " + "  ".join(
                f"{statistics.median(times[row, name]):>8.2f} ms {memory[row, name]:>4.0f} M"
                for row in rows("", "", "")
            ))
        small, large = (statistics.median(times["checked", str(size)]) for size in SIZES[-2:])
        print(f"{SIZES[-1] // SIZES[-2]} times the options ({SIZES[-2]} to {SIZES[-1]}): {large / small:.1f} times the time")
    return 0


if __name__ == "__main__":
    sys.exit(main())
