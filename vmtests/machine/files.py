"""Copies between host and machine as a stream through the backdoor, so that no link of the machine's tree
is ever followed on the host."""

import os
import subprocess
from pathlib import Path

from .backdoor import Backdoor


def copy_in(backdoor: Backdoor, source: Path, target: str) -> None:
    """The file or folder `source` becomes `target` itself, with what leads to it."""
    folder, name = os.path.split(target.rstrip("/"))
    folder = folder or "/"
    backdoor_mkdir = backdoor.run(f"mkdir -p '{folder}'", 60)
    if backdoor_mkdir.status != 0:
        raise OSError(f"copying to '{target}': {backdoor_mkdir.all.strip()}")
    rename = ["--transform", f"s,^{source.name},{name},", "--owner=0", "--group=0"]
    pack = ["tar", "-C", str(source.parent), *rename, "-cf", "-", source.name]
    with subprocess.Popen(pack, stdout=subprocess.PIPE) as packs:
        unpacks = backdoor.spawn("tar", "-C", folder, "-xf", "-", stdin=packs.stdout)
        finish(packs, unpacks, f"copying '{source}' to '{target}'")


def copy_out(backdoor: Backdoor, source: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    parent, name = os.path.split(source.rstrip("/"))
    with backdoor.spawn("tar", "-C", parent or "/", "-cf", "-", name, stdout=subprocess.PIPE) as packs:
        unpacks = subprocess.Popen(["tar", "-C", str(folder), "--no-same-owner", "-xf", "-"], stdin=packs.stdout)
        finish(packs, unpacks, f"copying '{source}' out")


def finish(packs: subprocess.Popen, unpacks: subprocess.Popen, what: str) -> None:
    """Waits for both ends of a pipe."""
    packs.stdout.close()
    if unpacks.wait() != 0 or packs.wait() != 0:
        raise OSError(f"{what} failed")
