"""Process 1 of a machine before it becomes systemd: builds the file tree, moves into it, executes init.

Started by `unshare --mount --pid --fork --uts --ipc --net`, with one JSON file that says what to do. All
mounts happen in this private mount namespace and go with it.
"""

import json
import os
import stat
import sys
from pathlib import Path

from . import syscalls

DEVICES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}
LINKS = {
    "ptmx": "pts/ptmx",
    "fd": "/proc/self/fd",
    "stdin": "/proc/self/fd/0",
    "stdout": "/proc/self/fd/1",
    "stderr": "/proc/self/fd/2",
    "core": "/proc/kcore",
}
# What could reach out of the machine: CAP_SYS_MODULE, CAP_SYS_RAWIO, CAP_SYS_TIME.
# What makes /etc that of the system that boots, where the machine takes over a whole system.
ACTIVATE = "/nix/var/nix/profiles/system/activate"
DROPPED_CAPABILITIES = [16, 17, 25]


def enter_cgroup(payload: str) -> None:
    """Makes the machine's group the root of what it sees."""
    Path(payload, "cgroup.procs").write_text("0")
    syscalls.unshare(syscalls.CLONE_NEWCGROUP)


def mount_disk(lower: str, disk: str) -> str:
    """The overlay of the Debian root and this machine's own disk."""
    root = f"{disk}/root"
    # A crash leaves this mark of the `volatile` option, which would refuse the next boot; what the
    # machine wrote is all in the page cache of this kernel, so nothing is lost.
    mark = Path(disk, "work/work/incompat/volatile")
    if mark.exists():
        for path in [*mark.iterdir(), mark, mark.parent]:
            path.rmdir() if path.is_dir() else path.unlink()
    layers = f"lowerdir={lower},upperdir={disk}/upper,workdir={disk}/work,volatile"
    syscalls.mount("machine", root, "overlay", 0, layers)
    return root


def mount_kernel_trees(root: str) -> None:
    quiet = syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC
    syscalls.mount("proc", f"{root}/proc", "proc", quiet)
    for path in [f"{root}/proc/sys", f"{root}/proc/sysrq-trigger"]:
        # The kernel's settings belong to the host; not every kernel has both.
        if os.path.exists(path):
            syscalls.bind(path, path, read_only=True)
    syscalls.mount("sysfs", f"{root}/sys", "sysfs", quiet | syscalls.MS_RDONLY)
    syscalls.mount("cgroup2", f"{root}/sys/fs/cgroup", "cgroup2", quiet)
    syscalls.mount("tmpfs", f"{root}/run", "tmpfs", syscalls.MS_NOSUID | syscalls.MS_NODEV, "mode=755")
    syscalls.mount("tmpfs", f"{root}/tmp", "tmpfs", syscalls.MS_NOSUID | syscalls.MS_NODEV, "mode=1777")


def make_devices(dev: str, console: str) -> None:
    os.umask(0)
    syscalls.mount("tmpfs", dev, "tmpfs", syscalls.MS_NOSUID, "mode=755")
    for name, (major, minor) in DEVICES.items():
        os.mknod(f"{dev}/{name}", 0o666 | stat.S_IFCHR, os.makedev(major, minor))
    for name, target in LINKS.items():
        os.symlink(target, f"{dev}/{name}")
    for name in ["pts", "shm"]:
        os.mkdir(f"{dev}/{name}", 0o755)
    syscalls.mount("devpts", f"{dev}/pts", "devpts", 0, "newinstance,ptmxmode=0666,mode=620,gid=5")
    syscalls.mount("tmpfs", f"{dev}/shm", "tmpfs", syscalls.MS_NOSUID | syscalls.MS_NODEV, "mode=1777")
    Path(f"{dev}/console").touch(0o600)
    syscalls.bind(console, f"{dev}/console", read_only=False)
    os.umask(0o022)


def mount_shared(root: str, shared: dict[str, str]) -> None:
    for target, source in shared.items():
        # Never through a link of the machine's own tree.
        place = Path(root + target)
        if Path(source).is_dir():
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.touch()
        syscalls.bind(source, str(place), read_only=True)


def main() -> None:
    order = json.loads(Path(sys.argv[1]).read_text())
    console = os.ttyname(0)
    enter_cgroup(order["cgroup"])
    root = mount_disk(order["lower"], order["disk"])
    mount_shared(root, order["shared"])
    mount_kernel_trees(root)
    make_devices(f"{root}/dev", console)

    os.chdir(root)
    syscalls.pivot_root(".", ".")
    syscalls.unmount(".", syscalls.MNT_DETACH)
    os.chdir("/")
    # As systemd does on a machine and systemd-nspawn for it in a container: a helper of systemd mounts a unit's
    # credentials from a namespace of its own, and without this nobody else would have them.
    syscalls.mount("", "/", flags=syscalls.MS_REC | syscalls.MS_SHARED)
    for capability in DROPPED_CAPABILITIES:
        syscalls.drop_capability(capability)
    # As stage 2 of NixOS's boot does.
    if os.path.exists(ACTIVATE):
        os.spawnv(os.P_WAIT, ACTIVATE, [ACTIVATE])
    os.execve(order["init"][0], order["init"], {"container": "dynix", "TERM": "dumb"})


if __name__ == "__main__":
    main()
