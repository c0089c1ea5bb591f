"""Boots, ends and reboots one machine: fresh namespaces around a Debian root with this machine's own disk."""

import json
import os
import pty
import signal
import subprocess
import threading
import time
from pathlib import Path

from . import syscalls
from .backdoor import Backdoor
from .disk import Disk
from .place import Place, own_module

INIT = ["/usr/lib/systemd/systemd", "--show-status=false", "--log-level=info"]
# For a machine that gets a tenth of a processor for a while; it boots in a second.
BOOT_TIMEOUT = 180


class BootFailed(Exception):
    """systemd did not come up; the text has what it said."""


class Container:
    """One machine. Its disk lasts until `remove`; everything else only until the machine is off."""

    def __init__(self, root: Path, shared: dict[str, Path], environment: dict[str, str]):
        self._root = root
        # Folders of the host that the machine sees, read-only: path inside, path outside.
        self._shared = {inside: str(outside) for inside, outside in shared.items()}
        self._environment = environment
        self._place = Place()
        self._process: subprocess.Popen | None = None
        self._console = bytearray()
        self.disk = Disk(self._place.folder / "upper")
        self.backdoor: Backdoor | None = None
        self.boot_seconds = 0.0

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def console(self) -> str:
        return self._console.decode(errors="replace").replace("\r", "")

    def boot(self) -> None:
        """Returns when systemd has finished its start jobs."""
        started = time.monotonic()
        self._place.fresh_groups()
        pid = self._start_init()
        self.backdoor = Backdoor(pid, self._place.commands, self._environment)
        until = started + BOOT_TIMEOUT
        socket = Path(f"/proc/{pid}/root/run/systemd/private")
        while not socket.exists():
            if not self.is_running:
                raise BootFailed(f"the machine ended while it booted:\n{self.console()}")
            if time.monotonic() > until:
                self._give_up()
            time.sleep(0.01)
        self._prove_backdoor()
        waited = self.backdoor.run("systemctl is-system-running --wait", max(1, until - time.monotonic()))
        if waited.timed_out:
            self._give_up()
        self.boot_seconds = time.monotonic() - started

    def _prove_backdoor(self) -> None:
        """Commands are run as root, so one that ended up on the host would be a disaster."""
        there = self.backdoor.run("cat /etc/machine-id; readlink /proc/1/exe", BOOT_TIMEOUT)
        if there.out.split() != [self.disk.machine_id, INIT[0]]:
            self.kill()
            raise BootFailed(f"the way into the machine leads somewhere else:\n{there.all}")

    def _start_init(self) -> int:
        order = self._place.folder / "boot.json"
        order.write_text(
            json.dumps(
                {
                    "cgroup": str(self._place.payload),
                    "disk": str(self._place.folder),
                    "init": INIT,
                    "lower": str(self._root),
                    "shared": self._shared,
                }
            )
        )
        outer, inner = pty.openpty()
        command, environment = own_module("boot")

        def detach() -> None:
            (self._place.outside / "cgroup.procs").write_text("0")
            syscalls.die_with_parent(signal.SIGKILL)

        namespaces = ["--mount", "--pid", "--fork", "--kill-child", "--uts", "--ipc", "--net"]
        self._process = subprocess.Popen(
            ["unshare", *namespaces, "--", *command, str(order)],
            stdin=inner,
            stdout=inner,
            stderr=inner,
            env=environment,
            start_new_session=True,
            preexec_fn=detach,
        )
        os.close(inner)
        threading.Thread(target=self._read_console, args=(outer,), daemon=True).start()
        return self._first_child()

    def _first_child(self) -> int:
        """The host's number of the machine's process 1."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        until = time.monotonic() + BOOT_TIMEOUT
        while time.monotonic() < until and self.is_running:
            try:
                found = children.read_text().split()
            except OSError:
                break
            if found:
                return int(found[0])
            time.sleep(0.002)
        self._process.wait()
        time.sleep(0.1)
        raise BootFailed(f"the machine did not start:\n{self.console()}")

    def _read_console(self, outer: int) -> None:
        while True:
            try:
                data = os.read(outer, 65536)
            except OSError:
                # The last process that held the terminal is gone.
                data = b""
            if not data:
                os.close(outer)
                return
            self._console += data

    def _give_up(self) -> None:
        said = [f"the machine did not boot within {BOOT_TIMEOUT} s", "── console", self.console()]
        for command in ["systemctl list-jobs", "systemctl --failed", "journalctl --no-pager -n 200"]:
            said += [f"── {command}", self.backdoor.run(command, 10).all]
        self.kill()
        raise BootFailed("\n".join(said))

    def wait_off(self, timeout: float) -> bool:
        """Waits for the machine to end by itself."""
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return False
        self._place.fresh_groups()
        return True

    def kill(self) -> None:
        """Power off without a word to anybody."""
        if self._process is not None:
            self._place.fresh_groups()
            self._process.kill()
            self._process.wait()

    def remove(self) -> None:
        if self._process is not None and self.is_running:
            self._process.kill()
        self._place.remove()
        if self._process is not None:
            self._process.wait()
