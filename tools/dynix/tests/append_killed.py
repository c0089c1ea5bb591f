#!/usr/bin/env python3
"""Kills `dynix append` at every system call, and fails every call that writes.

Promise: the dynamic file is the old one or the new one, byte for byte, and the next append works.
"""

import collections
import pathlib
import re
import shutil
import sys
import tempfile

from program import DYNIX, append, entries, names, skip

CALL = re.compile(r"^(?:\d+ +)?(\w+)\(")
# What can go wrong with each call that changes something, and must leave the file as it was.
FAILURES = {
    "openat": ("EACCES", "EROFS", "ENOSPC", "EMFILE"),
    "write": ("ENOSPC", "EIO", "EDQUOT"),
    "fsync": ("EIO", "ENOSPC"),
    "fchmod": ("EPERM",),
    "rename": ("EACCES", "EROFS", "ENOSPC"),
}


def prepared(folder):
    """A dynamic file with two entries, and its bytes."""
    file = folder / "dynamic.nix"
    for word in ("1", "2"):
        done = append(file, "services.a.b", word)
        assert done.returncode == 0, done.stderr
    return file, file.read_bytes()


def calls_of_one_append(folder):
    """How often one append makes each system call, in this order of first use."""
    file, _ = prepared(folder)
    trace = folder / "trace"
    done = append(file, "services.a.b", "3", program=("strace", "-f", "-o", str(trace)))
    if done.returncode != 0:
        skip(f"strace cannot run here: {done.stderr.decode(errors='replace').strip()}")
    counted = collections.Counter()
    for line in trace.read_text().splitlines():
        if found := CALL.match(line):
            counted[found[1]] += 1
    return counted


def in_fresh_folder(test, *words):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="dynix-killed-"))
    try:
        return test(folder, *words)
    finally:
        shutil.rmtree(folder)


def kill_at(folder, call, when):
    file, old = prepared(folder)
    done = append(
        file, "services.a.b", "3",
        program=("strace", "-f", "-o", "/dev/null", "-e", f"inject={call}:signal=KILL:when={when}"),
    )
    now = file.read_bytes()
    grown = now != old
    after = append(file, "services.a.b", "4")
    assert after.returncode == 0, f"the next append: {after.stderr.decode(errors='replace')}"
    expected = ["1", "2", "3", "4"] if grown else ["1", "2", "4"]
    values = [e["overrides"][0]["expression"] for e in entries(file)]
    assert values == expected, values
    numbers = [e["number"] for e in entries(file)]
    assert numbers == list(range(1, len(expected) + 1)), numbers
    assert names(folder) == ["dynamic.nix"], names(folder)
    # The trace's own exit shows that the kill came; a call number past the end would test nothing.
    return done.returncode != 0, grown


def fail_at(folder, call, when, errno):
    file, old = prepared(folder)
    done = append(
        file, "services.a.b", "3",
        program=("strace", "-f", "-o", "/dev/null", "-e", f"inject={call}:error={errno}:when={when}"),
    )
    now = file.read_bytes()
    if done.returncode == 0:
        assert now != old, "success was reported, but nothing was written"
    else:
        assert done.stderr, "failed without a word"
        # Behind the rename only two things can fail, and both are named: the folder's fsync, and the
        # report of what was done. The new file stands then.
        told = done.stderr.decode()
        named = "make durable the folder" in told or "cannot write to standard output" in told
        assert now == old or named, f"the file changed, and all that was said is: {told}"
    assert names(folder) == ["dynamic.nix"], names(folder)
    after = append(file, "services.a.b", "4")
    assert after.returncode == 0, after.stderr
    return done.returncode


def main():
    if not shutil.which("strace"):
        skip("strace is not installed")
    calls = in_fresh_folder(calls_of_one_append)
    killed = grown = 0
    total = sum(calls.values())
    for call, count in calls.items():
        if call in ("execve", "exit_group"):
            continue
        for when in range(1, count + 1):
            was_killed, has_grown = in_fresh_folder(kill_at, call, when)
            killed += was_killed
            grown += has_grown
    failed = 0
    tried = 0
    for call, failures in FAILURES.items():
        for when in range(1, calls[call] + 1):
            for errno in failures:
                tried += 1
                failed += in_fresh_folder(fail_at, call, when, errno) != 0
    print(f"{total} calls of {DYNIX}: killed {killed} times, {grown} of them after the new file stood")
    print(f"{tried} calls made to fail: {failed} appends reported it, the others went on without")
    # Were the kill not to come, or never before or after the rename, this test would prove nothing.
    assert killed >= total - 5 and 0 < grown < killed and failed > 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
