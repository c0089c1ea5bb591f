#!/usr/bin/env python3
"""The place of each error in testdata/typed-errors.txt is where Nix sees it, unless the line "%" says where Nix does.

Nix counts the end of the text differently from version to version: there it has only to refuse the text.
"""

import concurrent.futures
import pathlib
import re
import shutil
import subprocess
import sys

SKIPPED = 77
NIX = "nix-instantiate"


def rows(table):
    """(remark, text, place, message) of each text."""
    for block in ("\n" + table).split("\n%")[1:]:
        remark, _, rest = block.partition("\n")
        text, _, said = ("\n" + rest).partition("\n--- ")
        place, message = said.split("\n")[:2]
        yield remark.strip(), text[1:], place, message


def place_of_nix(text):
    done = subprocess.run([NIX, "--parse", "-"], input=text.encode(), capture_output=True, check=False)
    if done.returncode == 0:
        return "nowhere"
    said = re.sub(r"\x1b\[[0-9;]*m", "", done.stderr.decode(errors="replace"))
    found = re.search(r"at (?:«stdin»|\(stdin\)|<stdin>|[^\n:]*):(\d+:\d+)", said)
    return found[1] if found else said


def main():
    if shutil.which(NIX) is None:
        print(f"skipped: '{NIX}' cannot be run; install nix-bin")
        return SKIPPED
    table = list(rows(pathlib.Path(sys.argv[1]).read_text()))
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        places = list(pool.map(place_of_nix, (text for _, text, _, _ in table)))
    failed = 0
    for (remark, text, place, message), nix in zip(table, places):
        expected = remark.removeprefix("Nix: ") if remark.startswith("Nix: ") else place
        at_the_end = message.endswith("found the end of the text") and nix != "nowhere"
        if nix != expected and not at_the_end:
            failed += 1
            print(f"{text}\n  expected Nix to say {expected}, found {nix}: {message}")
    print(f"{len(table)} texts, {failed} places differ")
    return 1 if failed or len(table) < 200 else 0


if __name__ == "__main__":
    sys.exit(main())
