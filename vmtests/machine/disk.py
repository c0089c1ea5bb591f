"""A machine's own disk before its first boot: the upper layer of the overlay, written from outside."""

import os
import shutil
import stat
import uuid
from pathlib import Path


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

    def hide(self, path: str) -> None:
        """What the root has there is not in the machine."""
        os.mknod(self._place(path), stat.S_IFCHR, os.makedev(0, 0))

    def copy_tree(self, source: Path, below: str = "") -> None:
        """Everything below `source`, laid over the machine's own files."""
        for path in sorted(source.rglob("*")):
            if path.is_symlink() or not path.is_dir():
                self.copy(path, f"{below}/{path.relative_to(source)}")

    def folder(self, path: str) -> None:
        self._place(path).mkdir(parents=True, exist_ok=True)
