#!/usr/bin/env python3
"""`dynix parse` on what a user may give it: the tree or clear errors, the exit code of the table, no crash, no hang."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

from program import DYNIX, dynix, run_each



def parse(file, *words, **options):
    return dynix("parse", *words, str(file), **options)


def check(done, code, *parts):
    """The exit code, nothing on stdout, and each of these texts on stderr."""
    text = done.stderr.decode(errors="replace")
    assert done.returncode == code, (done.returncode, text[:500])
    assert done.stdout == b"", done.stdout[:500]
    for part in parts:
        assert part in text, f"expected {part!r} in:\n{text[:2000]}"


def tree(folder):
    file = folder / "a.nix"
    file.write_text('{ lib, ... }:\n{ a.b = lib.x or [ ] ++ [ "\n" ];\n}\n')
    done = parse(file)
    assert (done.returncode, done.stderr) == (0, b""), done
    lines = done.stdout.decode().splitlines()
    assert lines[0] == "function  1:1-4:2", lines
    assert "      value: operation ++  2:9-3:4" in lines, lines
    assert "          fallback: list [ ]  2:18-2:21" in lines, lines
    assert '          string "\\n"  2:27-3:2' in lines, lines
    same = parse("-", input=file.read_bytes())
    assert same.stdout == done.stdout and same.returncode == 0


def record(folder):
    file = folder / "a.nix"
    file.write_text("f: f.a or 1\n")
    done = parse(file, "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 0 and (told["file"], told["ok"], told["errors"]) == (str(file), True, []), told
    kinds = [(one["kind"], one["parent"], one.get("role"), one.get("text")) for one in told["tree"]]
    assert kinds == [
        ("function", None, None, None), ("name", 0, "argument", "f"), ("attribute selection", 0, "body", None),
        ("variable", 2, "subject", "f"), ("name", 2, None, "a"), ("integer", 2, "fallback", "1"),
    ], kinds
    last = told["tree"][-1]
    assert (last["begin"], last["end"], last["line"], last["column"]) == (10, 11, 1, 11), last
    file.write_bytes(b'"\xff\x1b\\"\xc3\xa9"')
    text = json.loads(parse(file, "--json").stdout)["tree"][0]["text"]
    assert text == '"\ufffd\x1b\\"\xe9"', ascii(text)


def errors(folder):
    file = folder / "a.nix"
    file.write_text("{\n  a = 1\n  b = 2;\n  c = [ 1, 2 ];\n}\n")
    check(parse(file), 1, f"{file}:3:5: error: expected ';'", f"{file}:4:10: error: expected a list item", "hint: ")
    done = parse(file, "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 1 and (told["file"], told["ok"], told["tree"]) == (str(file), False, None), told
    first, second = told["errors"]
    assert (first["file"], first["line"], first["column"]) == (str(file), 3, 5), first
    assert first["notes"][0]["line"] == 2 and "hint" in first, first
    assert (second["line"], second["column"]) == (4, 10) and second["message"].startswith("expected"), second
    check(parse("-", input=b"{"), 1, "<stdin>:1:2: error: ")
    check(parse("-", input=b"a: b"), 1, "variable 'b' is not defined")


def experimental(folder):
    """What Nix has only with an experimental feature is refused as Nix does, and read when it is asked for."""
    file = folder / "a.nix"
    for text, message, feature in (
        ("1 |> (x: x)", "pipe operators are an experimental feature of Nix", "pipe-operators"),
        ("(x: x) <| 1", "pipe operators are an experimental feature of Nix", "pipe-operators"),
        ("fetchTree { }", "variable 'fetchTree' is not defined", "flakes"),
        ("__fetchClosure { }", "variable '__fetchClosure' is not defined", "fetch-closure"),
    ):
        file.write_text(text)
        check(parse(file), 1, f"{file}:1:1: error: {message}", f"only with its experimental feature '{feature}'")
        done = parse(file, "--experimental")
        assert (done.returncode, done.stderr) == (0, b""), done
    file.write_text("x: x |> y")
    check(parse(file, "--experimental"), 1, "variable 'y' is not defined")


def odd_files(folder):
    file = folder / "a.nix"
    file.write_bytes(b"")
    check(parse(file), 1, f"{file}:1:1: error: expected an expression, found the end of the text")
    file.write_bytes(bytes(range(256)) * 1000)
    check(parse(file), 1, f"{file}:1:1: error: ", "byte 0x00")
    file.write_bytes(pathlib.Path(DYNIX).read_bytes())
    check(parse(file), 1, f"{file}:1:1: error: ")
    check(parse(folder), 1, "is a directory")
    check(parse(folder / "none.nix"), 1, "No such file or directory")
    os.mkfifo(folder / "fifo")
    check(parse(folder / "fifo"), 1, "is not a regular file")
    check(dynix("parse"), 2, "FILE")
    check(dynix("parse", "a", "b"), 2)
    told = json.loads(parse(folder / "none.nix", "--json").stdout)
    assert told["ok"] is False and "No such file" in told["errors"][0]["message"], told
    file.write_bytes(b"1")
    file.chmod(0)
    if os.geteuid() == 0:
        folder.chmod(0o755)
        as_nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
        check(parse(file, program=as_nobody), 1, "Permission denied")
    else:
        check(parse(file), 1, "Permission denied")


def deep(folder):
    file = folder / "a.nix"
    levels = 9_990
    for text in ("[" * levels + "]" * levels, "(" * levels + "1" + ")" * levels, "1+" * levels + "1", "x: " * levels + "x",
                 "-" * levels + "1", "{a=" * (levels // 2) + "1" + ";}" * (levels // 2)):
        file.write_text(text)
        done = parse(file)
        assert done.returncode == 0, (text[:10], done.returncode, done.stderr[:300])
        told = json.loads(parse(file, "--json").stdout)
        assert told["ok"] and len(told["tree"]) > levels // 2
        # Every node lies in the one above it, which came before.
        for number, one in enumerate(told["tree"][1:], 1):
            above = told["tree"][one["parent"]]
            assert one["parent"] < number and above["begin"] <= one["begin"] and one["end"] <= above["end"]
    for text in ("[" * 100_000, "(" * 100_000 + "1", "a ++ " * 100_000 + "a", "x: " * 100_000 + "x"):
        file.write_text(text)
        check(parse(file), 1, "nesting is too deep")


def large(folder):
    """100 MB, where it fits: the tree as a whole, and an error at its end."""
    if shutil.disk_usage(folder).free < 500_000_000:
        print("not tried: 100 MB, for want of room")
        return
    file = folder / "a.nix"
    line = '  "' + "x" * 94 + '"\n'
    count = 100_000_000 // len(line)
    file.write_text("[\n" + line * count + "]\n")
    with subprocess.Popen([DYNIX, "parse", file], stdout=subprocess.PIPE) as running:
        lines = sum(1 for _ in running.stdout)
    assert running.returncode == 0 and lines == count + 1, (running.returncode, lines)
    with file.open("a") as text:
        text.write("]")
    check(parse(file), 1, f"{file}:{count + 3}:1: error: expected an operator or the end of the text, found ']'")
    # Very many errors, each with a place far inside.
    file.write_text("{\n" + "a = 1;\n" * 300_000 + "}\n")
    done = parse(file)
    assert done.returncode == 1 and done.stderr.count(b"error: attribute 'a' is already defined") == 100


def outputs(folder):
    """A tree that does not reach its reader is no success."""
    file = folder / "a.nix"
    for items in (1, 100_000):
        file.write_text("[" + " 1" * items + " ]")
        for words in ([], ["--json"]):
            for target in (">&-", ">/dev/full"):
                done = subprocess.run(
                    ["sh", "-c", f'"$0" parse "$@" {target}', DYNIX, *words, file], capture_output=True, check=False)
                assert done.returncode == 1 and b"cannot write to standard output" in done.stderr, (items, target, done)
    closed = subprocess.run(["sh", "-c", '"$0" parse - <&-', DYNIX], capture_output=True, check=False)
    assert closed.returncode == 1 and b"error: cannot read" in closed.stderr, closed


def main():
    return run_each(tree, record, errors, experimental, odd_files, deep, large, outputs)


if __name__ == "__main__":
    sys.exit(main())
