#!/usr/bin/env python3
"""`dynix undo` and `dynix generations` as their users call them."""

import concurrent.futures
import json
import os
import signal
import subprocess
import sys

from program import DYNIX, append, check, dynix, entries, in_mount, names, run_each, without_reader

BROKEN = "{ lib, ... }:\n{\n  config = lib.mkMerge [\n    { a = 1; }\n  ];\n}\n"


def undo(file, *words, **options):
    return dynix("undo", "--file", str(file), *words, **options)


def three_entries(folder):
    file = folder / "dynamic.nix"
    for path, value in ("a.x", "1"), ("a.x", "2"), ("b", "{ c = 1; d = 2; }"):
        assert append(file, path, value).returncode == 0
    return file


def options_of(file):
    return {(e["number"], o["option"]): o["expression"] for e in entries(file) for o in e["overrides"]}


def kinds_of_undo(folder):
    file = three_entries(folder)
    done = undo(file, "1")
    assert done.stdout.decode() == "took back entry 1: a.x = 1\ngeneration 1 is the file as it was\n", done
    done = undo(file, "--last", "--message", "not yet")
    assert done.stdout.decode() == (
        "took back entry 3: b.c = 1\ntook back entry 3: b.d = 2\n"
        "now no override of b.c\nnow no override of b.d\ngeneration 2 is the file as it was\n"
    ), done
    assert options_of(file) == {(2, "a.x"): "2"}
    done = undo(file, "--to-generation", "2", "--json")
    told = json.loads(done.stdout)
    assert told["entry"]["action"] == "return to generation 2" and told["entry"]["generation"] == 3, told
    assert [c["after"]["option"] for c in told["inEffect"]] == ["b.c", "b.d"], told
    assert undo(file, "b.c").returncode == 0
    assert options_of(file) == {(2, "a.x"): "2", (3, "b.d"): "2"}
    assert undo(file, "--all").returncode == 0
    assert options_of(file) == {}
    log = dynix("log", "--file", str(file)).stdout.decode()
    assert "   undo all (generation 5)\n" in log and "not yet" not in log, log
    kept = json.loads(dynix("generations", "--json", "--file", str(file)).stdout)["generations"]
    assert [(g["generation"], g["entries"], g["endedBy"]["action"]) for g in kept] == [
        (1, 3, "undo 1"), (2, 2, "undo 3"), (3, 1, "return to generation 2"), (4, 2, "undo b.c"), (5, 2, "undo all"),
    ], kept
    assert kept[1]["endedBy"]["message"] == "not yet"
    assert dynix("show", "--file", kept[0]["file"]).returncode == 0
    # Never a number twice.
    assert append(file, "a", "9").returncode == 0
    assert entries(file)[-1]["number"] == 9, entries(file)
    assert names(folder) == ["dynamic.nix", "dynamic.nix.generations"]


def refused(folder):
    file = folder / "dynamic.nix"
    for words in ["--all"], ["--last"], ["1"], ["a"]:
        check(undo(file, *words), 1, "there is no ")
    assert names(folder) == []
    three_entries(folder)
    before = file.read_bytes()
    check(undo(file, "4"), 1, "there is no entry 4", "dynix log")
    check(undo(file, "9" * 30), 1, "there is no entry 999")
    check(undo(file, "a.y"), 1, "there is no override at 'a.y'", "did you mean 'a.x'?")
    check(undo(file, "a..x"), 1, "PATH:1:3")
    check(undo(file, "--to-generation", "1"), 1, "there is no generation 1")
    check(undo(file, "1", "-m", "a\nb"), 1, "control character")
    for words in [], ["1", "--last"], ["--last", "--all"], ["--to-generation", "0"], ["--to-generation", "x"]:
        check(undo(file, *words), 2)
    done = undo(file, "--all", "--dry-run")
    assert done.returncode == 0 and b"took back entry 3: b.d = 2" in done.stdout, done
    assert file.read_bytes() == before and names(folder) == ["dynamic.nix"]
    assert undo(file, "3").returncode == 0
    check(undo(file, "4"), 1, "it says 'undo 3'", "--to-generation 1")
    (folder / "dynamic.nix.generations" / "1").write_text("junk")
    check(undo(file, "--to-generation", "1"), 1, "dynamic.nix.generations/1:1:")
    assert b"cannot be read" in dynix("generations", "--file", str(file)).stdout
    file.write_text(BROKEN)
    check(undo(file, "--all"), 1, f"{file}:4:11", "never changes a file")
    assert file.read_text() == BROKEN


def no_file_before(folder):
    file = folder / "dynamic.nix"
    assert append(file, "a", "1").returncode == 0
    assert undo(file, "--last").returncode == 0
    file.unlink()
    assert undo(file, "--to-generation", "1").returncode == 0
    check(undo(file, "2"), 1, "it says 'return to generation 1'", "hint: it has no generation to return to")


def behind_the_dashes(folder):
    """As a script writes what may begin with one."""
    file = folder / "dynamic.nix"
    for value in "1", "2", "3":
        assert append(file, "a.b", value).returncode == 0
    assert undo(file, "--", "3").returncode == 0
    done = undo(file, "--message", "why", "--dry-run", "--", "a.b")
    assert done.returncode == 0 and done.stdout.count(b"took back") == 2, done
    check(undo(file, "--", "-1"), 1, "PATH:1:1: error: expected an attribute name, found '-'")
    check(undo(file, "--"), 2, "expected one of WHAT, --last, --all, --to-generation")
    check(undo(file, "--last", "--", "a"), 2, "expected only one of WHAT, --last, --all, --to-generation")
    assert len(entries(file)) == 3


def links_and_modes(folder):
    (folder / "real").mkdir()
    file = folder / "dynamic.nix"
    file.symlink_to("real/d.nix")
    for value in "1", "2":
        assert append(file, "a", value).returncode == 0
    real = folder / "real" / "d.nix"
    real.chmod(0o600)
    assert undo(file, "--last").returncode == 0
    assert file.is_symlink() and names(folder) == ["dynamic.nix", "real"]
    assert names(folder / "real") == ["d.nix", "d.nix.generations"]
    for one in real, folder / "real" / "d.nix.generations" / "1":
        assert one.stat().st_mode & 0o777 == 0o600 and one.stat().st_nlink == 1


def file_systems(folder):
    if os.geteuid() != 0:
        print("not tried without root: a full file system, a read-only one")
        return
    made = '"$2" append --file "$1/d.nix" a 1 >/dev/null && "$2" append --file "$1/d.nix" a 2 >/dev/null || exit 98; '
    full = in_mount(
        folder, "size=64k",
        made + 'cat "$1/d.nix" > "$1/../before"; head -c 1M /dev/zero > "$1/filler" 2>/dev/null; '
        '"$2" undo --file "$1/d.nix" 1; code=$?; cmp "$1/d.nix" "$1/../before" || exit 97; '
        'test ! -e "$1/d.nix.generations" || exit 96; exit $code',
    )
    check(full, 1, "No space left on device")
    read_only = in_mount(
        folder, "size=64k", made + 'mount -o remount,ro "$1"; "$2" undo --file "$1/d.nix" 1',
    )
    check(read_only, 1, "Read-only file system")


def unread_result(folder):
    """The change is made all the same, so the exit code must not say that nothing changed."""
    file = folder / "dynamic.nix"
    for words, count in (["append", "a", "1"], 1), (["undo", "--last"], 0):
        done = subprocess.run(
            ["sh", "-c", '"$0" "$@" > /dev/full', DYNIX, *words, "--file", file], capture_output=True, check=False)
        assert done.returncode == 0 and b"cannot write to standard output, but all is done" in done.stderr, done
        assert len(options_of(file)) == count
    done = subprocess.run(
        ["sh", "-c", '"$0" append a 1 --dry-run --file "$1" > /dev/full', DYNIX, file], capture_output=True, check=False)
    assert done.returncode == 1, done
    # So it is with a reader that goes away; one of what only looks ends that quietly.
    gone = [["append", "b", "2"], ["append", "c", "3", "--json"], ["undo", "--last"]]
    ends = {str(words): without_reader([DYNIX, *words, "--file", file]) for words in gone}
    for words, done in ends.items():
        assert done.returncode == 0 and b"cannot write to standard output, but all is done" in done.stderr, (words, done)
    assert len(options_of(file)) == 1
    for words in ["log"], ["show"], ["append", "a", "1", "--dry-run"], ["undo", "--last", "--dry-run"]:
        done = without_reader([DYNIX, *words, "--file", file])
        assert done.returncode == -signal.SIGPIPE and b"standard output" not in done.stderr, (words, done)


def all_at_once(folder):
    file = folder / "dynamic.nix"
    count = 40
    for i in range(count):
        assert append(file, "a", str(i)).returncode == 0
    with concurrent.futures.ThreadPoolExecutor(2 * count) as pool:
        undone = [pool.submit(undo, file, str(i + 1)) for i in range(count)]
        appended = [pool.submit(append, file, "b", str(i)) for i in range(count)]
        for one in undone + appended:
            assert one.result().returncode == 0, one.result().stderr
    left = entries(file)
    assert [e["number"] for e in left] == list(range(count + 1, 3 * count + 1))
    assert sorted(o["value"] for e in left for o in e["overrides"]) == list(range(count))
    assert sorted(e["generation"] for e in left if "action" in e) == list(range(1, count + 1))


def main():
    return run_each(
        kinds_of_undo, refused, no_file_before, behind_the_dashes, links_and_modes, file_systems, unread_result, all_at_once,
    )


if __name__ == "__main__":
    sys.exit(main())
