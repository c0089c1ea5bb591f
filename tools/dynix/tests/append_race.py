#!/usr/bin/env python3
"""Two hundred appends at once: two hundred entries, numbered without a gap, none lost."""

import concurrent.futures
import pathlib
import sys
import tempfile

from program import PATIENCE, append, entries, names

COUNT = 200


def main():
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "dynamic.nix"
        with concurrent.futures.ThreadPoolExecutor(COUNT) as pool:
            done = list(pool.map(lambda i: append(file, "services.a.b", str(i), "--wait-for-lock", str(PATIENCE)), range(COUNT)))
        for one in done:
            assert one.returncode == 0, one.stderr.decode(errors="replace")
        found = entries(file)
        assert [e["number"] for e in found] == list(range(1, COUNT + 1))
        assert sorted(e["overrides"][0]["value"] for e in found) == list(range(COUNT))
        assert names(folder) == ["dynamic.nix"], names(folder)
    print(f"{COUNT} appends at once: {COUNT} entries, numbered without a gap")
    return 0


if __name__ == "__main__":
    sys.exit(main())
