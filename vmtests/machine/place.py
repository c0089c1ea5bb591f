"""What a machine occupies on the host: a folder and a cgroup.

Every process of a machine lives in its cgroup, and every mount in the mount namespace of those processes,
so ending the group and removing the folder leaves nothing. `reaper.py` does that, also when the runner is
killed.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .cgroup import cgroup2_folder, kill_group
from .unavailable import Unavailable

PREFIX = "dynix-machine-"
IN_USE = "in-use"
PYTHON_PATH = str(Path(__file__).parent.parent)


def own_module(name: str) -> tuple[list[str], dict[str, str]]:
    """The command that runs a module of this package whatever the folder it runs in, and its environment."""
    return [sys.executable, "-S", "-P", "-m", f"machine.{name}"], {**os.environ, "PYTHONPATH": PYTHON_PATH}


def state_folder() -> Path:
    """A folder whose file system can be the upper layer of an overlay, which an overlay itself cannot."""
    for base in folders():
        kind = subprocess.run(["stat", "-f", "-c", "%T", str(base)], capture_output=True, text=True).stdout.strip()
        if kind and kind != "overlayfs":
            return Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
    raise Unavailable("every temporary folder is on an overlay: set TMPDIR to a folder on another file system")


class Place:
    """The folder and the group of one machine, from its making to its removal."""

    def __init__(self):
        remove_leftovers()
        self.folder = state_folder()
        # Held by this process and the reaper; free when both are gone without having cleaned up.
        self._in_use = open(self.folder / IN_USE, "w")
        fcntl.flock(self._in_use, fcntl.LOCK_EX)
        self.group = cgroup2_folder() / self.folder.name
        # Holds `unshare` itself: systemd hands controllers down from the payload's group, and such a
        # group may have no process of its own.
        self.outside = self.group / "outside"
        self.payload = self.group / "payload"
        self.commands = self.payload / "backdoor"
        command, environment = own_module("reaper")
        self._reaper = subprocess.Popen(
            [*command, str(self.folder), str(self.group)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            pass_fds=[self._in_use.fileno()],
            # Ctrl-C goes to a whole process group, and must not reach the one that cleans up.
            start_new_session=True,
        )
        for group in [self.group, self.outside]:
            group.mkdir()
        pass_controllers_on(self.group)
        for part in ["upper", "work", "root"]:
            (self.folder / part).mkdir(mode=0o755)

    def fresh_groups(self) -> None:
        """Ends what still runs of an earlier boot and makes the groups of the next one."""
        kill_group(self.payload)
        self.payload.mkdir()
        self.commands.mkdir()

    def remove(self) -> None:
        self._in_use.close()
        self._reaper.stdin.close()
        self._reaper.wait()


def pass_controllers_on(group: Path) -> None:
    """Lets the groups below use what this one may use; a controller that the host keeps is done without."""
    for controller in (group / "cgroup.controllers").read_text().split():
        with contextlib.suppress(OSError):
            (group / "cgroup.subtree_control").write_text(f"+{controller}")


def folders() -> list[Path]:
    """Where state folders may be, unless another TMPDIR says so."""
    return [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp"), Path("/dev/shm")]


def is_left(state: Path) -> bool:
    """Whether it is the state folder of a machine that nobody runs any more."""
    with contextlib.suppress(FileNotFoundError), open(state / IN_USE) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
    return False


def remove_leftovers() -> None:
    """Removes machines whose runner and reaper were both killed. One whose state folder is nowhere to be found may run."""
    for group in cgroup2_folder().glob(PREFIX + "*"):
        for state in (base / group.name for base in folders()):
            if is_left(state):
                # Another runner may remove it, too.
                with contextlib.suppress(FileNotFoundError):
                    kill_group(group)
                shutil.rmtree(state, ignore_errors=True)
