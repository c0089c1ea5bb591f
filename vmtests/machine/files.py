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
    stream(pack, backdoor.command("tar", "-C", folder, "-xf", "-"), f"copying '{source}' to '{target}'")


def copy_out(backdoor: Backdoor, source: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    parent, name = os.path.split(source.rstrip("/"))
    pack = backdoor.command("tar", "-C", parent or "/", "-cf", "-", name)
    stream(pack, ["tar", "-C", str(folder), "--no-same-owner", "-xf", "-"], f"copying '{source}' out")


def stream(writer: list[str], reader: list[str], what: str) -> None:
    with subprocess.Popen(writer, stdout=subprocess.PIPE) as from_there:
        read = subprocess.run(reader, stdin=from_there.stdout)
        from_there.stdout.close()
    if read.returncode != 0 or from_there.returncode != 0:
        raise OSError(f"{what} failed")
