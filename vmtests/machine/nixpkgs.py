"""The nixpkgs tree that NixOS modules are evaluated from, when the caller has one."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

INSIDE = "/nixpkgs"
LIB_INSIDE = "/nixpkgs-lib"


@dataclass
class Nixpkgs:
    tree: Path
    # A tree with a newer `lib/` than the first one's.
    lib: Path | None

    def shared(self) -> dict[str, Path]:
        return {INSIDE: self.tree, **({LIB_INSIDE: self.lib} if self.lib else {})}

    def version(self) -> str:
        """What the recorded plans are compared by: another nixpkgs may rightly say something else."""
        versions = [lib_version(self.tree)] + ([lib_version(self.lib)] if self.lib else [])
        return " with lib ".join(versions)

    def system_file(self, is_proved: bool) -> str:
        lib = f"\n  nixpkgsLib = {LIB_INSIDE};" if self.lib else ""
        return f"""\
# The machine's system: a NixOS configuration whose programs are those of the machine's Debian.
import /dynix/vmtests/nixpkgs {{
  nixpkgs = {INSIDE};{lib}
  configuration = /etc/nixos/configuration.nix;
  ofMachine = true;
  isOfEtc = {"true" if is_proved else "false"};
}}
"""


def lib_version(tree: Path) -> str:
    for path in [tree / "lib" / ".version", tree / ".version"]:
        if path.is_file():
            return path.read_text().strip()
    return "of unknown version"


def find(tree: str | None, lib: str | None) -> Nixpkgs | None:
    """From the command line, DYNIX_NIXPKGS, or `<nixpkgs>` in NIX_PATH."""
    tree = tree or os.environ.get("DYNIX_NIXPKGS") or in_nix_path()
    lib = lib or os.environ.get("DYNIX_NIXPKGS_LIB")
    if not tree:
        return None
    return Nixpkgs(Path(tree).resolve(), Path(lib).resolve() if lib else None)


def in_nix_path() -> str | None:
    if "NIX_PATH" not in os.environ or shutil.which("nix-instantiate") is None:
        return None
    found = subprocess.run(["nix-instantiate", "--find-file", "nixpkgs"], capture_output=True, text=True)
    return found.stdout.strip() or None
