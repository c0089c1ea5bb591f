"""A scenario: a folder of `vmtests/` with a test script, and what its machine starts from.

    test-script.py      run with the names that the NixOS test driver gives to a script, and those of live.py
    configuration.nix   the NixOS configuration in effect when the script starts (needs Nix evaluation)
    evaluated.nix       the same where nothing is recorded, because Nix has to evaluate in the machine
    files/              a tree that is copied over the machine's disk before its first boot
    debian-packages     what its machine has besides the packages of every machine, one a line
    all-units           says why its machine has all of Debian's units, and not only those that it needs

What Nix built from a configuration.nix in an earlier run is in `recorded/`, for use without a nixpkgs.
"""

import time
import unittest
from dataclasses import dataclass
from pathlib import Path

from .log import Log
from .machine import Machine


LIVE = Path(__file__).parent.parent / "live.py"


@dataclass
class Scenario:
    name: str
    folder: Path

    @property
    def script(self) -> Path:
        return self.folder / "test-script.py"

    @property
    def configuration(self) -> Path | None:
        paths = [self.folder / name for name in ["configuration.nix", "evaluated.nix"]]
        return next((path for path in paths if path.exists()), None)

    @property
    def is_recorded(self) -> bool:
        return self.configuration is not None and self.configuration.name == "configuration.nix"

    @property
    def packages(self) -> list[str]:
        path = self.folder / "debian-packages"
        return path.read_text().split() if path.exists() else []

    @property
    def has_all_units(self) -> bool:
        return (self.folder / "all-units").exists()

    @property
    def summary(self) -> str:
        """The first sentence of the script's own comment."""
        first = self.script.read_text().splitlines()[0]
        return first.lstrip("# ")


def scenarios(folder: Path) -> dict[str, Scenario]:
    found = sorted(path.parent for path in folder.glob("*/test-script.py"))
    return {path.name: Scenario(path.name, path) for path in found}


def driver_names(machine: Machine, log: Log) -> dict[str, object]:
    """The globals of a test script."""

    def start_all() -> None:
        machine.start()

    def retry(fn, timeout_seconds: int = 900) -> None:
        until = time.monotonic() + timeout_seconds
        while not fn(False):
            if time.monotonic() > until:
                if fn(True):
                    return
                raise TimeoutError(f"not true within {timeout_seconds} s")
            time.sleep(0.1)

    return {
        "__name__": "__main__",
        "join_all": lambda: None,
        "log": log,
        "machine": machine,
        "machines": [machine],
        "retry": retry,
        "start_all": start_all,
        "subtest": log.subtest,
        "t": unittest.TestCase(),
    }


def live_names(machine: Machine, log: Log) -> dict[str, object]:
    """These and those of live.py."""
    names = driver_names(machine, log)
    execute(LIVE, names)
    return names


def execute(path: Path, names: dict[str, object]) -> None:
    exec(compile(path.read_text(), str(path), "exec"), names)


def run_script(scenario: Scenario, machine: Machine, log: Log) -> None:
    execute(scenario.script, live_names(machine, log))
