"""When recorded plans count as fresh."""

import json
import tempfile
import unittest
from pathlib import Path

from . import recorded

HASH = "0123456789abcdfghijklmnpqrsvwxyz"
OTHER = HASH[::-1]


class Differences(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def make(self, name: str, hash_: str, jobs: int, configuration: str = "") -> Path:
        unit = self.folder / name / "store" / f"{hash_}-unit"
        unit.mkdir(parents=True)
        (unit / "x.service").write_text(f"[Service]\nExecStart=/nix/store/{hash_}-start --jobs {jobs}\n")
        (unit / "link").symlink_to(f"/nix/store/{hash_}-bash/bin/bash")
        (unit / "plan.json").write_text(json.dumps({"configuration": configuration, "version": 1}))
        return self.folder / name

    def test_none_but_hashes_and_times(self):
        before, now = self.make("a", HASH, 4, "# 1 yesterday"), self.make("b", OTHER, 4, "# 1 today")
        self.assertEqual(recorded.differences(before, now), [])

    def test_a_changed_line_is_named(self):
        said = recorded.differences(self.make("a", HASH, 4), self.make("b", HASH, 5))
        self.assertIn("-unit/x.service: ExecStart=/nix/store/start --jobs 4", said)
        self.assertIn("+unit/x.service: ExecStart=/nix/store/start --jobs 5", said)

    def test_a_missing_file_and_another_link(self):
        before, now = self.make("a", HASH, 4), self.make("b", HASH, 4)
        link = now / "store" / f"{HASH}-unit" / "link"
        link.unlink()
        self.assertTrue(recorded.differences(before, now))
        link.symlink_to("/nix/store/zsh/bin/zsh")
        self.assertTrue(recorded.differences(before, now))

    def test_a_program_is_not_recordable(self):
        path = self.folder / "program"
        path.write_bytes(b"\x7fELF\0")
        with self.assertRaises(recorded.NotRecordable):
            recorded.refuse_what_is_no_text(path)
