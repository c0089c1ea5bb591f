#!/usr/bin/env python3
"""How long `dynix append` takes as a whole process, fsync included, and how it grows with the file.

Medians of many runs, taken in turns so that a busy moment hits all rows alike. Two peers run in the
same turns: copying the file with sync(1) and mv(1), which is the least that a safe replacement costs
from a shell, and `nix-instantiate --parse`, which is what reading the file costs Nix.
"""

import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

DYNIX = os.environ.get("DYNIX", "dynix")
SIZES = (0, 10, 100, 1000, 10_000)
TURNS = 31


def file_with(entries):
    lines = [
        "# Written by dynix. Later entries win over earlier ones and over the static configuration.",
        "{ lib, ... }:", "{", "  config = lib.mkMerge [",
    ]
    for i in range(1, entries + 1):
        lines.append(f"    # {i} 2026-11-23T01:33:00Z root: message")
        lines.append(f"    {{ services.example{i % 500}.maxJobs = lib.mkOverride (-{i}) {i}; }}")
    return "\n".join([*lines, "  ];", "}", ""])


def run(command):
    """Wall milliseconds and peak memory in MiB of one run."""
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(child.pid, 0)
    took = (time.perf_counter() - began) * 1000
    if status != 0:
        sys.exit(f"{command}: {child.stderr.read().decode()}")
    child.stderr.close()
    return took, usage.ru_maxrss / 1024


def main():
    has_nix = shutil.which("nix-instantiate")
    times, memory = {}, {}
    with tempfile.TemporaryDirectory(dir=os.environ.get("DYNIX_BENCH_FOLDER")) as folder:
        file = pathlib.Path(folder) / "dynamic.nix"
        texts = {size: file_with(size) for size in SIZES}
        for _ in range(TURNS):
            for size in SIZES:
                rows = {
                    "dynix append": [DYNIX, "append", "--file", str(file), "services.a.b", "4"],
                    "cp, sync, mv": ["sh", "-c", 'cp "$1" "$1.new"; sync "$1.new"; mv "$1.new" "$1"', "sh", str(file)],
                }
                if has_nix:
                    rows["nix parses it"] = ["nix-instantiate", "--parse", str(file)]
                for name, command in rows.items():
                    file.write_text(texts[size])
                    took, peak = run(command)
                    times.setdefault((name, size), []).append(took)
                    memory[name, size] = max(memory.get((name, size), 0), peak)
            took, _ = run(["true"])
            times.setdefault(("true", 0), []).append(took)
    print(f"load {os.getloadavg()[0]:.1f}, {TURNS} turns; an empty process: {statistics.median(times['true', 0]):.1f} ms")
    print(f"{'entries':>8} {'bytes':>9}  {'dynix append':>22}  {'/ cp, sync, mv':>14}  {'/ nix parses it':>15}  peak MiB")
    for size in SIZES:
        mine = times["dynix append", size]
        median = statistics.median(mine)
        ratio = [
            f"{median / statistics.median(times[name, size]):.2f}" if (name, size) in times else "-"
            for name in ("cp, sync, mv", "nix parses it")
        ]
        print(
            f"{size:>8} {len(texts[size]):>9}  {median:>7.2f} ms (min {min(mine):5.2f})"
            f"  {ratio[0]:>14}  {ratio[1]:>15}  {memory['dynix append', size]:.1f}"
        )
    small, large = (statistics.median(times["dynix append", s]) for s in (SIZES[-2], SIZES[-1]))
    print(f"ten times the entries ({SIZES[-2]} to {SIZES[-1]}): {large / small:.1f} times the time")
    return 0


if __name__ == "__main__":
    sys.exit(main())
