#!/usr/bin/env python3
"""FORMATS.md says what dynix prints and reads: its examples have the members of the real records, and files like
its examples are read. What needs a running systemd is in vmtests/formats."""

import json
import os
import pathlib
import re
import shutil
import sys
import tempfile

from format_page import PAGE, compare, members, section, text_of
from program import dynix

RECORDED = pathlib.Path(__file__).parents[3] / "vmtests/recorded"

LEVEL = "services.distccd.logLevel"


class Session:
    """A dynamic file, and the system of the examples."""

    def __init__(self, folder):
        self.file = folder / "dynamic.nix"
        self.schema = folder / "options.json"
        self.system = folder / "system.json"
        self.schema.write_text(text_of("/etc/dynix/options.json"))
        self.system.write_text(text_of("/etc/dynix/system.json"))

    def run(self, *words, code=0, **options):
        done = dynix(*words, "--json", **options)
        assert done.returncode == code, (words, done)
        return json.loads(done.stdout)

    def on_file(self, command, *words, **options):
        return self.run(command, "--file", str(self.file), *words, **options)

    def on_schema(self, command, *words, **options):
        return self.on_file(command, "--schema", str(self.schema), *words, **options)


def every_command(_):
    page = PAGE.read_text()
    commands = re.findall(r"^  (\w+) {3,}", dynix("--help").stdout.decode().split("\nSubcommands:\n")[1], re.MULTILINE)
    assert "append" in commands, commands
    for command in commands:
        if b"--json" in dynix(command, "--help").stdout:
            assert re.search(rf"^### (?!/).*\b{command}\b", page, re.MULTILINE), f"FORMATS.md has no section on '{command}'"


def changes(session):
    added = [
        session.on_schema("append", LEVEL, "error", "--message", "less"),
        session.on_schema("append", LEVEL, "debug"),
    ]
    compare("append", *added)
    assert added[0]["checked"] is True
    compare("show", session.on_file("show"))
    undone = [
        session.on_file("undo", "2"),
        session.on_file("undo", "1"),
        session.on_file("undo", "--to-generation", "2"),
    ]
    compare("undo", *undone)
    compare("log", session.on_file("log"))
    compare("export", session.on_schema("export"))
    first = pathlib.Path(session.on_file("generations")["generations"][0]["file"])
    first.unlink()
    first.write_text("{")
    compare("generations", session.on_file("generations"))


def changes_and_apply(session):
    """What `--apply` says is a second record, also of an apply that is refused."""
    folder = session.file.parent
    as_user = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups") if os.geteuid() == 0 else ()
    if as_user:
        folder.chmod(0o755)
        (folder / "own").mkdir()
        os.chown(folder / "own", 65534, 65534)
    file = folder / ("own/dynamic.nix" if as_user else "own.nix")
    for words, way_back in (
        (["append", "--schema", str(session.schema), LEVEL, "error"], f"entry 1 stays in '{file}' all the same: 'dynix undo 1 --file {file}'"),
        (["undo", "--last"], f"is out of '{file}' all the same: 'dynix undo --to-generation 1 --file {file}'"),
    ):
        done = dynix(*words, "--file", str(file), "--apply", "--json", program=as_user)
        assert done.returncode == 1 and b"only root can change what runs" in done.stderr, done
        assert way_back in done.stderr.decode(), done
        first, end = json.JSONDecoder().raw_decode(done.stdout.decode())
        assert first["file"] == str(file) and first["entry"], first
        second = json.loads(done.stdout.decode()[end:])
        assert list(second) == ["error"], second


def options(session):
    below = session.on_schema("options", "services.distccd")
    one = session.on_schema("options", "services.distccd.maxJobs")
    assert one["options"][0]["oldNames"] == ["services.distccd.jobs"], one
    compare("options", below, one)
    why = session.on_schema("why", LEVEL, "--system", str(session.system))
    assert why["units"] == ["distccd.service"], why
    assert why["reach"].startswith("not tried"), why
    compare("why", why, elsewhere={
        ("", "sameAsStatic"), ("", "states"), ("", "statesUnknown"),
        ("states", "option"), ("states", "standing"), ("states", "reason"),
    })


def parse(session):
    good = session.run("parse", "-", input=b"a: a + 1")
    bad = session.run("parse", "-", input=b"{ a = 1 }", code=1)
    compare("parse", good, bad)


def errors(session):
    session.file.write_text("{ lib, ... }:\n{\n  config = lib.mkMerge [\n    { a = \"x\n")
    refused = [
        session.on_file("show", code=1),
        session.on_schema("append", "services.distccd.maxJob", "1", code=1),
        session.run("show", "--nonsense", code=2),
    ]
    compare("error", *refused)
    for record in refused:
        assert list(record) == ["error"], record


def recorded():
    """What Nix made of the real modules of a nixpkgs."""
    plans = [json.loads(file.read_text()) for file in RECORDED.glob("store/*-dynix-activation/plan.json")]
    compare("plan.json", *plans, elsewhere={
        ("", "proof"), *(("leaks", name) for name in ("kind", "name", "static", "dynamic")),
        ("units", "preflights"), *(("preflights", name) for name in ("name", "command", "timeoutSeconds")),
        ("units", "probes"), *(("probes", name) for name in ("name", "command", "before", "timeoutSeconds")),
        *(("probes", f"{name}Seconds") for name in ("grace", "interval", "deadline")),
    })
    systems = [json.loads(file.read_text()) for file in RECORDED.glob("store/*-etc-system.json")]
    assert systems and any("services" in system for system in systems)
    compare("/etc/dynix/system.json", *systems, elsewhere={
        ("", "roots"), ("", "moreRoots"),
        ("source", "nixpkgs"), ("source", "configuration"),
    })
    described = section("/etc/dynix/options.json")
    schema = json.loads((RECORDED / "options.json").read_text())
    for _, name in members(schema, {"options", "below"}):
        assert name in ("version", "options", "at", "below") or f"`{name}`" in described, name


def main():
    folder = pathlib.Path(tempfile.mkdtemp())
    try:
        session = Session(folder)
        for part in every_command, changes, changes_and_apply, options, parse, errors:
            part(session)
            print(f"{part.__name__}: as in FORMATS.md", flush=True)
        recorded()
        print("recorded: as in FORMATS.md")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
