#!/usr/bin/env python3
"""How long `dynix append` takes as a whole process, fsync included, and how it grows with the file.

Medians of many runs, taken in turns so that a busy moment hits all columns alike. The peers run in the
same turns on the same bytes: write, fsync, rename and fsync of the folder inside this Python process
(what the disk alone asks for), cp, sync and mv from a shell (the least that a safe replacement costs
there), and `nix-instantiate --parse` (what reading the file costs Nix).
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
    """Wall milliseconds, milliseconds of the processor, and peak memory in MiB of one run.

    The kernel counts the memory of this Python process, until the program is loaded, as its peak too.
    """
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(child.pid, 0)
    took = (time.perf_counter() - began) * 1000
    if status != 0:
        sys.exit(f"{command}: {child.stderr.read().decode()}")
    child.stderr.close()
    return took, (usage.ru_utime + usage.ru_stime) * 1000, usage.ru_maxrss / 1024


def replaced(file, text):
    """Wall milliseconds of a durable replacement of the file, without a process of its own."""
    began = time.perf_counter()
    new = f"{file}.new"
    with open(new, "wb", buffering=0) as out:
        out.write(text)
        os.fsync(out.fileno())
    os.rename(new, file)
    folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(folder)
    os.close(folder)
    return (time.perf_counter() - began) * 1000


def one_turn(file, texts, record):
    for size, text in texts.items():
        commands = {
            "append": [DYNIX, "append", "--file", str(file), "services.a.b", "4"],
            "shell": ["sh", "-c", 'cp "$1" "$1.new"; sync "$1.new"; mv "$1.new" "$1"', "sh", str(file)],
        }
        if shutil.which("nix-instantiate"):
            commands["nix"] = ["nix-instantiate", "--parse", str(file)]
        for name, command in commands.items():
            file.write_bytes(text)
            record(name, size, *run(command))
        record("disk", size, replaced(file, text))
    record("true", 0, *run(["true"]))


def main():
    times, processor, memory = {}, {}, {}

    def record(name, size, took, used=0, peak=0):
        times.setdefault((name, size), []).append(took)
        processor.setdefault((name, size), []).append(used)
        memory[name, size] = max(memory.get((name, size), 0), peak)

    with tempfile.TemporaryDirectory(dir=os.environ.get("DYNIX_BENCH_FOLDER")) as folder:
        file = pathlib.Path(folder) / "dynamic.nix"
        texts = {size: file_with(size).encode() for size in SIZES}
        for _ in range(TURNS):
            one_turn(file, texts, record)
    median = {key: statistics.median(values) for key, values in times.items()}

    def ratio(name, size):
        return f"{median['append', size] / median[name, size]:.2f}" if (name, size) in median else "-"

    print(f"load {os.getloadavg()[0]:.1f}, medians of {TURNS} turns; an empty process: {median['true', 0]:.1f} ms")
    print(f"{'':>17}  {'dynix append':^46}  {'dynix append /':^26}")
    print(
        f"{'entries':>8} {'bytes':>8}  {'median':>9} {'fastest':>9} {'processor':>9} {'peak':>9} {'growth':>6}"
        f"  {'disk':>6} {'cp,sync,mv':>10} {'nix':>6}"
    )
    for before, size in zip((None, *SIZES), SIZES):
        growth = f"{median['append', size] / median['append', before]:.2f}" if before is not None else "-"
        print(
            f"{size:>8} {len(texts[size]):>8}  {median['append', size]:>6.2f} ms {min(times['append', size]):>6.2f} ms"
            f" {statistics.median(processor['append', size]):>6.2f} ms"
            f" {memory['append', size]:>5.1f} MiB {growth:>6}"
            f"  {ratio('disk', size):>6} {ratio('shell', size):>10} {ratio('nix', size):>6}"
        )
    print(
        "growth is the median over that of the row above; from 10 to 100 to 10000 entries:"
        f" {median['append', 100] / median['append', 10]:.2f}, {median['append', 10_000] / median['append', 100]:.2f}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
