"""What the shared store of recorded plans keeps once, and that each recording comes out of it as it went in."""

import json
import os
import tempfile
import unittest
from pathlib import Path

from .recorded_store import NotRecordable, RecordedStore, compact

OPTIONS = {"options": {"nix": None, "services": {"below": {"a": None, "b": None}}}, "version": 1}


def tree(folder: Path) -> dict[str, object]:
    """Every file, link and folder below a folder, with content and mode."""
    found = {}
    for path in folder.rglob("*"):
        content = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else None
        found[str(path.relative_to(folder))] = (content, path.lstat().st_mode)
    return found


class Store(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.store = RecordedStore(self.folder / "recorded")

    def recording(self, service: str, folder: str = "") -> Path:
        """A system with its own service and schema, and the shell that every system has."""
        made = self.folder / (folder or f"{service}-given")
        paths = {f"{service}-system": [f"{service}-dynix-options.json", "shell"], f"{service}-dynix-options.json": [], "shell": []}
        (made / "store" / f"{service}-system").mkdir(parents=True)
        (made / "store" / f"{service}-system" / "unit").write_text(f"[Service]\nExecStart=/bin/{service}\n")
        (made / "store" / "shell" / "bin").mkdir(parents=True)
        (made / "store" / "shell" / "bin" / "sh").symlink_to("/bin/sh")
        script = made / "store" / "shell" / "start"
        script.write_text("#!/bin/sh\n")
        script.chmod(0o755)
        schema = json.loads(json.dumps(OPTIONS))
        schema["options"]["services"]["below"][service] = {"type": "größe"}
        (made / "store" / f"{service}-dynix-options.json").write_text(compact(schema))
        entries = []
        for name, references in sorted(paths.items()):
            below = [f"/nix/store/{it}" for it in references]
            entries += [f"/nix/store/{name}", "hash", "1", f"/nix/store/{name}.drv", str(len(below)), *below]
        (made / "registration").write_text("\n".join(entries) + "\n")
        answers = {"nixpkgs": "1", "static": f"/nix/store/{service}-system", "dynamic": []}
        (made / "answers.json").write_text(json.dumps(answers, indent=2) + "\n")
        return made

    def unpacked(self, scenario: str) -> Path:
        folder = self.folder / f"{scenario}-unpacked"
        self.store.unpack(scenario, folder)
        return folder

    def kept(self) -> set[str]:
        return {path.name for path in (self.folder / "recorded" / "store").iterdir()}

    def test_each_comes_out_as_it_went_in(self):
        for name in ["a", "b"]:
            self.store.pack(name, self.recording(name))
        for name in ["a", "b"]:
            self.assertEqual(tree(self.unpacked(name)), tree(self.folder / f"{name}-given"))

    def test_what_two_have_is_kept_once(self):
        for name in ["a", "b"]:
            self.store.pack(name, self.recording(name))
        self.assertEqual(len(self.kept()), 5)
        shared = json.loads((self.folder / "recorded" / "options.json").read_text())
        self.assertEqual(shared, {"options": {"nix": None, "services": {"below": {}}}, "version": 1})

    def test_the_order_makes_no_difference(self):
        other = RecordedStore(self.folder / "other")
        for name in ["a", "b"]:
            self.store.pack(name, self.recording(name))
        for name in ["b", "a"]:
            other.pack(name, self.folder / f"{name}-given")
        self.assertEqual(tree(self.folder / "recorded"), tree(self.folder / "other"))

    def test_what_no_scenario_needs_any_more_goes(self):
        for name in ["a", "b"]:
            self.store.pack(name, self.recording(name))
        self.store.pack("a", self.recording("c"))
        self.assertEqual(self.kept(), {"b-system", "b-dynix-options.json", "c-system", "c-dynix-options.json", "shell"})
        self.assertNotIn("/nix/store/a-", (self.folder / "recorded" / "registration").read_text())

    def test_packing_a_recording_again_changes_nothing(self):
        for name in ["a", "b"]:
            self.store.pack(name, self.recording(name))
        before = tree(self.folder / "recorded")
        self.store.pack("a", self.unpacked("a"))
        self.assertEqual(tree(self.folder / "recorded"), before)

    def test_a_schema_that_would_come_out_otherwise_is_refused_and_the_store_stays(self):
        self.store.pack("a", self.recording("a"))
        before = tree(self.folder / "recorded")
        given = self.recording("b")
        (given / "store" / "b-dynix-options.json").write_text('{ "options": {} }')
        with self.assertRaises(NotRecordable):
            self.store.pack("b", given)
        self.assertEqual(tree(self.folder / "recorded"), before)

    def test_what_is_there(self):
        self.store.pack("a", self.recording("a"))
        self.assertTrue(self.store.has("a"))
        self.assertFalse(self.store.has("b"))
        self.assertEqual(self.store.nixpkgs_of("a"), "1")
