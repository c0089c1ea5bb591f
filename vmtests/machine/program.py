"""Brings a program of the host's build into a machine, with those of its libraries that the machine lacks.

Debian's own libraries are preferred: the program then speaks to systemd through the machine's libsystemd,
as an installed one would. A host with a newer libc than the machine's needs all of its own.
"""

import re
import subprocess
from pathlib import Path

from .disk import Disk

FOLDER = "/usr/lib/dynix"
# Each begins with a name, which `re` then looks for alone, and not with what must not stand before it: a fifth of the time of
# one pattern of all names, which was a twelfth of a scenario's processor time.
VERSIONS = [
    re.compile(name + rb"(?<!\w" + name + rb")_[0-9][0-9.]*") for name in [b"GLIBC", b"GLIBCXX", b"CXXABI", b"GCC"]
]
LIBRARY_FOLDERS = ["usr/lib/x86_64-linux-gnu", "usr/lib/aarch64-linux-gnu", "usr/lib", "usr/lib64"]


def libraries(program: Path) -> tuple[dict[str, Path], Path | None]:
    """What `ldd` finds on the host: name to file, and the loader."""
    listed = subprocess.run(["ldd", str(program)], capture_output=True, text=True)
    if listed.returncode != 0:
        # Linked statically.
        return {}, None
    found = {name: Path(path) for name, path in re.findall(r"^\s*(\S+) => (/\S+)", listed.stdout, re.MULTILINE)}
    loader = re.search(r"^\s*(/\S*ld-linux\S*)", listed.stdout, re.MULTILINE)
    return found, Path(loader.group(1)) if loader else None


def symbol_versions(program: Path) -> set[bytes]:
    """The symbol versions that a file asks for or offers, such as GLIBC_2.36."""
    content = program.read_bytes()
    return {found for versions in VERSIONS for found in versions.findall(content)}


def offered_versions(root: Path) -> set[bytes]:
    offered = set()
    for library in ["libc.so.6", "libm.so.6", "libstdc++.so.6", "libgcc_s.so.1"]:
        for folder in LIBRARY_FOLDERS:
            path = root / folder / library
            if path.exists():
                offered |= symbol_versions(path)
                break
    return offered


def bring(disk: Disk, root: Path, program: Path) -> None:
    """The program becomes /usr/bin/<its name>."""
    found, loader = libraries(program)
    missing = {
        name: path
        for name, path in found.items()
        if not any((root / folder / name).exists() for folder in LIBRARY_FOLDERS)
    }
    needed = symbol_versions(program).union(*(symbol_versions(path) for path in missing.values()))
    too_old = not needed <= offered_versions(root)
    inside = f"{FOLDER}/{program.name}"
    if loader is None or (not missing and not too_old):
        disk.copy(program, f"/usr/bin/{program.name}")
        return
    disk.copy(program, inside)
    for name, path in (found if too_old else missing).items():
        disk.copy(path.resolve(), f"{FOLDER}/lib/{name}")
    if too_old:
        disk.copy(loader.resolve(), f"{FOLDER}/lib/{loader.name}")
        start = f'exec {FOLDER}/lib/{loader.name} --library-path {FOLDER}/lib {inside} "$@"'
    else:
        start = f'LD_LIBRARY_PATH={FOLDER}/lib exec {inside} "$@"'
    disk.write(f"/usr/bin/{program.name}", f"#!/bin/sh\n{start}\n", 0o755)
