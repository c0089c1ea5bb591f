"""How a program of the host gets into a machine: which libraries go with it."""

import shutil
import tempfile
import unittest
from pathlib import Path

from . import program
from .disk import Disk


class Bring(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name) / "root"
        self.upper = Path(folder.name) / "upper"
        self.libraries = self.root / program.LIBRARY_FOLDERS[0]
        self.libraries.mkdir(parents=True)
        self.tool = Path(shutil.which("ldd")).with_name("env")
        self.found, self.loader = program.libraries(self.tool)

    def bring(self, tool: Path) -> list[str]:
        program.bring(Disk(self.upper), self.root, tool)
        return sorted(str(path.relative_to(self.upper)) for path in self.upper.rglob("*") if path.is_file())

    def give_root_the_hosts_libraries(self):
        for name, path in self.found.items():
            shutil.copy(path.resolve(), self.libraries / name)

    def test_a_machine_with_the_same_libraries_gets_the_bare_program(self):
        self.give_root_the_hosts_libraries()
        self.assertEqual(self.bring(self.tool), ["usr/bin/env"])

    def test_a_machine_with_an_older_libc_gets_all_of_the_hosts(self):
        self.give_root_the_hosts_libraries()
        (self.libraries / "libc.so.6").write_bytes(b"\0GLIBC_2.2.5\0")
        brought = self.bring(self.tool)
        self.assertIn("usr/lib/dynix/env", brought)
        self.assertIn("usr/lib/dynix/lib/libc.so.6", brought)
        self.assertIn(self.loader.name, (self.upper / "usr/bin/env").read_text())

    def test_a_library_that_the_machine_lacks_goes_with_the_program(self):
        self.give_root_the_hosts_libraries()
        tool = next(Path(path) for path in ["/usr/bin/ls", "/bin/ls"] if Path(path).exists())
        lacking = set(program.libraries(tool)[0]) - set(self.found)
        self.assertTrue(lacking, "ls has no library beyond libc here")
        brought = self.bring(tool)
        for name in lacking:
            self.assertIn(f"usr/lib/dynix/lib/{name}", brought)

    def test_a_script_is_copied(self):
        script = self.root / "tool"
        script.write_text("#!/bin/sh\n")
        script.chmod(0o755)
        self.assertEqual(self.bring(script), ["usr/bin/tool"])
