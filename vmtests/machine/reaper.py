"""Cleans up after a machine: waits for the end of a pipe that only the runner holds, then ends the group.

The kernel closes that pipe however the runner ends, so `kill -9` of the runner leaves no process, no
mount, no group and no folder.
"""

import os
import shutil
import sys
import time
from pathlib import Path

from .cgroup import kill_group

PATIENCE = 60


def reap(folder: Path, group: Path) -> None:
    while os.read(0, 4096):
        pass
    kill_group(group)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        # The last mount namespace is taken down after its last process.
        time.sleep(0.02)
    sys.exit(f"reaper: '{folder}' could not be removed")


if __name__ == "__main__":
    reap(Path(sys.argv[1]), Path(sys.argv[2]))
