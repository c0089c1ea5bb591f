"""Runs the built dynix for the tests beside this file."""

import os
import pathlib
import subprocess
import sys
import tempfile

SKIPPED = 77
DYNIX = os.environ.get("DYNIX", "dynix")
# In seconds, for a machine that has little time for us.
PATIENCE = 600


def dynix(*words, program=(), **options):
    """Runs dynix with these words (str or bytes); `program` goes before it, such as strace."""
    return subprocess.run(
        [*program, DYNIX, *words], capture_output=True, timeout=PATIENCE, check=False, **options
    )


def without_reader(command, **options):
    """Runs a command whose standard output nobody reads any more."""
    reader, out = os.pipe()
    os.close(reader)
    try:
        return subprocess.run(command, stdout=out, stderr=subprocess.PIPE, timeout=PATIENCE, check=False, **options)
    finally:
        os.close(out)


def append(file, *words, **options):
    return dynix("append", "--file", str(file), *words, **options)


def entries(file):
    """The entries of a dynamic file, as `dynix log --json` reads them."""
    import json

    done = dynix("log", "--json", "--file", str(file))
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return json.loads(done.stdout)["entries"]


def names(folder):
    return sorted(p.name for p in pathlib.Path(folder).iterdir())


def check(done, code, *parts):
    """The exit code, and each of these texts in what went to stderr; stdout stays empty."""
    text = done.stderr.decode(errors="replace")
    assert done.returncode == code, (done.returncode, text)
    for part in parts:
        assert part in text, f"expected {part!r} in:\n{text}"
    assert done.stdout == b"", done.stdout
    return text


def in_mount(folder, options, script):
    """Runs a shell script in a mount namespace of its own, with a tmpfs on FOLDER/fs."""
    (folder / "fs").mkdir(exist_ok=True)
    whole = f'mount -t tmpfs -o {options} none "$1" || exit 99; {script}'
    return subprocess.run(
        ["unshare", "--mount", "sh", "-c", whole, "sh", str(folder / "fs"), DYNIX],
        capture_output=True, check=False,
    )


def run_each(*tests, place=lambda folder: folder):
    """Runs each test in a folder of its own, as `place` makes something of it. The exit code."""
    failed = 0
    for test in tests:
        with tempfile.TemporaryDirectory(prefix="dynix-test-") as folder:
            try:
                test(place(pathlib.Path(folder).resolve()))
                print(f"ok {test.__name__}")
            except AssertionError as wrong:
                failed += 1
                print(f"FAILED {test.__name__}: {wrong}")
    return 1 if failed else 0


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)
