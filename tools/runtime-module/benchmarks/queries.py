#!/usr/bin/env python3
"""How long `list` and `status` take with 500 modules, beside a process that does nothing."""

import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests"))
from system import RUNTIME_MODULE, make, module, record  # noqa: E402

ROUNDS = 200


def milliseconds(words):
    """The fastest of the rounds: what others do on the machine only adds."""
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.perf_counter()
        subprocess.run(words, stdout=subprocess.DEVNULL, check=True)
        best = min(best, time.perf_counter() - started)
    return best * 1000


def main():
    with tempfile.TemporaryDirectory() as folder:
        names = [f"module-{number}" for number in range(500)]
        modules = [
            module(name, f"What {name} is for", requires=names[max(0, at - 1):at], path=f"/etc/nixos/{name}.nix")
            for at, name in enumerate(names)
        ]
        root = make(pathlib.Path(folder) / "root", record(modules, enabled=names[:3], base="/nix/store/base"))
        nothing = milliseconds(["/bin/true"])
        print(f"an empty process     {nothing:6.2f} ms")
        for words in (["list"], ["list", "--json"], ["status", *names[:3]], ["complete", "--", "enable", "module-4"]):
            taken = milliseconds([RUNTIME_MODULE, "--root", str(root), *words])
            print(f"{' '.join(words[:2]):20} {taken:6.2f} ms, {taken / nothing:4.1f} times an empty process")


main()
