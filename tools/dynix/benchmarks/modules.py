#!/usr/bin/env python3
"""The table of RFC 22: one unit, one machine and a network, each with all modules and with fewer.

For the nixpkgs of DYNIX_NIXPKGS (and a newer lib/ of DYNIX_NIXPKGS_LIB):

    meson compile -C build && DYNIX_NIXPKGS=/path/to/nixpkgs meson test -C build --benchmark modules -v

All machines of a row are kept until the last is evaluated, and all answers of a row are compared, so that no figure is
of another system. Time is processor time, the median of DYNIX_RUNS runs (1) that take turns; allocated bytes and thunks do
not depend on what else the computer does. DYNIX_MACHINES: how many machines the network has (50, which takes 10 GB
with all modules). DYNIX_PLOT: a file for the picture, as SVG.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

PROJECT = pathlib.Path(__file__).resolve().parents[3]
NETWORK = PROJECT / "nixmodules" / "tests" / "network"
# By name, whether with a list of modules, one nixpkgs for all machines, and slices.
MODES = {
    "all modules": (False, False, False),
    "minimal list": (True, False, False),
    "  and shared nixpkgs": (True, True, False),
    "  and slices": (True, True, True),
}
COLOURS = {"all modules": "#888", "minimal list": "#9cbcdb", "  and shared nixpkgs": "#5d93c4", "  and slices": "#1f5f99"}


def lists(folder, words):
    """What `dynix modules needed` finds for each kind of machine."""
    out = []
    for kind in range(4):
        (folder / "system.nix").write_text(
            "let nixpkgs = builtins.getEnv \"DYNIX_NIXPKGS\"; newer = builtins.getEnv \"DYNIX_NIXPKGS_LIB\";\n"
            f"  lib = import {PROJECT}/vmtests/nixpkgs/lib.nix {{ inherit nixpkgs;"
            " nixpkgsLib = if newer == \"\" then null else newer; };\n"
            f"  network = import {NETWORK}/kinds.nix;\n"
            "in import (nixpkgs + \"/nixos/lib/eval-config.nix\") { inherit lib; modules = [\n"
            f"  network.common (builtins.elemAt network.kinds {kind})\n"
            "  { systemd.services.own.serviceConfig.ExecStart = \"/bin/m\"; }\n"
            "]; } // { inherit lib; }\n"
        )
        (folder / "system.json").write_text(json.dumps({
            "version": 1, "dynamicFile": "/etc/nixos/dynamic.nix", "units": {}, "services": {},
            "source": {"kind": "file", "file": str(folder / "system.nix"), "attribute": []},
        }))
        done = subprocess.run(
            [os.environ["DYNIX"], "modules", "needed", "--json", "--system", str(folder / "system.json"), *words],
            capture_output=True, text=True, check=False, env={**os.environ, "DYNIX_MINIMAL": str(PROJECT / "nixmodules/minimal")},
        )
        if done.returncode != 0:
            sys.exit(done.stderr)
        out.append(json.loads(done.stdout)["modules"])
    return out


def measure(folder, count, what, found, shared, slices):
    """One evaluation in a process of its own: its answer and its figures."""
    counters = folder / "statistics.json"
    words = ["--arg", "count", str(count), "--argstr", "what", what]
    for name, value in (("shared", shared), ("slices", slices)):
        words += ["--arg", name, "true" if value else "false"]
    if found:
        words += ["--argstr", "lists", json.dumps(found)]
    with open(folder / "answer", "w+b") as answer, open(folder / "errors", "w+b") as errors:
        child = subprocess.Popen(
            ["nix-instantiate", "--eval", "--strict", "--readonly-mode", str(NETWORK), *words], stdout=answer, stderr=errors,
            env={**os.environ, "NIX_SHOW_STATS": "1", "NIX_SHOW_STATS_PATH": str(counters)},
        )
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        answer.seek(0)
        errors.seek(0)
        text = answer.read().decode()
        if child.returncode != 0:
            sys.exit(f"{count} {what}: Nix ended with {child.returncode}\n{errors.read().decode()[-2000:]}")
    counted = json.loads(counters.read_text())
    return text, {
        "s": usage.ru_utime + usage.ru_stime, "MiB": usage.ru_maxrss / 1024,
        "MB": counted["gc"]["totalBytes"] / 1e6, "thunks": counted["nrThunks"],
    }


def measured_row(folder, count, what, found, runs):
    """The figures of each mode: medians, of answers that are one."""
    answers, taken = set(), {mode: [] for mode in MODES}
    for _ in range(runs):
        for mode, (is_minimal, shared, slices) in MODES.items():
            text, figure = measure(folder, count, what, found if is_minimal else None, shared, slices)
            answers.add(text)
            taken[mode].append(figure)
    if len(answers) != 1:
        sys.exit(f"{count} {what}: the answers differ")
    return {mode: {key: statistics.median(one[key] for one in all) for key in all[0]} for mode, all in taken.items()}


def plot(rows):
    """Bars of memory and time, each row by its largest."""
    lines = []
    for number, (name, figures) in enumerate(rows):
        top = 24 + number * 122
        lines.append(f'<text x="8" y="{top}" font-weight="bold">{name}</text>')
        for column, (left, key, unit) in enumerate(((160, "s", "s"), (450, "MiB", "MiB"))):
            most = max(figure[key] for figure in figures.values())
            for place, (mode, figure) in enumerate(figures.items()):
                y = top + 8 + place * 22
                width = max(1, 180 * figure[key] / most)
                said = f"{figure[key]:.2f}" if figure[key] < 10 else f"{figure[key]:.0f}"
                if column == 0:
                    lines.append(f'<text x="{8 + 12 * mode.startswith(" ")}" y="{y + 14}">{mode.strip()}</text>')
                lines.append(f'<rect x="{left}" y="{y}" width="{width:.1f}" height="18" fill="{COLOURS[mode]}"/>')
                lines.append(f'<text x="{left + 5 + width:.1f}" y="{y + 14}">{said} {unit}</text>')
    height = 12 + len(rows) * 122
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="720" height="{height}" font-family="sans-serif" font-size="13">\n'
        f'<rect width="720" height="{height}" fill="white"/>\n' + "\n".join(lines) + "\n</svg>\n"
    )


def main():
    if not os.environ.get("DYNIX_NIXPKGS"):
        print("set DYNIX_NIXPKGS to a nixpkgs: there is nothing to measure without one")
        return 0
    machines = int(os.environ.get("DYNIX_MACHINES", "50"))
    runs = int(os.environ.get("DYNIX_RUNS", "1"))
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        of_unit = lists(folder, ["--unit", "own.service"])
        of_system = lists(folder, [])
        print("modules needed: " + ", ".join(f"{len(a)} of a unit, {len(b)} of its system" for a, b in zip(of_unit, of_system)))
        print(f"{'':22} {'':20} {'time':>9} {'peak RSS':>10} {'allocated':>11} {'thunks':>12}")
        for count, what, found in (
            (1, "unit", of_unit), (1, "toplevel", of_system),
            (machines, "unit", of_unit), (machines, "toplevel", of_system),
        ):
            row = f"{count} {'unit' if what == 'unit' else 'whole system'}{'s' if count > 1 else ''}"
            figures = measured_row(folder, count, what, found, runs)
            for mode, figure in figures.items():
                print(
                    f"{row:22} {mode:20} {figure['s']:7.2f} s {figure['MiB']:6.0f} MiB {figure['MB']:8.0f} MB"
                    f" {figure['thunks']:12,.0f}", flush=True,
                )
            first, last = list(figures.values())[0], list(figures.values())[-1]
            print(f"{row:22} {'':20} " + "  ".join(f"{first[key] / last[key]:9.1f} x" for key in first))
            rows.append((row, figures))
    if os.environ.get("DYNIX_PLOT"):
        pathlib.Path(os.environ["DYNIX_PLOT"]).write_text(plot(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
