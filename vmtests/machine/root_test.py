"""The cache of the Debian root, with a stand-in for mmdebstrap that makes a folder."""

import os
import tempfile
import threading
import unittest
from pathlib import Path
from unittest import mock

from . import root
from .unavailable import Unavailable

MAKER = """#!/bin/sh
for last; do :; done
echo made >> "$MAKINGS"
mkdir -p "$last/etc" && echo host > "$last/etc/hostname"
sleep 0.2
exit ${MAKER_STATUS:-0}
"""


@unittest.skipIf(os.geteuid() != 0, "the cache is made as root")
class Cache(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.folder = Path(self._folder.name)
        maker = self.folder / "bin" / "mmdebstrap"
        maker.parent.mkdir()
        maker.write_text(MAKER)
        maker.chmod(0o755)
        self.makings = self.folder / "makings"
        environment = {
            "MAKINGS": str(self.makings),
            "PATH": f"{maker.parent}:/usr/bin:/bin",
            "XDG_CACHE_HOME": str(self.folder / "cache"),
        }
        self.enterContext(mock.patch.dict(os.environ, environment))

    def make(self) -> Path:
        return root.cached_root(say=lambda text: None)

    def times_made(self) -> int:
        return len(self.makings.read_text().splitlines())

    def test_made_once_and_without_what_differs_from_machine_to_machine(self):
        made = self.make()
        self.assertEqual(self.make(), made)
        self.assertEqual(self.times_made(), 1)
        self.assertFalse((made / "etc/hostname").exists())

    def test_two_at_once_make_one(self):
        threads = [threading.Thread(target=self.make) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(self.times_made(), 1)

    def test_another_list_is_another_root(self):
        first = self.make()
        self.assertNotEqual(root.cached_root(["hello"], say=lambda text: None), first)
        self.assertEqual(self.times_made(), 2)

    def test_a_failed_making_leaves_no_root(self):
        with mock.patch.dict(os.environ, {"MAKER_STATUS": "1"}):
            with self.assertRaisesRegex(Unavailable, "could not make"):
                self.make()
        self.assertEqual([path for path in root.cache_folder().iterdir() if path.is_dir()], [])
        self.assertTrue(self.make().is_dir())

    def test_a_broken_off_making_is_made_anew(self):
        partial = root.cache_folder() / (root.name(root.PACKAGES) + ".partial")
        partial.mkdir(parents=True)
        (partial / "half").touch()
        self.assertFalse((self.make() / "half").exists())

    def test_no_mmdebstrap(self):
        with mock.patch.dict(os.environ, {"PATH": str(self.folder)}):
            with self.assertRaisesRegex(Unavailable, "mmdebstrap is missing"):
                self.make()

    def test_not_root(self):
        with mock.patch.object(os, "geteuid", lambda: 1000):
            with self.assertRaisesRegex(Unavailable, "needs root"):
                self.make()
