#!/usr/bin/env python3
"""What `runtime-module complete` tells the shells (`program`), and that bash, zsh and fish ask it (by their names)."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from system import RUNTIME_MODULE, make, module, record, run

COMPLETION = pathlib.Path(__file__).resolve().parent.parent / "completion"
SKIPPED = 77
MODULES = [module("graphics", "Drivers\nand\tmore"), module("gaming", "Steam"), module("kiosk")]

# The words behind the program, the last of them being typed, and what can stand there.
WORDS = {
    ("",): ["list", "status", "enable", "disable", "reset", "rebuild", "diff"],
    ("r",): ["reset", "rebuild"],
    ("--d",): ["--dry-run"],
    ("list", "--s"): ["--size"],
    ("enable", "--j"): ["--json"],
    ("enable", ""): ["gaming", "kiosk"],
    ("--json", "enable", "k"): ["kiosk"],
    ("enable", "kiosk", ""): ["gaming"],
    ("disable", ""): ["graphics"],
    ("status", "g"): ["graphics", "gaming"],
    ("diff", "g"): ["gaming"],
    ("reset", ""): [],
    ("nothing", "x"): [],
    ("enable", "x y'"): [],
    # Each option once, and nothing where its value stands, which is no command.
    ("enable", "--h"): ["--help"],
    ("--wait-for-lock", ""): [],
    ("enable", "--wait-for-lock", ""): [],
    ("--wait-for-lock", "status", "disable", "g"): ["graphics"],
    ("--wait-for-lock=5", "disable", "g"): ["graphics"],
}


def in_program(folder):
    root = make(pathlib.Path(folder) / "root", record(MODULES, enabled=["graphics"], base="/b"))
    for words, wanted in WORDS.items():
        done = run(root, "complete", "--", *words)
        assert done.returncode == 0 and done.stderr == b"", done
        lines = done.stdout.decode().splitlines()
        assert [line.split("\t")[0] for line in lines] == wanted, (words, lines)
    about = run(root, "complete", "--", "status", "gr").stdout.decode()
    assert about == "graphics\tDrivers and more\n", about
    assert run(folder, "complete", "--", "status", "").stdout == b""  # no system: nothing to say
    assert run(root, "complete").returncode == 0


# The words of a shell that asks for what can stand behind 'enable', and prints it. Of zsh, what its function hands to
# compadd.
SHELLS = {
    "bash": [
        "bash", "-c",
        f"source {COMPLETION}/runtime-module.bash; COMP_WORDS=(runtime-module enable ''); COMP_CWORD=2;"
        ' _runtime_module; printf "%s\\n" "${COMPREPLY[@]}"',
    ],
    "fish": [
        "fish", "--no-config", "-c",
        f"source {COMPLETION}/runtime-module.fish; complete --do-complete 'runtime-module -j enable '",
    ],
    "zsh": [
        "zsh", "-f", "-c",
        "compadd() { while [[ $1 != -- ]]; do shift; done; shift; print -l -- $@ };"
        f"words=(runtime-module enable ''); CURRENT=3; PREFIX=''; f() {{ source {COMPLETION}/_runtime-module }}; f",
    ],
}


def in_shell(name, folder):
    root = make(pathlib.Path(folder) / "root", record(MODULES, enabled=["graphics"], base="/b"))
    # The program as the scripts call it, by its name.
    programs = pathlib.Path(folder) / "bin"
    programs.mkdir()
    (programs / "runtime-module").write_text(f'#!/bin/sh\nexec {RUNTIME_MODULE} --root {root} "$@"\n')
    (programs / "runtime-module").chmod(0o755)
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
    done = subprocess.run(SHELLS[name], capture_output=True, text=True, env=environment, timeout=600, check=True)
    # fish shows what is said about a word behind a tab.
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == ["gaming", "kiosk"], done


def main():
    what = sys.argv[1]
    if what in SHELLS and not shutil.which(what):
        print(f"SKIP: {what} is not installed")
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        if what == "program":
            in_program(folder)
        else:
            in_shell(what, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
