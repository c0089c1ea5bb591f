#!/usr/bin/env python3
"""Whether dynix and Nix say the same of every value in testdata/agreement.txt.

Each lib (that of DYNIX_NIXPKGS_LIB, and the older one of DYNIX_NIXPKGS) evaluates all rows and renders
all types in one evaluation each; dynix judges the rows by what was rendered. For the newer lib the signs in
the table must be met exactly, and the rendered types must be those of testdata/types.json; so must the
schema of testdata/system.nix be testdata/options.json. From these two the C++ tests run without Nix. For
the older lib dynix must never take what Nix refuses.

With DYNIX_ACCEPT set in the environment the signs and the two files are written instead.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TABLE = HERE.parent / "testdata" / "agreement.txt"
TYPES = HERE.parent / "testdata" / "types.json"
SYSTEM = HERE.parent / "testdata" / "system.nix"
OPTIONS = HERE.parent / "testdata" / "options.json"
TREE = HERE.parents[3] / "nixmodules" / "dynamicism" / "schema" / "tree.nix"

HEADER = """
let
  lib = import %(lib)s;
  inherit (lib) types;
  cases = %(cases)s;
"""
VERDICTS = """
  verdict =
    type: value:
    let
      config =
        (lib.evalModules {
          modules = [
            { options.x = lib.mkOption { inherit type; }; }
            { x = lib.mkOverride (-1) value; }
          ];
        }).config;
    in
    (builtins.tryEval (builtins.deepSeq config.x true)).success;
in
map (case: map (verdict case.type) case.values) cases
"""
SCHEMA = """
  system = lib.evalModules {
    modules = map (case: { options.${case.name} = lib.mkOption { inherit (case) type; }; }) cases;
  };
in
import %(tree)s {
  inherit lib;
  inherit (system) options config;
  dynamic.types = map (case: "\\"${case.name}\\"") cases;
}
"""


def read_table():
    """[(is new, type, [(line, sign, value)])], line from 0."""
    cases = []
    for number, line in enumerate(TABLE.read_text().splitlines()):
        if not line or line.startswith("#"):
            continue
        sign, rest = line.split(" ", 1)
        rest = rest.split(" ##")[0]
        if sign in ("type", "new"):
            cases.append((sign == "new", rest, []))
        else:
            cases[-1][2].append((number, sign, rest))
    return cases


def nix_text(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("${", "\\${") + '"'


def is_tried(row):
    return not row[1].endswith("!")


def evaluate(lib, body, cases, folder):
    """What Nix makes of it, or its complaint as a string."""
    written = "\n".join(
        f"{{ name = {nix_text(name(type))}; type = {type}; values = ["
        + " ".join(f"({value})" for _, _, value in filter(is_tried, rows))
        + "]; }"
        for _, type, rows in cases
    )
    return run_nix((HEADER + body) % {"lib": lib, "cases": f"[ {written} ]", "tree": TREE}, folder)


def run_nix(text, folder):
    file = folder / "agreement.nix"
    file.write_text(text)
    done = subprocess.run(
        ["nix-instantiate", "--eval", "--strict", "--json", "--option", "substitute", "false", str(file)],
        capture_output=True, text=True, check=False,
        env={**os.environ, "NIX_STATE_DIR": str(folder / "state"), "NIX_LOG_DIR": str(folder / "log")},
    )
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr


def verdicts(lib, cases, folder):
    """For each case the verdicts on its rows. An old lib ends the whole evaluation for some bad values,
    so on failure each half is asked for itself."""
    answer = evaluate(lib, VERDICTS, cases, folder)
    if not isinstance(answer, str):
        return answer
    if len(cases) > 1:
        half = len(cases) // 2
        return verdicts(lib, cases[:half], folder) + verdicts(lib, cases[half:], folder)
    is_new, type, rows = cases[0]
    rows = list(filter(is_tried, rows))
    if len(rows) == 1:
        return [[False]]
    half = len(rows) // 2
    return [
        verdicts(lib, [(is_new, type, rows[:half])], folder)[0]
        + verdicts(lib, [(is_new, type, rows[half:])], folder)[0]
    ]


def name(type):
    """The name of the option with this type: there is no quote inside a name in 'dynamicism.for'."""
    return type.replace('"', "'")


def judge(schema, folder):
    file = folder / "schema.json"
    file.write_text(json.dumps(schema))
    done = subprocess.run(
        [os.environ["JUDGE"], str(file), str(TABLE)], capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def meet(golden, rendered, accept):
    """Faults: whether what Nix renders is what the file has."""
    if isinstance(rendered, str):
        return [f"Nix cannot render {golden.name}: {rendered}"]
    text = json.dumps(rendered, indent=1, sort_keys=True) + "\n"
    if accept:
        golden.write_text(text)
    elif golden.read_text() != text:
        return [f"{golden.name} is not what Nix renders: look, and set DYNIX_ACCEPT=1 to accept it"]
    return []


def compare(title, lib, folder, accept, is_new):
    cases = [case for case in read_table() if is_new or not case[0]]
    schema = evaluate(lib, SCHEMA, cases, folder)
    if isinstance(schema, str):
        return [f"{title}: Nix cannot render the types: {schema}"]
    judged = verdicts(lib, cases, folder)
    said = judge(schema, folder)
    rows = [row for case in read_table() for row in case[2]]
    said = dict(zip((row[0] for row in rows), said, strict=True))
    lines = TABLE.read_text().splitlines()
    faults, strict, left, tried = [], 0, 0, 0
    for (_, type, mine), answers in zip(cases, judged, strict=True):
        answers = iter(answers)
        for row in mine:
            line, sign, value = row
            if not is_tried(row):
                found = said[line] + "!"
            else:
                tried += 1
                nix = "+" if next(answers) else "-"
                found = {"++": "+", "--": "-", "-+": "<", "+-": ">"}.get(said[line] + nix, said[line] + nix)
            strict += found == "<"
            left += found.startswith("?")
            what = f"line {line + 1}: {type}: {value}"
            if found == ">":
                faults.append(f"{what}: dynix takes it and Nix refuses it")
            elif is_new and found != sign and not accept:
                faults.append(f"{what}: expected {sign}, found {found}")
            elif is_new and found == "<" and "##" not in lines[line]:
                faults.append(f"{what}: dynix refuses it, Nix takes it, and no reason is given")
            lines[line] = lines[line].replace(sign, found, 1)
    if is_new and accept:
        TABLE.write_text("\n".join(lines) + "\n")
    if is_new:
        faults += meet(TYPES, schema, accept)
        system = run_nix(f"import {SYSTEM} {{ lib = import {lib}; tree = {TREE}; }}", folder)
        faults += meet(OPTIONS, system, accept)
    print(f"{title}: {tried} values judged by both; dynix refuses {strict} that Nix takes and leaves {left} to it")
    return faults


def main():
    libs = {
        "newer lib": os.environ.get("DYNIX_NIXPKGS_LIB"),
        "older lib": os.environ.get("DYNIX_NIXPKGS"),
    }
    libs = {title: f"{pathlib.Path(tree).resolve()}/lib" for title, tree in libs.items() if tree}
    if not shutil.which("nix-instantiate"):
        print("skipped: nix-instantiate is not in PATH")
        return 77
    if "newer lib" not in libs:
        print("skipped: set DYNIX_NIXPKGS_LIB to the folder of a nixpkgs")
        return 77
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        for title, lib in libs.items():
            new = title == "newer lib"
            faults += compare(title, lib, pathlib.Path(folder), "DYNIX_ACCEPT" in os.environ, new)
    print("\n".join(faults))
    return 1 if faults else 0


sys.exit(main())
