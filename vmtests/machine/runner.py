"""Runs scenarios, each on a machine of its own, and counts how they ended."""

import json
import os
import sys
import tempfile
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from . import program, recorded
from .container import Container
from .disk import Disk
from .furnish import furnish
from .log import Log
from .machine import Machine, RequestedAssertionFailed
from .nixpkgs import INSIDE, Nixpkgs
from .recorded_store import RecordedStore
from .root import cached_root
from .scenario import Scenario, run_script
from .unavailable import Unavailable

# Meson's and Automake's word for a test that could not run here.
SKIPPED = 77
PROJECT = Path(__file__).parent.parent.parent
RECORDED = RecordedStore(PROJECT / "vmtests" / "recorded")
SMALL_SYSTEM = PROJECT / "vmtests" / "small" / "files"


@dataclass
class Options:
    build: Path
    nixpkgs: Nixpkgs | None
    keep: bool = False
    # Let what this run builds become what is recorded.
    accept: bool = False


@dataclass
class Results:
    passed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        if self.failed:
            return 1
        return 0 if self.passed else SKIPPED

    def __str__(self) -> str:
        return f"{len(self.passed)} passed, {len(self.failed)} failed, {len(self.skipped)} skipped"


def programs(build: Path) -> list[Path]:
    built = [build / "tools" / name / name for name in ["dynix", "runtime-module"]]
    found = [path for path in built if path.exists()]
    if built[0] not in found:
        raise Unavailable(f"'{built[0]}' is not built: meson setup {build} && ninja -C {build}")
    return found


def make_container(scenario: Scenario, options: Options) -> Container:
    """A machine that is off, with everything on its disk that its first boot needs."""
    if scenario.configuration and not options.nixpkgs and not RECORDED.has(scenario.name):
        raise Unavailable("it has no recorded plans, so it needs a nixpkgs: --nixpkgs or DYNIX_NIXPKGS")
    found = programs(options.build)
    root = cached_root(scenario.packages)
    shared = {"/dynix": PROJECT}
    if scenario.configuration and options.nixpkgs:
        shared |= options.nixpkgs.shared()
    container = Container(root, shared, {"NIX_PATH": f"nixpkgs={INSIDE}"})
    try:
        fill_disk(container.disk, root, found, scenario, options)
    except BaseException:
        container.remove()
        raise
    return container


def fill_disk(disk: Disk, root: Path, found: list[Path], scenario: Scenario, options: Options) -> None:
    furnish(disk, root, "machine", scenario.has_all_units)
    for path in found:
        program.bring(disk, root, path)
    if scenario.configuration:
        disk.copy(scenario.configuration, "/etc/nixos/configuration.nix")
        if options.nixpkgs:
            disk.write("/etc/nixos/system.nix", options.nixpkgs.system_file(is_proved=not scenario.is_recorded))
            if scenario.is_recorded:
                recorded.put_before_nix_build(disk)
        else:
            with tempfile.TemporaryDirectory() as folder:
                RECORDED.unpack(scenario.name, Path(folder) / scenario.name)
                recorded.put_on(disk, Path(folder) / scenario.name)
    else:
        disk.copy_tree(SMALL_SYSTEM)
    if (scenario.folder / "files").is_dir():
        disk.copy_tree(scenario.folder / "files")


def start(container: Container, scenario: Scenario, options: Options, log: Log) -> Machine:
    machine = Machine("machine", container, log)
    with log.subtest("the machine boots and takes its static configuration"):
        machine.start()
        if scenario.configuration and not options.nixpkgs:
            log.line("*** nixpkgs not given: Nix evaluation replaced by recorded plans ***")
            recorded.register(container)
        machine.succeed("nixos-rebuild switch")
    return machine


def answer(container: Container, script: str, timeout: float, variables: str = "") -> object:
    """What this Python script, called with "inside" in the machine, prints as its last line of JSON; ends with what it
    said where it fails."""
    with open(script) as text:
        done = container.backdoor.run(f"{variables} python3 - inside", timeout, stdin=text)
    if done.status != 0:
        sys.exit(done.all)
    return json.loads(done.out.splitlines()[-1])


def run(scenario: Scenario, options: Options, log: Log) -> None:
    """Raises when the scenario fails."""
    container = make_container(scenario, options)
    try:
        machine = start(container, scenario, options, log)
        run_script(scenario, machine, log)
        if scenario.is_recorded and options.nixpkgs:
            keep_recording(container, scenario, options, log)
    except Exception as error:
        if options.keep and container.is_running:
            log.line(describe(error))
            shell(container, log)
        raise
    finally:
        container.remove()


def keep_recording(container: Container, scenario: Scenario, options: Options, log: Log) -> None:
    """Compares what was built with the recorded plans, or records it."""
    version = options.nixpkgs.version()
    with tempfile.TemporaryDirectory() as folder:
        before, fresh = Path(folder) / "before", Path(folder) / "fresh"
        recorded.take_from(container, fresh, version)
        if options.accept:
            RECORDED.pack(scenario.name, fresh)
            log.line(f"recorded (nixpkgs {version})")
            return
        with log.subtest("the recorded plans are what Nix builds now"):
            accept = f"DYNIX_ACCEPT=1 vmtests/run {scenario.name}"
            if not RECORDED.has(scenario.name):
                raise RequestedAssertionFailed(f"nothing is recorded: {accept}")
            if RECORDED.nixpkgs_of(scenario.name) != version:
                log.line(f"not compared: they are from nixpkgs {RECORDED.nixpkgs_of(scenario.name)}, and this is {version}")
                return
            RECORDED.unpack(scenario.name, before)
            differing = recorded.differences(before, fresh)
            if differing:
                text = "\n".join(differing)
                raise RequestedAssertionFailed(f"they are not; look, then {accept}\n{text}")
            log.line(f"they are (nixpkgs {version})")


def open_shell(scenario: Scenario, options: Options, log: Log) -> int:
    container = make_container(scenario, options)
    try:
        start(container, scenario, options, log)
        return shell(container, log)
    finally:
        container.remove()


def shell(container: Container, log: Log) -> int:
    """A person's shell in the machine, until they leave it."""
    log.line("a shell in the machine; leaving it ends the machine")
    terminal = "TERM=" + os.environ.get("TERM", "dumb")
    # `script` gives the shell a terminal of the machine's own; the host's cannot do job control there.
    return container.backdoor.spawn("/usr/bin/env", terminal, "script", "-qec", "bash -l", "/dev/null").wait()


def run_all(chosen: list[Scenario], options: Options, log: Log) -> Results:
    results = Results()
    for scenario in chosen:
        log.line()
        log.line(f"══ {scenario.name}: {scenario.summary}")
        try:
            run(scenario, options, log)
        except Unavailable as reason:
            log.line(f"SKIP {scenario.name}: {reason}")
            results.skipped.append(scenario.name)
        except Exception as error:
            log.line(describe(error))
            log.line(f"FAIL {scenario.name}")
            results.failed.append(scenario.name)
        else:
            log.line(f"PASS {scenario.name}")
            results.passed.append(scenario.name)
    return results


def describe(error: Exception) -> str:
    """A failed command says enough by itself; everything else needs its place."""
    if not isinstance(error, (RequestedAssertionFailed, AssertionError)):
        return "".join(traceback.format_exception(error))
    places = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith("test-script.py")]
    where = f"{places[-1].filename}:{places[-1].lineno}: " if places else ""
    return f"{where}{type(error).__name__}: {error}"
