#!/usr/bin/env python3
"""How long a press of the Tab key takes: `dynix complete` as a whole process, on schemas of 10,000 options.

Medians of many runs in turns. Peers in the same turns: an empty process, and `cat` of the schema, the least
that reading it costs.
"""

import json
import os
import pathlib
import statistics
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests"))

import example_schema  # noqa: E402
from append import DYNIX, run  # noqa: E402

TURNS = 31
LINES = {
    "a command": "dynix ap",
    "first name": "dynix append --schema {} s",
    "a service": "dynix append --schema {} services.service4",
    "an option": "dynix append --schema {} services.service44.option1",
    "its value": "dynix append --schema {} services.service44.option11 ",
    "no such name": "dynix append --schema {} services.nowhere.x",
}


def main():
    times, memory = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for name, dynamic in (("all dynamic", None), ("1,000 dynamic", 1000)):
            files[name] = pathlib.Path(folder) / f"{name}.json".replace(" ", "-")
            files[name].write_text(json.dumps(example_schema.large(10_000, dynamic)))
        for _ in range(TURNS):
            for name, file in files.items():
                rows = {what: [DYNIX, "complete", "--", line.format(file)] for what, line in LINES.items()}
                rows["cat"] = ["cat", str(file)]
                rows["true"] = ["true"]
                for what, command in rows.items():
                    took, peak = run(command)
                    times.setdefault((name, what), []).append(took)
                    memory[name, what] = max(memory.get((name, what), 0), peak)
        print(f"load {os.getloadavg()[0]:.1f}, {TURNS} turns")
        for name, file in files.items():
            print(f"10,000 options, {name}: {file.stat().st_size / 1e6:.1f} MB")
            for what in [*LINES, "cat", "true"]:
                mine = times[name, what]
                print(
                    f"  {what:<14} {statistics.median(mine):>7.2f} ms (min {min(mine):6.2f})"
                    f"  {statistics.median(mine) / statistics.median(times[name, 'cat']):>5.1f} / cat"
                    f"  {memory[name, what]:>5.1f} MiB"
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
