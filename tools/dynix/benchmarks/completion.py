#!/usr/bin/env python3
"""How long a press of the Tab key takes: `dynix complete` as a whole process, on schemas of 10,000 options.

Medians of many runs in turns, of the time on the clock and of the time on a processor, which a busy machine
changes less. Peers in the same turns: an empty process, and Python's JSON reader on the same schema, inside
this process. Every option may change in the one schema, and one in a hundred in the other, as on a real system.
"""

import json
import os
import pathlib
import statistics
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests"))

from append import DYNIX, run  # noqa: E402
from synthetic_schema import schema  # noqa: E402

OPTIONS = 10_000
TURNS = 31
LINES = {
    "a command": "dynix ap",
    "a first name": "dynix append --schema {} s",
    "a service": "dynix append --schema {} services.service4",
    "an option": "dynix append --schema {} services.service4.l",
    "its value": "dynix append --schema {} services.service4.level ",
    "inside an option": "dynix append --schema {} services.service4.hosts.x.po",
    "no such name": "dynix append --schema {} services.nowhere.x",
}


def sparse(text):
    """The schema with the options of one service in a hundred; of the others only the names are left."""
    whole = json.loads(text)
    for number, service in enumerate(whole["options"]["services"]["below"].values()):
        if number % 100 != 4:
            service["below"] = dict.fromkeys(service["below"])
    return json.dumps(whole)


def read_by_python(file):
    began, used = time.perf_counter(), time.process_time()
    json.loads(file.read_text())
    return (time.perf_counter() - began) * 1000, (time.process_time() - used) * 1000


def main():
    times = {}
    with tempfile.TemporaryDirectory() as folder:
        texts = {"all": schema(OPTIONS)}
        texts["one in a hundred"] = sparse(texts["all"])
        files = {}
        for name, text in texts.items():
            files[name] = pathlib.Path(folder) / f"{len(files)}.json"
            files[name].write_text(text)
        for _ in range(TURNS):
            for name, file in files.items():
                for what, line in LINES.items():
                    times.setdefault((name, what), []).append(run([DYNIX, "complete", "--", line.format(file)])[:2])
                times.setdefault((name, "an empty process"), []).append(run(["true"])[:2])
                times.setdefault((name, "json.loads"), []).append(read_by_python(file))
    print(f"load {os.getloadavg()[0]:.1f}, {TURNS} turns, {OPTIONS} options; medians in ms")
    for name, text in texts.items():
        print(f"{name} may change: {len(text) / 1e6:.1f} MB")
        peer = statistics.median(used for _, used in times[name, "json.loads"])
        for what in [*LINES, "an empty process", "json.loads"]:
            took, used = (statistics.median(one) for one in zip(*times[name, what]))
            print(f"  {what:<16} {took:>7.2f}, on a processor {used:>6.2f}, {used / peer:>5.2f} of json.loads")
    return 0


if __name__ == "__main__":
    sys.exit(main())
