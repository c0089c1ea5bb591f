"""The units that a machine has of Debian's: those that a scenario needs, and no others.

systemd loads whatever a loaded unit names, 130 units of a bare Debian, and reads and writes the state of all of them
at every reload. Scenarios reload a thousand times, and this was a sixth of their processor time. So the files of what no
machine needs are hidden, and the files of the others are without the names of units that have no file.
"""

import re
from fnmatch import fnmatch
from pathlib import Path

from .disk import Disk

FOLDER = "usr/lib/systemd/system"
# What Debian would start and no scenario needs, what would reach for the host's kernel, and what is there for other
# machines than a container.
HIDDEN = [
    "*getty*",
    "apt-daily*",
    "default.target",
    "dev-*.mount",
    "distcc.service",
    "dpkg-db-backup.*",
    "emergency.*",
    "first-boot-complete.target",
    "fstrim.*",
    "graphical.target",
    "initrd*",
    "kmod*",
    "ldconfig.service",
    "modprobe@.service",
    "proc-sys-fs-binfmt_misc.*",
    "rescue.*",
    "run-lock.mount",
    "sys-*.mount",
    "syslog.socket",
    "systemd-ask-password-*",
    "systemd-battery-check.service",
    "systemd-binfmt.service",
    "systemd-bsod.service",
    "systemd-creds.socket",
    "systemd-firstboot.service",
    "systemd-fsck*",
    "systemd-hibernate*",
    "systemd-hostnamed.socket",
    "systemd-initctl.*",
    "systemd-journal-catalog-update.service",
    "systemd-journald-audit.socket",
    "systemd-logind.service*",
    "systemd-machine-id-commit.service",
    "systemd-modules-load.service",
    "systemd-pcr*",
    "systemd-pstore.service",
    "systemd-quotacheck*",
    "systemd-random-seed.service",
    "systemd-remount-fs.service",
    "systemd-sysctl.service",
    "systemd-sysext.*",
    "systemd-sysusers.service",
    "systemd-tmpfiles-clean.*",
    "systemd-tmpfiles-setup-dev*",
    "systemd-tpm2-setup*",
    "systemd-update-done.service",
    "time-set.target",
    "tpm2.target",
]
# What a machine with all of Debian's units does not start: the host's affair, or nobody's.
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
# systemd.unit(5): what loads the units that it names.
NAMES = re.compile(r"^(After|Before|BindsTo|Conflicts|OnFailure|PartOf|Requires|Requisite|Wants)=(.*)$")
# Slices and scopes have no file, and the root no file of its own.
HAS_A_FILE = re.compile(r"(?!-\.mount).*\.(automount|mount|path|service|socket|swap|target|timer)")


def mask_units(disk: Disk) -> None:
    """The machine has all of Debian's units, as many as a NixOS machine has of its own."""
    for name in MASKED:
        disk.link(f"/etc/systemd/system/{name}", "/dev/null")


def put_units(disk: Disk, root: Path) -> None:
    """Of the units of this root, the machine gets those that are not hidden."""
    files = [path for path in (root / FOLDER).iterdir() if not path.is_dir()]
    there = {path.name for path in files if not any(fnmatch(path.name, pattern) for pattern in HIDDEN)}
    links = [path for folder in [FOLDER, "etc/systemd/system"] for path in (root / folder).glob("*.wants/*")]
    for path in [*files, *links]:
        inside = "/" + str(path.relative_to(root))
        if path.name not in there:
            disk.hide(inside)
        elif not path.is_symlink():
            text = path.read_text()
            changed = "".join(with_names_of(line, there) for line in text.splitlines(keepends=True))
            if changed != text:
                disk.write(inside, changed)
    disk.link("/etc/systemd/system/default.target", f"/{FOLDER}/multi-user.target")


def with_names_of(line: str, there: set[str]) -> str:
    """A line of a unit file, with those of the units that it names that have a file; none where that leaves nothing."""
    found = NAMES.match(line)
    if not found:
        return line
    named = found[2].split()
    left = [name for name in named if is_there(name, there)]
    if left == named:
        return line
    return f"{found[1]}={' '.join(left)}\n" if left else ""


def is_there(name: str, there: set[str]) -> bool:
    template = re.sub(r"@.*(?=\.)", "@", name)
    return not HAS_A_FILE.fullmatch(name) or name in there or template in there
