#!/usr/bin/env python3
"""What was appended is what Nix reads: values of all kinds, judged by the real nix-instantiate.

Text that is no UTF-8 is refused, because Nix could not put it into a plan. The paths of options are what the
module's own words for them are.
"""

import hashlib
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

from program import append, entries, skip

SHOW_PATH = pathlib.Path(__file__).resolve().parents[3] / "nixmodules/dynamicism/schema/show-path.nix"

# mkMerge and mkOverride as the module system means them here: all entries in a list, the last wins.
# The priority stands beside the value, so that a wrong one is seen.
JUDGE = """
let
  lib = { mkMerge = x: x; mkOverride = priority: value: { inherit priority value; }; };
  entries = (import %s { inherit lib; }).config;
  plain = v:
    if builtins.isString v then "sha256:" + builtins.hashString "sha256" v
    else if builtins.isList v then map plain v
    else if builtins.isAttrs v then builtins.mapAttrs (_: plain) v
    else if builtins.isPath v then "path:" + toString v
    else v;
in map (entry: plain entry.t) entries
"""

STRINGS = [
    "", " ", "4", "true", "yay!", "a\nb", "\n", "\r\n", "\t", '"', '""', "\\", "a\\", "\\\\", "''",
    "'''", "''${x}", "${x}", "$${x}", "$", "$$", "$x", "${", "}", "\\${x}", "\\n", "#no comment",
    "/* x */", ";", "); evil = (1", "]; }", "é", "\U0001f600", "\u2028", "x" * 100_000, "-", "--", "-5x",
    "http://a.b/c", "text/html", "/var/lib/x", "./x", "~/x", "<nixpkgs>", "a: b", "a:b", "[ 1", "{ a",
    "=", "null ", " null", "1e5", "0x10", "1_000", "+1", "1.", ".5", "--help", "%s", "\x7f", "\x1b[2J",
]
BYTES = [bytes([b]) for b in range(1, 128)]
NO_TEXT = [bytes([b]) for b in range(128, 256)] + [b"\xff\xfe", b"a\xc3", b"\xed\xa0\x80", b"\xf0\x9f\x98"]
# Names of options, and what stands between them in a path.
NAMES = [
    "a", "a-b'", "_", "or", "if", "rec", "null", "*", "<name>", "a.b", "1", "-a", "", " ", '"', "\\", "${x}", "$${", "$",
    "a\nb", "a\r", "a\tb", "é", "'", "\x7f", "inherits", "__curPos",
]
# Words as typed, and what they mean.
LITERALS = [
    ("4", 4), ("-4", -4), ("-0", 0), ("0", 0), ("007", 7), (" 12 ", 12), ("true", True),
    ("false", False), ("null", None), ("1.5", 1.5), ("-1.5", -1.5), ("0.1", 0.1), ("1.0e10", 1.0e10),
    ("9223372036854775807", 2**63 - 1), ("-9223372036854775807", -(2**63 - 1)),
    ('"4"', "4"), ("''x''", "x"), ("[ ]", []), ("[1 2 [3] (-4) \"a\" (-1.5)]", [1, 2, [3], -4, "a", -1.5]),
    ('[ null true { a = 1; "b.c" = [ ]; } ]', [None, True, {"a": 1, "b.c": []}]),
]


def hashed(value):
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return "sha256:" + hashlib.sha256(value).hexdigest()
    if isinstance(value, list):
        return [hashed(v) for v in value]
    if isinstance(value, dict):
        return {k: hashed(v) for k, v in value.items()}
    return value


def cases(random_source):
    """(words before the value, the value as typed, what Nix must read)"""
    for text in STRINGS:
        yield ["--string"], text, text
    for text in STRINGS[4:5] + ["a b", "text/html", "/var/lib/x", "[ 1", "http://a.b/c", "''x", "${x}", "1e5"]:
        yield [], text, text
    for raw in BYTES:
        yield ["--string"], raw, raw
    for _ in range(200):
        raw = "".join(chr(random_source.choice((*range(1, 256), 0x20AC, 0x1F600))) for _ in range(random_source.randrange(40)))
        yield ["--string"], raw, raw
        text = "".join(random_source.choice("$\\{}\"'\n a;") for _ in range(random_source.randrange(12)))
        yield ["--string"], text, text
    for typed, meant in LITERALS:
        yield [], typed, meant
    yield ["--expr"], "1 + 2 # three", 3
    yield ["--expr"], "{ a = 1; }.a", 1
    yield ["--replace"], "{ a = { b = \"x\"; }; }", {"a": {"b": "x"}}


def refused(file):
    """Wherever it stands, and whether or not the types of the options are known."""
    for raw in NO_TEXT:
        for words in (["t", raw], ["--string", "t", raw], ["--expr", "t", b'"' + raw + b'"'], ["-m", raw, "t", "1"], [b'a."' + raw + b'"', "1"]):
            done = append(file, *words)
            assert done.returncode == 1 and b"which is no UTF-8" in done.stderr, (words, done)
    assert not file.exists()


def check_names(folder, random_source):
    """A path is one text to dynix and to the module."""
    file = folder / "names.nix"
    paths = [[name, "x"] for name in NAMES] + [random_source.sample(NAMES, 3) for _ in range(20)]
    for path in paths:
        quoted = ".".join('"' + name.replace("\\", "\\\\").replace('"', '\\"').replace("${", "\\${").replace("\r", "\\r") + '"' for name in path)
        done = append(file, "--", quoted, "1")
        assert done.returncode == 0, (quoted, done.stderr)
    (folder / "paths.json").write_text(json.dumps(paths))
    judged = subprocess.run(
        ["nix-instantiate", "--eval", "--json", "--strict", "-E",
         f"map (import {SHOW_PATH}) (builtins.fromJSON (builtins.readFile {folder}/paths.json))"],
        capture_output=True, check=False,
    )
    assert judged.returncode == 0, judged.stderr.decode(errors="replace")
    printed = [entry["overrides"][0]["option"] for entry in entries(file)]
    for path, here, module in zip(paths, printed, json.loads(judged.stdout), strict=True):
        assert here == module, (path, here, module)


def main():
    if not shutil.which("nix-instantiate"):
        skip("nix-instantiate is not in PATH, so nothing can judge what Nix reads")
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "dynamic.nix"
        refused(file)
        check_names(pathlib.Path(folder), random.Random(seed))
        expected = []
        for number, (words, typed, meant) in enumerate(cases(random.Random(seed)), 1):
            done = append(file, *words, "--", "t", typed)
            assert done.returncode == 0, (typed, done.stderr.decode(errors="replace"))
            wanted = hashed(meant)
            expected.append({"priority": -number, "value": wanted})
        judged = subprocess.run(
            ["nix-instantiate", "--eval", "--json", "--strict", "-E", JUDGE % file],
            capture_output=True, check=False,
        )
        assert judged.returncode == 0, judged.stderr.decode(errors="replace")
        read = json.loads(judged.stdout)
    assert len(read) == len(expected)
    wrong = [(i, e, r) for i, (e, r) in enumerate(zip(expected, read), 1) if e != r]
    for number, wanted, got in wrong[:10]:
        print(f"entry {number}: appended {wanted}, Nix read {got}")
    print(f"{len(read) - len(wrong)} of {len(read)} values are what Nix reads")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
