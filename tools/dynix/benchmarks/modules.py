#!/usr/bin/env python3
"""The table of RFC 22: one unit, one machine and a network, with all modules and with those that `dynix modules` finds.

With the nixpkgs of DYNIX_NIXPKGS. All answers of a row are compared, so that no figure is of another system. Time is
processor time; allocated bytes and thunks do not depend on what else the machine does. DYNIX_MACHINES: how many
machines the network has (50). DYNIX_PLOT: a file for the picture, as SVG.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

PROJECT = pathlib.Path(__file__).resolve().parents[3]
NETWORK = PROJECT / "nixmodules" / "tests" / "network"
MODES = ["all modules", "all, shared", "minimal", "minimal, shared"]


def lists(folder, words):
    """What `dynix modules needed` finds for each kind of machine."""
    out = []
    for kind in range(4):
        (folder / "system.nix").write_text(
            "let nixpkgs = builtins.getEnv \"DYNIX_NIXPKGS\"; newer = builtins.getEnv \"DYNIX_NIXPKGS_LIB\";\n"
            f"  lib = import {PROJECT}/vmtests/nixpkgs/lib.nix {{ inherit nixpkgs;"
            " nixpkgsLib = if newer == \"\" then null else newer; };\n"
            "in import (nixpkgs + \"/nixos/lib/eval-config.nix\") { inherit lib; modules = [\n"
            f"  (builtins.elemAt (import {NETWORK}/kinds.nix) {kind})\n"
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


def measure(folder, count, what, found, shared):
    """One evaluation in a process of its own: its answer and its figures."""
    statistics = folder / "statistics.json"
    words = ["--arg", "count", str(count), "--argstr", "what", what, "--arg", "shared", "true" if shared else "false"]
    if found:
        words += ["--argstr", "lists", json.dumps(found)]
    with open(folder / "answer", "w+b") as answer:
        child = subprocess.Popen(
            ["nix-instantiate", "--eval", "--strict", "--readonly-mode", str(NETWORK), *words], stdout=answer,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "NIX_SHOW_STATS": "1", "NIX_SHOW_STATS_PATH": str(statistics)},
        )
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        answer.seek(0)
        text = answer.read().decode()
    if child.returncode != 0:
        sys.exit(f"{count} {what}: Nix failed")
    counted = json.loads(statistics.read_text())
    return text, {
        "s": usage.ru_utime + usage.ru_stime, "MiB": usage.ru_maxrss / 1024,
        "MB": counted["gc"]["totalBytes"] / 1e6, "thunks": counted["nrThunks"],
    }


def plot(rows):
    """Bars of processor time, each row by its slowest."""
    lines = []
    for number, (name, figures) in enumerate(rows):
        top = 30 + number * 120
        lines.append(f'<text x="10" y="{top}" font-weight="bold">{name}</text>')
        most = max(figure["s"] for figure in figures)
        for place, (mode, figure) in enumerate(zip(MODES, figures)):
            y = top + 8 + place * 22
            width = 400 * figure["s"] / most
            lines.append(f'<text x="10" y="{y + 14}">{mode}</text>')
            lines.append(f'<rect x="140" y="{y}" width="{width:.1f}" height="18" fill="steelblue"/>')
            lines.append(f'<text x="{145 + width:.1f}" y="{y + 14}">{figure["s"]:.2f} s, {figure["MiB"]:.0f} MiB</text>')
    height = 30 + len(rows) * 120
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="720" height="{height}" font-family="sans-serif" font-size="13">\n'
        + "\n".join(lines) + "\n</svg>\n"
    )


def main():
    if not os.environ.get("DYNIX_NIXPKGS"):
        print("set DYNIX_NIXPKGS to a nixpkgs: there is nothing to measure without one")
        return 0
    machines = int(os.environ.get("DYNIX_MACHINES", "50"))
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        of_unit = lists(folder, ["--unit", "own.service"])
        of_system = lists(folder, [])
        print("modules needed: " + ", ".join(f"{len(a)} of a unit, {len(b)} of its system" for a, b in zip(of_unit, of_system)))
        print(f"{'':22} {'':16} {'time':>9} {'peak RSS':>10} {'allocated':>11} {'thunks':>12}")
        for count, what, found in (
            (1, "unit", of_unit), (1, "toplevel", of_system),
            (machines, "unit", of_unit), (machines, "toplevel", of_system),
        ):
            row = f"{count} x {what}"
            answers, figures = set(), []
            for mode in MODES:
                text, figure = measure(folder, count, what, found if "minimal" in mode else None, "shared" in mode)
                answers.add(text)
                figures.append(figure)
                print(
                    f"{row:22} {mode:16} {figure['s']:7.2f} s {figure['MiB']:6.0f} MiB {figure['MB']:8.0f} MB"
                    f" {figure['thunks']:12,}", flush=True,
                )
            if len(answers) != 1:
                sys.exit(f"{row}: the answers differ")
            first, last = figures[0], figures[-1]
            print(f"{row:22} {'':16} {first['s'] / last['s']:7.1f} x {first['MiB'] / last['MiB']:6.1f} x")
            rows.append((row, figures))
    if os.environ.get("DYNIX_PLOT"):
        pathlib.Path(os.environ["DYNIX_PLOT"]).write_text(plot(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
