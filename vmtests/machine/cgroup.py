"""The host's cgroup tree: where it is, and how to end everything in one of its groups."""

import os
import time
from pathlib import Path

from .unavailable import Unavailable


def cgroup2_folder() -> Path:
    """Where the host has its unified tree: alone, or beside the version 1 trees."""
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        fields, _, rest = line.partition(" - ")
        if rest.split()[0] == "cgroup2":
            return Path(fields.split()[4])
    raise Unavailable("no cgroup2 tree is mounted here, and systemd needs one: mount -t cgroup2 none FOLDER")


def is_populated(group: Path) -> bool:
    return "populated 1" in (group / "cgroup.events").read_text()


def kill_group(group: Path, patience: float = 60) -> None:
    """Kills every process below the group, however they fork, and removes the group."""
    if not group.is_dir():
        return
    (group / "cgroup.kill").write_text("1")
    until = time.monotonic() + patience
    while is_populated(group) and time.monotonic() < until:
        time.sleep(0.005)
    for folder, _, _ in os.walk(group, topdown=False):
        remove_when_empty(folder, until)


def remove_when_empty(folder: str, until: float) -> None:
    while True:
        try:
            os.rmdir(folder)
            return
        except OSError:
            # A process counts until it has been waited for.
            if time.monotonic() > until:
                raise
            time.sleep(0.005)
