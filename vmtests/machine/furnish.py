"""What every machine has on its disk, whatever its scenario."""

from pathlib import Path

from .disk import Disk
from .units import mask_units, put_units

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


def furnish(disk: Disk, root: Path, name: str, has_all_units: bool = False) -> None:
    """What every machine has besides this root, and of its units all, or those that are needed."""
    disk.write("/etc/machine-id", disk.machine_id + "\n")
    disk.write("/etc/hostname", name + "\n")
    disk.write("/etc/hosts", f"127.0.0.1 localhost\n::1 localhost\n127.0.0.2 {name}\n")
    if has_all_units:
        mask_units(disk)
    else:
        put_units(disk, root)
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
