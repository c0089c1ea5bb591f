#!/usr/bin/env python3
"""What is installed for other programs is enough for them: the example builds against it, alone, and runs.

Arguments: EXAMPLE (built here) SOURCE BUILD-FOLDER MESON -- the words of the compiler.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77

BEFORE = b"{ lib, ... }:\n{\n  a.b = 1; # one\n  c = lib.x { };\n}\n"


def check_example(program):
    def run(path, value):
        return subprocess.run([program, path, value], input=BEFORE, capture_output=True, check=False)

    assert run("a.b", "2").stdout == BEFORE.replace(b"= 1", b"= 2")
    assert run("a.d", '"x"').stdout == BEFORE.replace(b"# one\n", b'# one\n  a.d = "x";\n')
    refused = run("c.y", "1")
    assert refused.returncode == 1 and b"<stdin>:4:7: error: 'c' is not a set" in refused.stderr, refused
    assert run("a.b", "2 +").returncode == 1
    assert subprocess.run([program], capture_output=True, check=False).returncode == 2


def install(meson, build, to):
    subprocess.run(
        [meson, "install", "-C", build, "--no-rebuild", "--quiet", "--tags", "devel", "--destdir", to], check=True)
    found = list(to.rglob("dynix-syntax.pc"))
    assert len(found) == 1, found
    return found[0]


def flags(package, to):
    prefix = next(line for line in package.read_text().splitlines() if line.startswith("prefix=")).split("=", 1)[1]
    told = subprocess.run(
        ["pkg-config", f"--define-variable=prefix={to}{prefix}", "--cflags", "--libs", "dynix-syntax"],
        env={**os.environ, "PKG_CONFIG_PATH": str(package.parent)}, capture_output=True, text=True, check=True)
    return told.stdout.split()


def main():
    example, source, build, meson = sys.argv[1:5]
    compiler = sys.argv[6:]
    check_example(example)
    if shutil.which("pkg-config") is None:
        print("skipped: 'pkg-config' is not in PATH; install pkg-config")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="dynix-installed-") as folder:
        to = pathlib.Path(folder) / "root"
        words = flags(install(meson, build, to), to)
        # Every header that is installed compiles with no other header of the project in reach.
        headers = sorted(to.rglob("*.hpp"))
        names = [h.as_posix().split("/include/", 1)[1] for h in headers]
        assert "dynix/syntax/parse.hpp" in names and not any("grammar" in name for name in names), names
        everything = pathlib.Path(folder) / "headers.cpp"
        everything.write_text("".join(f"#include <{name}>\n" for name in names))
        built = pathlib.Path(folder) / "example"
        subprocess.run([*compiler, "-std=c++20", source, everything, "-o", built, *words], check=True)
        check_example(built)
    print(f"{len(names)} headers")
    return 0


sys.exit(main())
