"""Runs a command inside a machine: joins the namespaces and the group of its process 1.

By itself, without `nsenter`, `env` and `timeout`: these three programs took two thirds of the processor time of a
short command, and the scenarios run some five thousand.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import syscalls

# As a login shell of root has it; nothing of the host's environment gets in.
ENVIRONMENT = {
    "HOME": "/root",
    "LANG": "C.UTF-8",
    "LOGNAME": "root",
    "PATH": "/run/wrappers/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "SHELL": "/bin/bash",
    "TERM": "dumb",
    "USER": "root",
}
# What a process joins of its own; of the namespace of processes only what is started later is a part.
NAMESPACES = ["uts", "ipc", "net", "cgroup", "mnt"]
# How long after the deadline a command that goes on is killed, and its output may still come before the command is
# given up as a whole.
PATIENCE = 5
GRACE = 10
# What timeout(1) says of a command that has used its time up.
TIMED_OUT = 124


@dataclass
class Output:
    status: int
    out: str
    # Both streams in the order they came.
    all: str
    seconds: float
    timed_out: bool


class Backdoor:
    """The way into one booted machine."""

    def __init__(self, pid: int, group: Path, environment: dict[str, str]):
        self._inside = Path(f"/proc/{pid}")
        self._group = group
        self._environment = {**ENVIRONMENT, **environment}

    def spawn(self, *words: str, **how) -> subprocess.Popen:
        """Starts these words in the machine; OSError where that has ended."""
        with self._processes():
            try:
                return subprocess.Popen(words, preexec_fn=self._join, env=self._environment, **how)
            except subprocess.SubprocessError as error:
                raise OSError(f"{words[0]} could not be started in the machine: {error}") from None

    @contextlib.contextmanager
    def _processes(self) -> Iterator[None]:
        """What is started meanwhile is a process of the machine."""
        with open("/proc/thread-self/ns/pid_for_children") as own, open(self._inside / "ns" / "pid") as its:
            syscalls.setns(its.fileno())
            try:
                yield
            finally:
                syscalls.setns(own.fileno())

    def _join(self) -> None:
        (self._group / "cgroup.procs").write_text("0")
        namespaces = [os.open(self._inside / "ns" / name, os.O_RDONLY) for name in NAMESPACES]
        # A runner that itself works in a chroot would else land in the root of its host.
        root = os.open(self._inside / "root", os.O_PATH)
        for namespace in namespaces:
            syscalls.setns(namespace)
        os.chdir(root)
        os.chroot(".")
        for opened in [*namespaces, root]:
            os.close(opened)

    def run(self, script: str, timeout: float | None, on_line=lambda line: None, stdin=subprocess.DEVNULL) -> Output:
        """Runs a bash script; `on_line` sees each line of both streams as it comes."""
        started = time.monotonic()
        pipes = {"stdin": stdin, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        try:
            process = self.spawn("/bin/bash", "-c", script, process_group=0, **pipes)
        except OSError as error:
            return Output(1, "", str(error), time.monotonic() - started, False)
        end = End(process, started, timeout)
        out, everything = read_both(process, end, on_line)
        timed_out = end.wait()
        # A shell's word for a signal.
        status = process.returncode if process.returncode >= 0 else 128 - process.returncode
        return Output(TIMED_OUT if timed_out else status, out, everything, time.monotonic() - started, timed_out)


class End:
    """Ends a command, with what it has started in its process group, that does not end in time: asks it to, then kills
    it, then gives up."""

    def __init__(self, process: subprocess.Popen, started: float, timeout: float | None):
        self._process = process
        self._signals = [] if timeout is None else [(started + timeout, signal.SIGTERM), (started + timeout + PATIENCE, signal.SIGKILL)]
        self._last = None if timeout is None else started + timeout + GRACE
        self._was_late = False

    def left(self) -> float | None:
        """How long until something is to be done; 0 where nobody waits any longer, None where there is no end."""
        if self._last is None:
            return None
        now = time.monotonic()
        while self._signals and now >= self._signals[0][0]:
            self._send(self._signals.pop(0)[1])
        return max(0, (self._signals[0][0] if self._signals else self._last) - now)

    def _send(self, number: int) -> None:
        # One that has ended is late in nothing; others in its group may still write.
        if self._process.poll() is None:
            self._was_late = True
            os.killpg(self._process.pid, number)

    def wait(self) -> bool:
        """Whether the command had to be ended."""
        while True:
            left = self.left()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=left)
                return self._was_late
            if left == 0:
                self._process.kill()
                self._process.wait()
                return True


def read_both(process: subprocess.Popen, end: End, on_line) -> tuple[str, str]:
    """Reads stdout and stderr until both end: stdout's text, and the text of both."""
    out, everything = bytearray(), bytearray()
    pending = {process.stdout: bytearray(), process.stderr: bytearray()}
    with selectors.DefaultSelector() as selector:
        for stream in pending:
            selector.register(stream, selectors.EVENT_READ)
        while selector.get_map():
            left = end.left()
            if left == 0:
                break
            for key, _ in selector.select(left):
                stream = key.fileobj
                data = os.read(stream.fileno(), 65536)
                if not data:
                    selector.unregister(stream)
                    continue
                everything += data
                if stream is process.stdout:
                    out += data
                pending[stream] += data
                *lines, pending[stream] = pending[stream].split(b"\n")
                for line in lines:
                    on_line(line.decode(errors="replace"))
    for stream, rest in pending.items():
        if rest:
            on_line(rest.decode(errors="replace"))
        stream.close()
    return out.decode(errors="replace"), everything.decode(errors="replace")
