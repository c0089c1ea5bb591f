#!/usr/bin/env python3
"""Kills `dynix append` and `dynix undo` at every system call, and fails every call that writes.

Promise: the dynamic file is the old one, byte for byte, or the new one; the same change can be made
again and leaves no more than it would have, and the next append works.
"""

import collections
import json
import pathlib
import re
import shutil
import sys
import tempfile

from program import DYNIX, append, dynix, entries, names, skip

CALL = re.compile(r"^(?:\d+ +)?(\w+)\(")
TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
# What can go wrong with each call that changes something, and must leave the file as it was.
FAILURES = {
    "openat": ("EACCES", "EROFS", "ENOSPC", "EMFILE"),
    "write": ("ENOSPC", "EIO", "EDQUOT"),
    "fsync": ("EIO", "ENOSPC"),
    "fchmod": ("EPERM",),
    "mkdir": ("EACCES", "ENOSPC"),
    "link": ("EPERM", "ENOSPC", "EMLINK"),
    "rename": ("EACCES", "EROFS", "ENOSPC"),
}


class Change:
    """One command that changes the dynamic file, and the file it is tried on."""

    def __init__(self, name, words, earlier=()):
        self.name, self.words, self.earlier = name, words, earlier
        # What was left by some kill or failure, and gone on from.
        self.gone_on_from = set()

    def begin(self, folder):
        """Makes the dynamic file with a history that each run gets a copy of."""
        self.first = folder / self.name
        self.first.mkdir()
        for words in (["append", "services.a.b", "1"], ["append", "services.a.b", "2"], *self.earlier):
            done = dynix(*words, "--file", str(self.first / "dynamic.nix"))
            assert done.returncode == 0, done.stderr

    def prepare(self, folder):
        """A dynamic file with a history, and its bytes."""
        shutil.copytree(self.first, folder, dirs_exist_ok=True)
        file = folder / "dynamic.nix"
        return file, file.read_bytes()

    def run(self, file, program=()):
        return dynix(*self.words, "--file", str(file), program=program)


CHANGES = (
    Change("append", ["append", "services.a.b", "3"]),
    Change("undo", ["undo", "1"]),
    Change("return", ["undo", "--to-generation", "1"], earlier=[["undo", "--last"]]),
)


def seen(file):
    """What the file says, but for the times."""
    return [{k: v for k, v in entry.items() if k != "time"} for entry in entries(file)]


def generations(file):
    done = dynix("generations", "--json", "--file", str(file))
    assert done.returncode == 0, done.stderr
    listed = json.loads(done.stdout)["generations"]
    assert not any("error" in one for one in listed), listed
    return [one["generation"] for one in listed]


def in_fresh_folder(test, *words):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="dynix-killed-"))
    try:
        return test(folder, *words)
    finally:
        shutil.rmtree(folder)


def one_run(folder, change):
    """How often the change makes each system call, in this order of first use, and what it leaves."""
    file, _ = change.prepare(folder)
    trace = folder / "trace"
    done = change.run(file, ("strace", "-f", "-o", str(trace)))
    if done.returncode != 0:
        skip(f"strace cannot run here: {done.stderr.decode(errors='replace').strip()}")
    counted = collections.Counter()
    for line in trace.read_text().splitlines():
        if found := CALL.match(line):
            counted[found[1]] += 1
    return counted, seen(file), generations(file)


def inject(call, what, when):
    return ("strace", "-f", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:{what}:when={when}")


def left_in(folder):
    """All that a later command can see of an earlier one, but for the times of entries."""
    return tuple(
        (str(path.relative_to(folder)), path.lstat().st_mode, None if path.is_dir() else TIME.sub(b"", path.read_bytes()))
        for path in sorted(folder.rglob("*"))
    )


def goes_on(change, file, changed, expected):
    """The change made again where it was not made, and an append behind it: once from whatever was left."""
    state = left_in(file.parent)
    if state in change.gone_on_from:
        return
    change.gone_on_from.add(state)
    _, after, kept = expected
    if not changed:
        done = change.run(file)
        assert done.returncode == 0, f"once more: {done.stderr.decode(errors='replace')}"
    assert seen(file) == after, f"{seen(file)} instead of {after}"
    assert generations(file) == kept, f"generations {generations(file)} instead of {kept}"
    done = append(file, "services.a.b", "4")
    assert done.returncode == 0, f"the next append: {done.stderr.decode(errors='replace')}"
    last = entries(file)[-1]
    assert last["overrides"][0]["value"] == 4 and last["number"] == after[-1]["number"] + 1, last
    left = [name for name in names(file.parent) if name not in ("dynamic.nix", "dynamic.nix.generations")]
    assert not left, left


def kill_at(folder, change, call, when, expected):
    file, old = change.prepare(folder)
    done = change.run(file, inject(call, "signal=KILL", when))
    changed = file.read_bytes() != old
    goes_on(change, file, changed, expected)
    # The trace's own exit shows that the kill came; a call number past the end would test nothing.
    return done.returncode != 0, changed


def fail_at(folder, change, call, when, errno, expected):
    file, old = change.prepare(folder)
    done = change.run(file, inject(call, f"error={errno}", when))
    changed = file.read_bytes() != old
    if done.returncode == 0:
        assert changed, "success was reported, but nothing was written"
    else:
        assert done.stderr, "failed without a word"
        # Behind the rename only two things can fail, and both are named: the folder's fsync, and the
        # report of what was done. The new file stands then.
        told = done.stderr.decode()
        named = "make durable the folder" in told or "cannot write to standard output" in told
        assert named or not changed, f"the file changed, and all that was said is: {told}"
    # What was made to fail may be the look at the older generations, which only serves to keep
    # none twice.
    goes_on(change, file, changed, expected)
    return done.returncode


def try_all(change):
    expected = in_fresh_folder(one_run, change)
    calls = expected[0]
    killed = made = failed = tried = 0
    for call, count in calls.items():
        if call in ("execve", "exit_group"):
            continue
        for when in range(1, count + 1):
            was_killed, changed = in_fresh_folder(kill_at, change, call, when, expected)
            killed += was_killed
            made += changed
    for call, failures in FAILURES.items():
        for when in range(1, calls[call] + 1):
            for errno in failures:
                tried += 1
                failed += in_fresh_folder(fail_at, change, call, when, errno, expected) != 0
    total = sum(calls.values())
    print(f"{change.name}: {total} calls of {DYNIX}, killed {killed} times, {made} of them after the new file stood")
    print(f"{change.name}: {tried} calls made to fail: {failed} were reported, the others did no harm")
    print(f"{change.name}: {len(change.gone_on_from)} different things were left")
    # Were the kill not to come, or never before or after the rename, this test would prove nothing.
    assert killed >= total - 5 and 0 < made < killed and failed > 0
    assert change.name == "append" or calls["link"] + calls["linkat"] == 1, calls


def main():
    if not shutil.which("strace"):
        skip("strace is not installed")
    with tempfile.TemporaryDirectory(prefix="dynix-changes-") as folder:
        for change in CHANGES:
            change.begin(pathlib.Path(folder))
            try_all(change)
    return 0


if __name__ == "__main__":
    sys.exit(main())
