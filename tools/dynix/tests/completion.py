#!/usr/bin/env python3
"""Lines that a person types, completed by the real bash, zsh and fish; and what `dynix complete` tells them.

Argument: bash, zsh, fish, or program for `dynix complete` alone.
"""

import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

import example_schema
import shells
from program import DYNIX, append, dynix, skip

# What stands before the Tab key, and what stands in the line after it.
LINES = {
    "dynix appe": "dynix append ",
    "dynix ap": "dynix app",  # append, apply
    "true; dynix appe": "true; dynix append ",
    "dynix append --strin": "dynix append --string ",
    "dynix append --st": "dynix append --stri",  # --strict, --string
    "dynix apply --verify f": "dynix apply --verify full ",
    "dynix append --file dyn": "dynix append --file dynamic.nix ",
    "dynix modules ex": "dynix modules explain ",
    "dynix parse dyn": "dynix parse dynamic.nix ",
    "dynix append @ serv": "dynix append @ services.",  # services.distccd, services.nginx
    "dynix append @ services.distccd.max": "dynix append @ services.distccd.maxJobs ",
    "dynix  append   @   services.distccd.max": "dynix  append   @   services.distccd.maxJobs ",
    "dynix append @ services.distccd.st": "dynix append @ services.distccd.stats.enable ",
    "dynix append @ services.distcc.max": "dynix append @ services.distcc.maxJobs ",  # an old name
    "dynix append @ -n services.distccd.max": "dynix append @ -n services.distccd.maxJobs ",
    "dynix append @ -m words services.distccd.max": "dynix append @ -m words services.distccd.maxJobs ",
    "dynix append @ -- services.distccd.max": "dynix append @ -- services.distccd.maxJobs ",
    "dynix options @ services.distccd.max": "dynix options @ services.distccd.maxJobs ",
    "dynix why @ services.distccd.max": "dynix why @ services.distccd.maxJobs ",
    "dynix append @ services.distccd.stats.enable t": "dynix append @ services.distccd.stats.enable true ",
    "dynix append @ services.distccd.logLevel e": "dynix append @ services.distccd.logLevel error ",
    "dynix append @ services.distccd.logLevel so": "dynix append @ services.distccd.logLevel so\\ so ",
    # Names that Nix quotes, in the three ways to get the quotes through the shell.
    "dynix append @ 'services.nginx.virtualHosts.\"a.b\".ro": "dynix append @ 'services.nginx.virtualHosts.\"a.b\".root' ",
    "dynix append @ services.nginx.virtualHosts.\\\"a.b\\\".ro": "dynix append @ services.nginx.virtualHosts.\\\"a.b\\\".root ",
    "dynix append @ \"services.nginx.virtualHosts.\\\"a.b\\\".ro": "dynix append @ \"services.nginx.virtualHosts.\\\"a.b\\\".root\" ",
    "dynix append @ services.nginx.virtualHosts.\\\"a": "dynix append @ services.nginx.virtualHosts.\\\"a.b\\\"",
    "dynix append @ 'services.nginx.virtualHosts.\"new.name\".fo": "dynix append @ 'services.nginx.virtualHosts.\"new.name\".forceSSL' ",
    "dynix append @ services.nginx.virtualHosts.pl": "dynix append @ services.nginx.virtualHosts.plain",
    "dynix append @ services.nginx.virtualHosts.plain.li": "dynix append @ services.nginx.virtualHosts.plain.listen.port ",
    "dynix append @ \"services.distccd.max": "dynix append @ \"services.distccd.maxJobs\" ",
    # The shell takes these quotes away, so this is the name 'a' with 'b' below it, which there is not.
    "dynix append @ services.nginx.virtualHosts.\"a.b\".ro": None,
    # Nothing can be said.
    "dynix append @ services.distccd.po": None,  # no service declares it dynamic
    "dynix append @ services.nginx.virtualHosts.plain.http": None,  # read-only
    "dynix append @ nowhere.at.all": None,
    "dynix append @ services..": None,
    "dynix append @ 'services.\"": None,
    "dynix nothing ser": None,
    "dynix append --schema missing.json services.di": None,
    "dynix append --schema broken.json services.di": None,
    # A schema that means harm: its names are text, never run.
    "dynix append --schema hostile.json services.e": "dynix append --schema hostile.json services.evil.\\\"\\$\\(touch\\ pwned\\)\\\" ",
    # bash begins a word anew at each of these: COMP_WORDBREAKS.
    "dynix append --schema web.json services.web.listen http": "dynix append --schema web.json services.web.listen http://",
    "dynix append --schema web.json services.web.listen http:": "dynix append --schema web.json services.web.listen http://",
    "dynix append --schema web.json services.web.listen http://a": "dynix append --schema web.json services.web.listen http://a:8080 ",
    "dynix append --schema web.json services.web.listen http://a:80": "dynix append --schema web.json services.web.listen http://a:8080 ",
    "dynix append --schema web.json services.web.listen 'http://a": "dynix append --schema web.json services.web.listen 'http://a:8080' ",
    'dynix append --schema web.json services.web.listen "http://a': 'dynix append --schema web.json services.web.listen "http://a:8080" ',
    "dynix append --schema web.json services.web.listen key=": "dynix append --schema web.json services.web.listen key=value ",
    "dynix append --schema web.json services.web.listen user@h": "dynix append --schema web.json services.web.listen user@host ",
    "dynix why --schema web.json services.web.hosts.\\\"a:b": "dynix why --schema web.json services.web.hosts.\\\"a:b\\\"",
    "dynix why --schema web.json services.web.hosts.\\\"a:b\\\".ro": "dynix why --schema web.json services.web.hosts.\\\"a:b\\\".root ",
    # Entries and overrides of a dynamic file.
    "dynix undo --file dynamic.nix 1": "dynix undo --file dynamic.nix 1 ",
    "dynix undo --file dynamic.nix services.dis": "dynix undo --file dynamic.nix services.distccd.maxJobs ",
    "dynix apply --file dynamic.nix 1": "dynix apply --file dynamic.nix 1 ",
    "dynix diff --file dynamic.nix 1 services.dis": "dynix diff --file dynamic.nix 1 services.distccd.maxJobs ",
    "dynix status --wat": "dynix status --watch ",
    "dynix show --file dynamic.nix serv": "dynix show --file dynamic.nix services.distccd.maxJobs ",
}


def prepare(folder):
    """The files that the lines name, and a folder with dynix for the PATH."""
    (folder / "s.json").write_text(json.dumps(example_schema.small()))
    (folder / "broken.json").write_text(json.dumps(example_schema.small())[:-30])
    evil = {"$(touch pwned)": example_schema.option("boolean", "bool\u001b[31mean"), "two\nlines\u0007": None}
    (folder / "hostile.json").write_text(
        json.dumps({"version": 1, "options": {"services": {"below": {"evil": {"below": evil}}}}})
    )
    (folder / "web.json").write_text(json.dumps(example_schema.web()))
    assert append(folder / "dynamic.nix", "services.distccd.maxJobs", "4", "--schema", str(folder / "s.json")).returncode == 0
    (folder / "bin").mkdir()
    (folder / "bin" / "dynix").symlink_to(DYNIX)
    return {"PATH": f"{folder}/bin:{os.environ['PATH']}"}


def line_tests(complete):
    """Compares every line; `complete` is of a shell."""
    failed = 0
    for before, after in LINES.items():
        before = before.replace(" @ ", " --schema s.json ")
        after = before if after is None else after.replace(" @ ", " --schema s.json ")
        got = complete(before)
        if got != after:
            failed += 1
            print(f"FAILED {before}\n   expected {after!r}\n   got      {got!r}")
    print(f"{len(LINES)} lines, {failed} failed")
    return failed


def in_terminal(start, folder):
    shell = start(folder, prepare(folder))
    try:
        failed = line_tests(shell.complete)
    finally:
        shell.close()
    assert not (folder / "pwned").exists()
    return failed


def last_word(line):
    """The last word without its quotes, which may be open."""
    for end in ("", '"', "'"):
        try:
            return shlex.split(line + end)[-1]
        except ValueError:
            continue
    raise AssertionError(line)


def in_fish(folder):
    """fish itself tells what it would offer; the line is what all offers have in common."""
    variables = {**os.environ, **prepare(folder), "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}

    def complete(line):
        done = subprocess.run(
            ["fish", "--no-config", "-c", f"source {shells.COMPLETION}/dynix.fish; complete --escape -C $argv[1]", line],
            capture_output=True, text=True, cwd=folder, env=variables, timeout=600, check=False,
        )
        assert done.returncode == 0 and not done.stderr, done
        return [offer.split("\t")[0] for offer in done.stdout.splitlines()]

    failed = 0
    for before, after in LINES.items():
        before, after = (line and line.replace(" @ ", " --schema s.json ") for line in (before, after))
        common = os.path.commonprefix([last_word(offer) for offer in complete(before)])
        # What has no completion, or several without more in common, stays as it is.
        if common != last_word((after or before).rstrip(" ")) and not (after is None and common == ""):
            failed += 1
            print(f"FAILED {before}\n   expected {after!r}\n   got      {common!r}")
    print(f"{len(LINES)} lines, {failed} failed")
    assert not (folder / "pwned").exists()
    return failed


def in_program(folder):
    prepare(folder)

    def offers(line):
        done = dynix("complete", "--", line, cwd=folder)
        assert done.returncode == 0 and not done.stderr, done
        return dict(offer.split("\t") for offer in done.stdout.decode().splitlines())

    schema = "dynix append --schema s.json"
    commands = offers("dynix ")
    assert {"append", "apply", "options", "why"} <= commands.keys() and "complete" not in commands, commands
    assert commands["why"].startswith("Show where"), commands
    assert offers("dynix append --js") == {"--json": "Print a JSON record instead of text"}
    assert offers("") == commands and offers("sudo dynix ") == commands and offers("/a/b/dynix ") == commands
    assert offers("dx ") == commands, "under another name"
    of_distccd = offers(f"{schema} services.distccd.")
    assert list(of_distccd) == [f"services.distccd.{name}" for name in ("allowedClients", "logLevel", "maxJobs", "stats.")]
    assert of_distccd["services.distccd.maxJobs"] == "null or signed integer", of_distccd
    assert offers(f"{schema} services.nginx.virtualHosts.").keys() == {
        f"services.nginx.virtualHosts.{name}{dot}" for name in ('"a.b"', "plain", "in'it") for dot in ("", ".")
    }
    brought = append(folder / "hosts.nix", "services.nginx.virtualHosts.new.root", "/", "--schema", str(folder / "s.json"))
    assert brought.returncode == 0, brought
    assert offers(f"{schema} --file hosts.nix services.nginx.virtualHosts.n").keys() == {
        f"services.nginx.virtualHosts.new{dot}" for dot in ("", ".")
    }
    assert offers(f"{schema} services.distccd.logLevel ") == {
        "error": "", "warning": "static value", "so so": "", "null": ""
    }
    assert offers(f"{schema} services.distccd.allowedClients ") == {'[ "127.0.0.1" ]': "static value"}
    assert offers(f"{schema} services.distccd.maxJobs 4 ") == {}, "no word is wanted there"
    assert list(offers("dynix modules ")) == ["needed", "explain", "graph", "why-not", "verify"]
    assert offers("dynix append --file ") == {":files": ""} == offers("dynix append --file=x")
    assert offers("dynix undo --file dynamic.nix ") == {"services.distccd.maxJobs": "4", "1": "services.distccd.maxJobs = 4"}
    for command in ("apply", "check", "diff"):
        assert offers(f"dynix {command} --file dynamic.nix ") == offers("dynix undo --file dynamic.nix ")
    for hostile in ("x" * 100_000, "dynix append " + "a." * 10_000, "dynix '", 'dynix "\\', "dynix \\", "dynix \x01\x1b", "\n\n"):
        offers(hostile)
    hostile = offers("dynix append --schema hostile.json services.evil.")
    assert hostile == {'services.evil."$(touch pwned)"': ""}, hostile
    for text in ("", "[]", "{", '{"version": 99, "options": {}}', "[" * 100_000, '{"version": 1, "options": {"a": 1}}'):
        (folder / "bad.json").write_text(text)
        assert offers("dynix append --schema bad.json a") == {}, text
    return 0


def main():
    what = sys.argv[1]
    if what != "program" and not shells.found(what):
        skip(f"{what} is not installed")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="dynix-completion-"))
    try:
        if what == "program":
            failed = in_program(folder)
        elif what == "fish":
            failed = in_fish(folder)
        else:
            failed = in_terminal(getattr(shells, what), folder)
    finally:
        shutil.rmtree(folder)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
