"""A machine's own disk before its first boot: the upper layer of the overlay, written from outside."""

import shutil
import uuid
from pathlib import Path

# What Debian would start and no scenario needs, or what would reach for the host's kernel.
MASKED = [
    "apt-daily-upgrade.timer",
    "apt-daily.timer",
    "console-getty.service",
    "distcc.service",
    "dpkg-db-backup.timer",
    "fstrim.timer",
    "getty.target",
    "ldconfig.service",
    "modprobe@.service",
    "systemd-firstboot.service",
    "systemd-journal-catalog-update.service",
    "systemd-logind.service",
    "systemd-pstore.service",
    "systemd-sysctl.service",
    "systemd-update-utmp.service",
    "systemd-userdbd.socket",
]
# systemd.generator(7): all of systemd's own run at every reload, and make no unit that a machine needs. They were
# more than half of the time of a reload, and scenarios reload some hundred times.
MASKED_GENERATORS = [
    "systemd-debug-generator",
    "systemd-fstab-generator",
    "systemd-getty-generator",
    "systemd-gpt-auto-generator",
    "systemd-hibernate-resume-generator",
    "systemd-rc-local-generator",
    "systemd-run-generator",
    "systemd-ssh-generator",
    "systemd-system-update-generator",
    "systemd-sysv-generator",
    "systemd-tpm2-generator",
]
# NixOS has this target and restarts it on every switch; Debian has not.
REACTIVATION_TARGET = """\
[Unit]
Description=Reactivate sysinit units
"""
# As NixOS has it from the start of its boot.
CURRENT_SYSTEM = "L /run/current-system - - - - /nix/var/nix/profiles/system\n"
# Nix as root alone: no daemon, no builders' users, and nothing from the network. What it writes need not
# survive a power cut of the host.
NIX_CONF = """\
build-users-group =
experimental-features = nix-command flakes
flake-registry =
fsync-metadata = false
sandbox = false
substituters =
"""


class Disk:
    """Writes files as root's, by the path that the machine will know them by."""

    def __init__(self, upper: Path):
        self._upper = upper
        self.machine_id = uuid.uuid4().hex

    def _place(self, path: str) -> Path:
        place = self._upper / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        place = self._place(path)
        place.write_text(text)
        place.chmod(mode)

    def copy(self, source: Path, path: str) -> None:
        shutil.copy(source, self._place(path), follow_symlinks=False)

    def link(self, path: str, target: str) -> None:
        self._place(path).symlink_to(target)

    def copy_tree(self, source: Path, below: str = "") -> None:
        """Everything below `source`, laid over the machine's own files."""
        for path in sorted(source.rglob("*")):
            if path.is_symlink() or not path.is_dir():
                self.copy(path, f"{below}/{path.relative_to(source)}")

    def folder(self, path: str) -> None:
        self._place(path).mkdir(parents=True, exist_ok=True)


def furnish(disk: Disk, name: str) -> None:
    """What every machine has."""
    disk.write("/etc/machine-id", disk.machine_id + "\n")
    disk.write("/etc/hostname", name + "\n")
    disk.write("/etc/hosts", f"127.0.0.1 localhost\n::1 localhost\n127.0.0.2 {name}\n")
    for unit in MASKED:
        disk.link(f"/etc/systemd/system/{unit}", "/dev/null")
    for generator in MASKED_GENERATORS:
        disk.link(f"/etc/systemd/system-generators/{generator}", "/dev/null")
    disk.write("/usr/lib/systemd/system/sysinit-reactivation.target", REACTIVATION_TARGET)
    disk.write("/usr/lib/tmpfiles.d/machine.conf", CURRENT_SYSTEM)
    disk.write("/etc/nix/nix.conf", NIX_CONF)
    disk.folder("/etc/nixos")
    guest = Path(__file__).parent / "guest"
    disk.copy(guest / "nixos-rebuild", "/usr/local/bin/nixos-rebuild")
    disk.copy(guest / "static-system.nix", "/usr/local/share/machine/static-system.nix")
    modules = Path(__file__).parent.parent.parent / "nixmodules" / "dynamicism"
    disk.copy(modules / "fingerprint.nix", "/usr/local/share/machine/fingerprint.nix")
