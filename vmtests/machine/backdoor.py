"""Runs a command inside a machine: joins the namespaces and the group of its process 1."""

import os
import selectors
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

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
# How long output may still come after the deadline, before the command is given up as a whole.
GRACE = 10


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
        self._pid = pid
        self._group = group
        self._environment = {**ENVIRONMENT, **environment}

    def command(self, *words: str) -> list[str]:
        """The host's command line that runs these words in the machine."""
        # --root: a runner that itself works in a chroot would else land in the root of its host.
        namespaces = ["--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root", "--wd"]
        environment = [f"{name}={value}" for name, value in self._environment.items()]
        return ["nsenter", f"--target={self._pid}", *namespaces, "--", "/usr/bin/env", "-i", *environment, *words]

    def spawn(self, *words: str, **how) -> subprocess.Popen:
        def join_group() -> None:
            (self._group / "cgroup.procs").write_text("0")

        return subprocess.Popen(self.command(*words), preexec_fn=join_group, **how)

    def run(self, script: str, timeout: float | None, on_line=lambda line: None, stdin=subprocess.DEVNULL) -> Output:
        """Runs a bash script; `on_line` sees each line of both streams as it comes."""
        words = ["/bin/bash", "-c", script]
        if timeout is not None:
            words = ["timeout", "--kill-after=5", str(timeout), *words]
        started = time.monotonic()
        process = self.spawn(*words, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/")
        deadline = None if timeout is None else started + timeout + GRACE
        out, everything = read_both(process, deadline, on_line)
        if deadline is None:
            status = process.wait()
        else:
            try:
                status = process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                status = 124
        seconds = time.monotonic() - started
        # `timeout` exits 124, or 137 when it had to kill; only a command that used its time up is one of these.
        timed_out = timeout is not None and status in (124, 137, -9) and seconds >= timeout
        return Output(status, out, everything, seconds, timed_out)


def read_both(process: subprocess.Popen, deadline: float | None, on_line) -> tuple[str, str]:
    """Reads stdout and stderr until both end: stdout's text, and the text of both."""
    out, everything = bytearray(), bytearray()
    pending = {process.stdout: bytearray(), process.stderr: bytearray()}
    with selectors.DefaultSelector() as selector:
        for stream in pending:
            selector.register(stream, selectors.EVENT_READ)
        while selector.get_map():
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
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
