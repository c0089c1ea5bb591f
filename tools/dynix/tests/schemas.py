#!/usr/bin/env python3
"""`dynix append` with a schema of the options: a wrong path or value is caught, and a bad schema file
never keeps anyone from appending, unless --strict asks for it."""

import json
import os
import sys

from program import append, entries, run_each
from synthetic_schema import schema

MiB = 1024 * 1024


def write(folder, content, name="options.json"):
    file = folder / name
    file.write_text(content)
    return str(file)


def typed(folder, file, *words):
    return append(folder / "dynamic.nix", "--schema", file, *words)


def overrides(folder):
    return {one["option"]: one["expression"] for one in entries(folder / "dynamic.nix")[-1]["overrides"]}


def good_values(folder):
    file = write(folder, schema(100))
    for path, value, expected in (
        ("service1.port", "80", {"service1.port": "80"}),
        ("service1.user", "80", {"service1.user": '"80"'}),
        ("service1.user", "true", {"service1.user": '"true"'}),
        ("service1.level", "error", {"service1.level": '"error"'}),
        ("service1.dataDir", "/srv", {"service1.dataDir": '"/srv"'}),
        ("service1.extraConfig", "[ 1", {"service1.extraConfig": '"[ 1"'}),
        ("service1.settings.server", "{ bind = 1; a.b = [ 2 ]; }",
         {"service1.settings.server.bind": "1", "service1.settings.server.a.b": "[ 2 ]"}),
        ("service1.hosts", '{ "a.b" = { port = 1; }; }', {'service1.hosts."a.b".port': "1"}),
        ("service1", "{ port = 1; user = \"x\"; }", {"service1.port": "1", "service1.user": '"x"'}),
        ("service1.hosts.x", "{ port = 1; }", {"service1.hosts.x.port": "1"}),
    ):
        done = typed(folder, file, f"services.{path}", value)
        assert done.returncode == 0, (path, value, done.stderr)
        assert overrides(folder) == {f"services.{k}": v for k, v in expected.items()}, (path, overrides(folder))
    done = typed(folder, file, "services.service1.hosts.y", "{ port = 1; }", "--replace")
    assert overrides(folder) == {"services.service1.hosts.y": "{ port = 1; }"}, done.stderr
    done = typed(folder, file, "services.service1.hosts.y.port", "2")
    assert done.returncode == 1 and b"would be lost" in done.stderr, done
    done = typed(folder, file, "services.service1.hosts.y.port", "2", "--replace")
    assert overrides(folder) == {"services.service1.hosts.y": "{ port = 2; }"}, done.stderr
    for word in ("null", "[ 1 ]"):
        done = typed(folder, file, "services.service1.user", word)
        assert done.returncode == 0 and b"note: VALUE is taken as a string" in done.stderr, done
    done = typed(folder, file, "services.service1.port", "--expr", "1 + 1")
    assert done.returncode == 0 and b"note: the expression is not checked here" in done.stderr, done
    told = json.loads(typed(folder, file, "services.service1.port", "1", "--json").stdout)
    assert told["checked"] is True, told


def bad_values(folder):
    file = write(folder, schema(100))
    for path, words, part in (
        ("service1.port", ["70000"], "found the integer 70000"),
        ("service1.port", ["--string", "80"], 'found the string "80"'),
        ("service1.level", ["inof"], "did you mean 'info'?"),
        ("service1.enable", ["yes"], "write true or false"),
        ("service1.clients", ["[ 1 ]"], "item 1: expected string, found the integer 1"),
        ("service1.clients", ["[ a"], "is taken as a string"),
        ("service1.clients", ["127.0.0.1"], 'a list of one item is written [ "127.0.0.1" ]'),
        ("service1.port", ["10MB"], "a number has digits alone"),
        ("service1.port", ["99999999999999999999"], "integer"),
        ("service1.hosts", ["{ a.prot = 1; }"], "did you mean 'port'?"),
        ("service1.settings.x", ["null"], "expected TOML value, found null"),
        ("service1.settings.x", ["{ a = null; }"], "'services.service1.settings.x.a': expected TOML value, found null"),
        ("service1.prot", ["1"], "did you mean 'services.service1.port'"),
        ("service1.port.x", ["1"], "there is nothing below"),
        ("service1.clients.x", ["1"], "a list is overridden as a whole"),
    ):
        done = typed(folder, file, f"services.{path}", *words)
        assert done.returncode == 1 and part in done.stderr.decode(), (path, words, done)
        assert done.stdout == b"" and not (folder / "dynamic.nix").exists()
    long = typed(folder, file, "services." + "x" * 120_000, "1")
    assert long.returncode == 1 and b"bytes left out" in long.stderr and len(long.stderr) < 5_000, long.stderr[:300]


def bad_files(folder):
    good = schema(10)
    deep = '{"version":1,"options":{"a":{"type":' + '{"kind":"list","of":[' * 100_000
    cases = {
        "empty": ("", "not valid JSON at byte 0"),
        "cut": (good[: len(good) // 2], "not valid JSON at byte"),
        "newer": (good.replace('"version":1', '"version":2'), "has version 2, and this dynix reads version 1"),
        "no version": ('{"options":{}}', "it has no version"),
        "a list": ("[1,2]", "it has no version"),
        "wrong types": ('{"version":1,"options":{"services":{"below":{"service0":7}}}}', "'service0' is neither null nor an object"),
        "no types": ('{"version":1,"options":{"services":{"below":{"service0":{"type":"int"}}}}}', "a type is not an object"),
        "deep": (deep, "not valid JSON"),
        "deep lists": ("[" * 1_000_000, "not valid JSON"),
        "bytes": ("\0\x01\x7f", "not valid JSON at byte 0"),
        "100 MB": ('{"version":1,"x":"' + "a" * 100 * MiB + '","options":{}}', "is larger than"),
    }
    for name, (content, part) in cases.items():
        still_appends(folder, write(folder, content), name, part)
    still_appends(folder, str(folder / "none.json"), "missing", "does not exist")
    still_appends(folder, str(folder), "a folder", "is a directory, expected a file")
    os.mkfifo(folder / "fifo")
    still_appends(folder, str(folder / "fifo"), "a FIFO", "is not a regular file")
    still_appends(folder, "/dev/zero", "a device", "is not a regular file")
    if os.geteuid() == 0:
        folder.chmod(0o777)
        private = write(folder, good, "private.json")
        os.chmod(private, 0o600)
        as_nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
        done = append(folder / "other.nix", "--schema", private, "services.service0.x", "1", program=as_nobody)
        assert done.returncode == 0 and b"Permission denied" in done.stderr, done


def still_appends(folder, file, name, part):
    dynamic = folder / "dynamic.nix"
    dynamic.unlink(missing_ok=True)
    strict = typed(folder, file, "services.service0.prot", "{ a = 1; }", "--strict")
    assert strict.returncode == 1 and part in strict.stderr.decode(), (name, strict.returncode, strict.stderr[:400])
    assert strict.stderr.startswith(b"error: ") and not dynamic.exists(), name
    done = typed(folder, file, "services.service0.prot", "{ a = 1; }")
    assert done.returncode == 0, (name, done.stderr[:400])
    assert done.stderr.startswith(b"note: not checked against the options: "), (name, done.stderr[:400])
    assert part in done.stderr.decode() and len(done.stderr) < 500, (name, done.stderr[:600])
    assert overrides(folder) == {"services.service0.prot.a": "1"}, name


# In a process of its own: a child counts what its parent had in memory at the fork as its own.
PEAK = """
import os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
print(usage.ru_maxrss, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def large(folder):
    """As many options as NixOS has, in the memory that a small machine can spare."""
    file = write(folder, schema(10_000))
    for option, code in (("port", 0), ("prot", 1)):
        done = append(
            folder / "dynamic.nix", "--schema", file, f"services.service999.{option}", "80",
            program=(sys.executable, "-c", PEAK),
        )
        assert done.returncode == code, done.stderr
        peak = int(done.stderr.splitlines()[-1]) * 1024
        assert "ASAN_OPTIONS" in os.environ or peak < 60 * MiB, peak


def main():
    return run_each(good_values, bad_values, bad_files, large)


if __name__ == "__main__":
    sys.exit(main())
