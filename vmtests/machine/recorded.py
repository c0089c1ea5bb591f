"""Recorded plans: what Nix built in a run with a nixpkgs, kept as plain files for runs without one.

    answers.json   the store path built for the static configuration and for each set of overrides
    registration   what Nix's database knows of the paths (`nix-store --dump-db`)
    store/         the closure of all of them, under their names in /nix/store

Such a folder is one scenario's; `recorded_store.py` keeps those of all scenarios together.
"""

import difflib
import json
import re
from pathlib import Path

from .container import Container
from .disk import Disk
from .files import copy_out
from .recorded_store import STORE, NotRecordable, tops_of

GUEST = Path(__file__).parent / "guest" / "recorded-nix-build"
INSIDE = "/usr/local/share/machine/recorded"
NOTED = "/var/lib/machine/answers.json"
# A plan's programs are links into Debian; a large file in its closure would be a program that is none.
LARGEST_FILE = 256 * 1024


def put_before_nix_build(disk: Disk) -> None:
    disk.copy(GUEST, "/usr/local/bin/nix-build")


def put_on(disk: Disk, folder: Path) -> None:
    """Makes a machine answer from this recording."""
    put_before_nix_build(disk)
    disk.copy_tree(folder / "store", "/nix/store")
    for name in ["answers.json", "registration"]:
        disk.copy(folder / name, f"{INSIDE}/{name}")


def register(container: Container) -> None:
    """Tells the Nix of a booted machine about the recorded paths."""
    done = container.backdoor.run(f"nix-store --load-db < {INSIDE}/registration", 60)
    if done.status != 0:
        raise RuntimeError(f"the recorded paths could not be registered:\n{done.all}")


def ask(container: Container, script: str) -> str:
    done = container.backdoor.run(f"set -euo pipefail\n{script}", 120)
    if done.status != 0:
        raise RuntimeError(f"'{script}' failed:\n{done.all}")
    return done.out


def take_from(container: Container, folder: Path, nixpkgs: str) -> None:
    """Writes what a run built into `folder`, which does not exist yet."""
    answers = json.loads(ask(container, f"cat {NOTED}"))
    tops = " ".join(STORE + name for name in tops_of(answers))
    closure = ask(container, f"nix-store --query --requisites {tops} | sort -u").split()
    store = folder / "store"
    store.mkdir(parents=True)
    for path in closure:
        copy_out(container.backdoor, path, store)
    for path in store.rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | 0o200)
            refuse_what_is_no_text(path)
    (folder / "registration").write_text(ask(container, f"nix-store --dump-db {' '.join(closure)}"))
    kept = {"nixpkgs": nixpkgs, "static": answers["static"], "dynamic": answers["dynamic"]}
    (folder / "answers.json").write_text(json.dumps(kept, indent=2) + "\n")


def refuse_what_is_no_text(path: Path) -> None:
    if path.is_file():
        content = path.read_bytes()
        if len(content) > LARGEST_FILE or b"\0" in content:
            raise NotRecordable(f"'{path}' is not a small text ({len(content)} bytes)")


def differences(recorded: Path, fresh: Path) -> list[str]:
    """Where what is built now says something else than what was recorded; hashes of the store aside."""
    before, now = said_by(recorded), said_by(fresh)
    lines = difflib.unified_diff(before, now, "recorded", "built now", lineterm="", n=1)
    return list(lines)


def said_by(folder: Path) -> list[str]:
    """Every file and link of a recording as lines, without what differs from run to run."""
    entries = []
    for path in sorted((folder / "store").rglob("*")):
        if path.is_symlink():
            text = f"-> {path.readlink()}"
        elif path.is_file():
            text = plan_text(path) if path.name == "plan.json" else path.read_text()
        else:
            continue
        entries.append((without_hashes(str(path.relative_to(folder / "store"))), without_hashes(text)))
    return [f"{name}: {line}" for name, text in sorted(entries) for line in text.splitlines()]


def plan_text(path: Path) -> str:
    """A plan without the dynamic file's own text, which has the time of its entries, and without hashes."""
    plan = json.loads(path.read_text())
    for differing in ("configuration", "bystanders"):
        plan.pop(differing, None)
    return json.dumps(plan, indent=1, sort_keys=True)


def without_hashes(text: str) -> str:
    return re.sub(r"\b[0-9a-df-np-sv-z]{32}-", "", text)
