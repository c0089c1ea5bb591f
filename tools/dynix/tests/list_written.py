#!/usr/bin/env python3
"""`dynix modules needed --write`: the file is the list that it was, or the new one, whatever happens and whoever writes.

What Nix would answer is given, so that a run takes milliseconds and can be killed at each of its system calls.
"""

import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from program import DYNIX, check, in_mount, names, skip, without_reader

CALL = re.compile(r"^(\w+)\(")
NIX = """#!/bin/sh
case "$*" in
*'"ask":"watch"'*)
  echo 'trace: dynix {"reader":"","option":["x"]}' >&2
  echo 'trace: dynix {"option":["x"],"declaredBy":["a.nix"],"definedBy":["b.nix"]}' >&2
  echo '{"list":["a.nix","b.nix","c.nix"],"result":"'$RESULT'","itself":"'$RESULT'"}' ;;
*'"ask":"key"'*) echo '{"key":"K","because":"","folder":"/c","list":"/c/a.module-list.nix"}' ;;
*) echo '"'$RESULT'"' ;;
esac
[ -z "$TOUCHED" ] || touch "$TOUCHED"
"""
LIST = "here.module-list.nix"


def lay(folder):
    (folder / "bin").mkdir(parents=True)
    nix = folder / "bin" / "nix-instantiate"
    nix.write_text(NIX)
    nix.chmod(0o755)
    (folder / "to").mkdir()
    (folder / "system.json").write_text(json.dumps({
        "version": 1, "dynamicFile": "/etc/nixos/dynamic.nix", "units": {}, "services": {},
        "source": {"kind": "file", "file": str(folder / "system.nix"), "attribute": []},
    }))


def command(folder, file):
    return [DYNIX, "modules", "needed", "--write", str(file), "--system", str(folder / "system.json")]


def variables(folder, result, **more):
    return {**os.environ, "PATH": f"{folder}/bin:{os.environ['PATH']}", "RESULT": result, **more}


def write(folder, file, result, program=(), **more):
    return subprocess.run(
        [*program, *command(folder, file)], capture_output=True, timeout=600, check=False, env=variables(folder, result, **more),
    )


def unread(folder):
    """The list is written, so it is no failure that nobody reads the names."""
    file = folder / "to" / LIST
    done = without_reader(command(folder, file), env=variables(folder, "new"))
    assert done.returncode == 0 and b"but all is done" in done.stderr, done
    assert file.exists()
    print("ok   nobody reads the names")


def written(folder, result):
    """What a run writes that nothing disturbs."""
    done = write(folder, folder / "to" / LIST, result)
    assert done.returncode == 0, done.stderr
    text = (folder / "to" / LIST).read_bytes()
    assert f'result = "{result}";'.encode() in text and text.endswith(b"}\n"), text
    return text


def killed(folder):
    file = folder / "to" / LIST
    old, new = written(folder, "old"), written(folder, "new")
    file.write_bytes(old)
    trace = folder / "trace"
    done = write(folder, file, "new", ("strace", "-o", str(trace)))
    if done.returncode != 0:
        skip(f"strace cannot run here: {done.stderr.decode(errors='replace').strip()}")
    calls = collections.Counter(found[1] for line in trace.read_text().splitlines() if (found := CALL.match(line)))
    before = after = 0
    # What does not change a file cannot harm one; that each change is whole is what these show.
    for call in ("openat", "write", "fchmod", "fchown", "fsetxattr", "fsync", "rename", "renameat", "renameat2", "flock", "close"):
        for when in range(1, calls[call] + 1):
            file.write_bytes(old)
            done = write(folder, file, "new", ("strace", "-o", "/dev/null", "-e", f"inject={call}:signal=KILL:when={when}"))
            found = file.read_bytes()
            assert found in (old, new), (call, when, found)
            before += done.returncode != 0 and found == old
            after += done.returncode != 0 and found == new
            assert write(folder, file, "new").returncode == 0 and file.read_bytes() == new, (call, when)
            assert names(folder / "to") == [LIST], (call, when, names(folder / "to"))
    print(f"ok   killed {before} times before the list stood and {after} times after")
    assert before > 20 and after > 0


def at_once(folder):
    file = folder / "to" / LIST
    texts = [written(folder, f"r{number}") for number in range(6)]
    for _ in range(10):
        running = [
            subprocess.Popen(command(folder, file), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=variables(folder, f"r{number}"))
            for number in range(len(texts))
        ]
        while any(one.poll() is None for one in running):
            assert file.read_bytes() in texts
        for one in running:
            assert one.communicate()[1] is not None and one.returncode == 0, one.returncode
        assert file.read_bytes() in texts and names(folder / "to") == [LIST]
    print("ok   six writers at once")


def refused(folder):
    """Before Nix is asked, which takes minutes: it leaves a file where it was."""
    asked = folder / "asked"
    (folder / "to" / "a.module-list.nix").mkdir()
    (folder / "file").write_text("")
    for place, why in (
        ("gone/a.module-list.nix", "gone"),
        ("file/a.module-list.nix", "file"),
        ("to/a.module-list.nix", "to/a.module-list.nix' is not a regular file"),
    ):
        check(write(folder, folder / place, "new", TOUCHED=str(asked)), 1, why)
        assert not asked.exists(), place
    script = (
        f'PATH="{folder}/bin:$PATH" RESULT=new TOUCHED="{asked}" "$2" modules needed --write "$1/a.module-list.nix"'
        f' --system "{folder}/system.json"'
    )
    done = in_mount(folder, "ro", script)
    if done.returncode == 99:
        print("not tested, without mounts: a folder that nobody can write to")
    else:
        check(done, 1, "Read-only file system")
        assert not asked.exists()
    assert write(folder, folder / "to" / LIST, "new", TOUCHED=str(asked)).returncode == 0 and asked.exists()
    print("ok   a file that cannot be written")


def main():
    if not shutil.which("strace"):
        skip("strace is not installed")
    for test in (refused, unread, at_once, killed):
        with tempfile.TemporaryDirectory() as top:
            folder = pathlib.Path(top).resolve() / "list"
            lay(folder)
            test(folder)


if __name__ == "__main__":
    sys.exit(main())
