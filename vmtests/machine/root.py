"""The cached Debian root that every machine has as its lower layer.

The folder's name is a hash of everything that decides its content, so a changed package list makes a
new root and an old one is never patched.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from .unavailable import Unavailable

SUITE = "trixie"
PACKAGES = [
    "systemd",
    "systemd-sysv",
    "dbus",
    "nix-bin",
    # The service of the scenario `distccd`.
    "distcc",
    # A program that answers over HTTP, for looking at a service from outside.
    "curl",
    "jq",
    "procps",
    "strace",
    "python3",
    # Of one scenario each. They change nothing for the others, and a root of one's own takes half a minute of a
    # processor; what comes with services that start, such as nginx, is in `debian-packages` of its scenarios.
    "git",
    "opendoas",
    "sudo",
]
# Nobody reads a manual inside the machine, and a third of the files are documentation.
DPKG_OPTIONS = [
    "path-exclude=/usr/share/doc/*",
    "path-exclude=/usr/share/man/*",
    "path-exclude=/usr/share/locale/*",
]
# Raise when the making below changes in a way that the lists above do not show.
RECIPE = 1


def name(packages: list[str]) -> str:
    """The name of the root's folder."""
    content = [str(RECIPE), SUITE, *sorted(packages), *DPKG_OPTIONS]
    return hashlib.sha256("\n".join(content).encode()).hexdigest()[:16]


def cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "dynix-machine"


def cached_root(
    also: Sequence[str] = (), say=lambda text: print(text, file=sys.stderr, flush=True)
) -> Path:
    """The path of the root with these packages also; makes it first if the cache does not have it."""
    folder = cache_folder()
    packages = [*PACKAGES, *also]
    root = folder / name(packages)
    if root.is_dir():
        return root
    if os.geteuid() != 0:
        raise Unavailable("the machine needs root: run it with sudo")
    if shutil.which("mmdebstrap") is None:
        raise Unavailable("mmdebstrap is missing: apt-get install mmdebstrap")

    folder.mkdir(parents=True, exist_ok=True)
    with open(root.with_name(root.name + ".lock"), "w") as lock:
        # A second run waits here and then finds the root made.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not root.is_dir():
            make(root, packages, say)
    return root


def make(root: Path, packages: list[str], say) -> None:
    """Makes the root beside its place and renames it, so that a broken off making is never taken for one."""
    partial = root.with_name(root.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    say(f"making the machine's Debian root once, about a minute: {root}")
    started = time.monotonic()
    log = root.with_name(root.name + ".log")
    command = [
        "mmdebstrap",
        "--variant=minbase",
        *[f"--dpkgopt={option}" for option in DPKG_OPTIONS],
        "--include=" + ",".join(packages),
        SUITE,
        str(partial),
    ]
    with open(log, "w") as out:
        made = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
    if made.returncode != 0:
        shutil.rmtree(partial, ignore_errors=True)
        end = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise Unavailable(f"mmdebstrap could not make the Debian root; its last lines ({log}):\n{end}")
    prune(partial)
    partial.rename(root)
    say(f"made the Debian root in {time.monotonic() - started:.0f} s")


def prune(root: Path) -> None:
    """Takes away what must differ from machine to machine."""
    for path in ["etc/machine-id", "var/lib/dbus/machine-id", "etc/resolv.conf", "etc/hostname"]:
        (root / path).unlink(missing_ok=True)
