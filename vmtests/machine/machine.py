"""The `machine` object of a test script: the methods of the NixOS test driver, over a container.

Semantics follow the driver where a script could tell: commands run under `set -euo pipefail`, standard
output is returned and standard error only shown, waiting is polling once a second at most.
"""

import contextlib
import time
from pathlib import Path

from .container import Container
from .files import copy_in, copy_out
from .log import Log

# A command of a scenario that takes longer hangs.
TIMEOUT = 900
# What the machine itself is asked, and its way down, on a host that has little time for it.
PATIENCE = 180


class RequestedAssertionFailed(Exception):
    """The driver's name for a command or a state that is not as the script demands."""


class Machine:
    def __init__(self, name: str, container: Container, log: Log):
        self.name = name
        self._container = container
        self._log = log

    # Power

    def start(self, allow_reboot: bool = False) -> None:
        """Boots, unless it runs. The container can always reboot, whatever `allow_reboot` says."""
        if not self._container.is_running:
            self._container.boot()
            self._log.info(f"{self.name}: booted in {self._container.boot_seconds:.2f} s")
            failed = self._run("systemctl --failed --plain --no-legend", PATIENCE).out.strip()
            if failed:
                self._log.info(f"{self.name}: failed units:\n{failed}")

    def connect(self) -> None:
        self.start()

    def is_up(self) -> bool:
        return self._container.is_running

    def shutdown(self) -> None:
        self._end("poweroff")
        self._log.info(f"{self.name}: off")

    def reboot(self) -> None:
        """A fresh boot from the same disk; `/run` and `/tmp` are new."""
        self._end("reboot")
        self.start()

    def _end(self, how: str) -> None:
        if not self._container.is_running:
            return
        self._run(f"systemctl --no-block {how}", PATIENCE)
        if not self._container.wait_off(PATIENCE):
            jobs = self._run("systemctl list-jobs", 10).all
            self._container.kill()
            raise RequestedAssertionFailed(f"{self.name}: no {how} within {PATIENCE} s, and these jobs are left:\n{jobs}")

    def wait_for_shutdown(self) -> None:
        if not self._container.wait_off(TIMEOUT):
            raise RequestedAssertionFailed(f"{self.name}: still runs after {TIMEOUT} s")

    def crash(self) -> None:
        """As if the power went."""
        self._container.kill()
        self._log.info(f"{self.name}: crashed")

    # Commands

    def execute(
        self,
        command: str,
        check_return: bool = True,
        check_output: bool = True,
        timeout: int | None = TIMEOUT,
    ) -> tuple[int, str]:
        """Status and standard output. The status of what is not to be checked is -2, as the driver has it."""
        done = self._run(command, timeout)
        if done.timed_out:
            self._log.info(f"{self.name}: given up after {timeout} s: {command}")
        return (done.status if check_return else -2), (done.out if check_output else "")

    def succeed(self, *commands: str, timeout: int | None = None) -> str:
        """Runs each command, shows it and what it says, and raises when it fails."""
        return "".join(self._demand(command, timeout, succeeds=True) for command in commands)

    def fail(self, *commands: str, timeout: int | None = None) -> str:
        return "".join(self._demand(command, timeout, succeeds=False) for command in commands)

    def _demand(self, command: str, timeout: int | None, succeeds: bool) -> str:
        self._log.line(f"{self.name}# {command.strip()}")
        done = self._run(command, timeout or TIMEOUT, lambda line: self._log.line(f"    {line}"))
        notes = [] if done.status == 0 else [f"exit {done.status}"]
        if done.seconds >= 0.5:
            notes.append(f"{done.seconds:.1f} s")
        if notes:
            self._log.line(f"    ({', '.join(notes)})")
        if done.timed_out:
            raise RequestedAssertionFailed(f"command `{command}` did not end within {timeout or TIMEOUT} s:\n{done.all}")
        if succeeds and done.status != 0:
            raise RequestedAssertionFailed(f"command `{command}` failed (exit code {done.status}):\n{done.all}")
        if not succeeds and done.status == 0:
            raise RequestedAssertionFailed(f"command `{command}` unexpectedly succeeded:\n{done.all}")
        return done.out

    def _run(self, command: str, timeout: int | None, on_line=lambda line: None):
        self.start()
        return self._container.backdoor.run(f"set -euo pipefail\n{command}", timeout, on_line)

    # Waiting

    def wait_until_succeeds(self, command: str, timeout: int = TIMEOUT) -> str:
        self._log.line(f"{self.name}# {command.strip()}   (until it succeeds)")
        return self._until(command, timeout, lambda status: status == 0, "succeed")

    def wait_until_fails(self, command: str, timeout: int = TIMEOUT) -> str:
        self._log.line(f"{self.name}# {command.strip()}   (until it fails)")
        return self._until(command, timeout, lambda status: status != 0, "fail")

    def _until(self, command: str, timeout: int, is_wanted, wanted: str) -> str:
        until = time.monotonic() + timeout
        pause = 0.02
        while True:
            done = self._run(command, max(1, int(until - time.monotonic())))
            if is_wanted(done.status) and not done.timed_out:
                return done.out
            if time.monotonic() + pause > until:
                raise RequestedAssertionFailed(
                    f"command `{command}` did not {wanted} within {timeout} s; at last (exit code {done.status}):\n{done.all}"
                )
            time.sleep(pause)
            pause = min(1, pause * 2)

    def wait_for_open_port(self, port: int, addr: str = "localhost", timeout: int = TIMEOUT) -> None:
        self._until(f"exec 3<>/dev/tcp/{addr}/{port}", timeout, lambda status: status == 0, "succeed")

    def wait_for_closed_port(self, port: int, addr: str = "localhost", timeout: int = TIMEOUT) -> None:
        self._until(f"exec 3<>/dev/tcp/{addr}/{port}", timeout, lambda status: status != 0, "fail")

    def wait_for_file(self, filename: str, timeout: int = TIMEOUT) -> None:
        self._until(f"test -e {filename}", timeout, lambda status: status == 0, "succeed")

    def sleep(self, secs: float) -> None:
        time.sleep(secs)

    # Units

    def systemctl(self, q: str, user: str | None = None) -> tuple[int, str]:
        if user is not None:
            raise NotImplementedError("the container machine has no user sessions")
        return self.execute(f"systemctl {q}")

    def get_unit_info(self, unit: str, user: str | None = None) -> dict[str, str]:
        status, text = self.systemctl(f"--no-pager show '{unit}'", user)
        if status != 0:
            raise RequestedAssertionFailed(f"retrieving systemctl info for unit '{unit}' failed with exit code {status}")
        pairs = (line.partition("=") for line in text.splitlines())
        return {name: value for name, equals, value in pairs if equals}

    def get_unit_property(self, unit: str, property: str, user: str | None = None) -> str:
        info = self.get_unit_info(unit, user)
        if property not in info:
            raise RequestedAssertionFailed(f"unit '{unit}' has no property '{property}'")
        return info[property]

    def require_unit_state(self, unit: str, require_state: str = "active") -> None:
        state = self.get_unit_property(unit, "ActiveState")
        if state != require_state:
            raise RequestedAssertionFailed(f"expected unit '{unit}' to be in state '{require_state}' but it is in state '{state}'")

    def wait_for_unit(self, unit: str, user: str | None = None, timeout: int = TIMEOUT) -> None:
        until = time.monotonic() + timeout
        pause = 0.02
        while True:
            info = self.get_unit_info(unit, user)
            state = info["ActiveState"]
            if state == "active":
                return
            if state == "failed":
                self._journal_of(unit)
                raise RequestedAssertionFailed(f"unit '{unit}' reached state 'failed'")
            if state == "inactive" and "No jobs" in self.execute("systemctl list-jobs --full 2>&1")[1]:
                # A job may have ended between the two questions.
                if self.get_unit_info(unit, user)["ActiveState"] == "inactive":
                    raise RequestedAssertionFailed(f"unit '{unit}' is inactive and there are no pending jobs")
            if time.monotonic() > until:
                self._journal_of(unit)
                raise RequestedAssertionFailed(f"unit '{unit}' is '{state}' and not active within {timeout} s")
            time.sleep(pause)
            pause = min(1, pause * 2)

    def _journal_of(self, unit: str) -> None:
        self._log.info(self.execute(f"journalctl --no-pager -n 40 -u {unit} 2>&1")[1])

    def start_job(self, jobname: str, user: str | None = None) -> tuple[int, str]:
        return self.systemctl(f"start {jobname}", user)

    def stop_job(self, jobname: str, user: str | None = None) -> tuple[int, str]:
        return self.systemctl(f"stop {jobname}", user)

    # Files and the rest

    def copy_from_host(self, source: str, target: str) -> None:
        self.start()
        copy_in(self._container.backdoor, Path(source), target)

    def copy_from_vm(self, source: str, target_dir: str = "") -> None:
        self.start()
        copy_out(self._container.backdoor, source, Path(target_dir or "."))

    copy_from_machine = copy_from_vm

    def log(self, text: str) -> None:
        self._log.info(f"{self.name}: {text}")

    def nested(self, text: str) -> contextlib.AbstractContextManager:
        return self._log.nested(text)
