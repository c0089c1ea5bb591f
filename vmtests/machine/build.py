"""Builds the project for a person who has just cloned it."""

import os
import shlex
import subprocess
from pathlib import Path

from .log import Log
from .unavailable import Unavailable

PROJECT = Path(__file__).parent.parent.parent


def build_project(build: Path, log: Log) -> None:
    """Installs what is missing and configures, both only the first time; then builds what changed."""
    if os.geteuid() != 0:
        raise Unavailable("the machine needs root: run it with sudo")
    if not (build / "build.ninja").exists():
        install = PROJECT / ".ci" / "install"
        if install.exists():
            run([str(install)], log, as_owner=False)
        run(["meson", "setup", str(build), str(PROJECT)], log, as_owner=True)
    targets = [f"tools/{name}/{name}" for name in ["dynix", "runtime-module"]]
    run(["ninja", "-C", str(build), *targets], log, as_owner=True)


def run(words: list[str], log: Log, as_owner: bool) -> None:
    """Runs a command, as the owner of the clone where files in it are made: they must not become root's."""
    log.line("$ " + shlex.join(words))
    owner = PROJECT.stat()
    how = {}
    if as_owner and owner.st_uid != 0:
        home = {"HOME": os.path.expanduser(f"~{os.environ.get('SUDO_USER', '')}")}
        how = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": [], "env": {**os.environ, **home}}
    if subprocess.run(words, **how).returncode != 0:
        raise BuildFailed(f"'{shlex.join(words)}' failed")


class BuildFailed(Exception):
    """The project does not build here; the compiler has said why."""
