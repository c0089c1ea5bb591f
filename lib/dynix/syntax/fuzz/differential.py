#!/usr/bin/env python3
"""Looks for Nix texts that dynix and nix-instantiate read differently.

differential.py FORMS [--seconds N] [--seed N] [--corpus FOLDER] [--keep FOLDER]

FORMS is the program built from forms.cpp. The texts are random expressions, random tokens and
mutated pieces of real files. DYNIX_NIX_INSTANTIATE names the judge; it must be Nix 2.26, because
older ones print another normal form. Exits 1 when a difference was found; each is printed and kept.
"""

import argparse
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

TOKENS = (
    "a b c x if then else assert with let in rec inherit or true null __curPos a-b a' _x 1 0 007 "
    "12.5 .5 1. 0.5 00.5 1.e3 2.5E-3 9223372036854775807 9223372036854775808 1.0e400 "
    "{ } [ ] ( ) ; : , . .. ... = == != < > <= >= && || -> // ++ + - * / ! ? @ |> <| "
    "\" '' ${ $ \\ ''$ ''' ''\\n \\n # /* */ ./a a/b ../c /d ~/e a/ <a> <a/b> http://x.y x:y"
).split(" ") + ["\n", "\r\n", "\t", " ", " ", " ", " ", "", "", "é", "\x0c"]


class Expressions:
    """Random expressions, nearly always valid."""

    def __init__(self, rng):
        self.rng = rng

    def name(self):
        return self.rng.choice("a b c d e f-g h' _i or0".split())

    def attribute(self, depth):
        return self.rng.choice(
            [self.name, self.name, self.name, lambda: "or", lambda: self.string(depth),
             lambda: "${" + self.expression(depth - 1) + "}", lambda: '${"' + self.name() + '"}']
        )()

    def path_of(self, depth):
        return ".".join(self.attribute(depth) for _ in range(self.rng.choice([1, 1, 1, 2, 3])))

    def string(self, depth):
        pieces = ["a", " ", "\\n", "$", "$$", "\\${", "''", "'", "\n", "\\\"", "{", "\r\n", "\\\\"]
        made = ""
        for _ in range(self.rng.randrange(4)):
            if depth > 0 and self.rng.random() < 0.3:
                made += "${" + self.expression(depth - 1) + "}"
            else:
                made += self.rng.choice(pieces)
        return '"' + made.rstrip("\\") + '"' if not made.endswith("\\\\") else '"' + made + '"'

    def indented(self, depth):
        pieces = ["a", " ", "  ", "\n", "\n  ", "\n    ", "$", "''$", "'''", "''\\n", "''\\x", "\t",
                  "b c", "\\", '"', "$$", "''${", "'", "\n\n"]
        made = ""
        for _ in range(self.rng.randrange(7)):
            if depth > 0 and self.rng.random() < 0.25:
                made += "${" + self.expression(depth - 1) + "}"
            else:
                made += self.rng.choice(pieces)
        return "''" + made + "''"

    def bindings(self, depth):
        made = ""
        for _ in range(self.rng.randrange(4)):
            kind = self.rng.random()
            if kind < 0.12:
                names = " ".join(self.rng.choice(["a", "b", "c", '"d"', '${"e"}', "or", "f g"])
                                 for _ in range(self.rng.randrange(3)))
                made += f"inherit {names};"
            elif kind < 0.24:
                made += f"inherit ({self.expression(depth - 1)}) {self.name()};"
            elif kind < 0.5:
                made += f"{self.name()} = {self.rng.choice(['', 'rec '])}" + \
                    "{" + self.bindings(depth - 1) + "};"
            else:
                made += f"{self.path_of(depth - 1)} = {self.expression(depth - 1)};"
        return made

    def path(self, depth):
        made = self.rng.choice(["./a", "a/b", "../c/d", "/e", "~/f", "./", "~/", "/", "g/", "a//b/"])
        if not made.endswith("/"):
            return made
        made += "${" + self.expression(depth - 1) + "}"
        return made + self.rng.choice(["", "b", "/c", ".d/e", "//f", "-${a}", "/"])

    def simple(self, depth):
        if depth <= 0:
            return self.rng.choice([self.name(), "1", "2.5", '"s"', "./p", "{}", "[]", "x:y", "<n>"])
        return self.rng.choice([
            self.name, self.name,
            lambda: self.string(depth), lambda: self.indented(depth), lambda: self.path(depth),
            lambda: f"({self.expression(depth - 1)})",
            lambda: "{" + self.bindings(depth) + "}",
            lambda: "rec {" + self.bindings(depth) + "}",
            lambda: "let {" + self.bindings(depth) + "}",
            lambda: "[" + " ".join(self.select(depth - 1) for _ in range(self.rng.randrange(4))) + "]",
        ])()

    def select(self, depth):
        made = self.simple(depth)
        kind = self.rng.random()
        if kind < 0.15:
            made += "." + self.path_of(depth - 1)
            if self.rng.random() < 0.4:
                made += " or " + self.select(depth - 1)
        elif kind < 0.18:
            made += " or"
        return made

    def operation(self, depth):
        made = self.rng.choice(["", "", "", "", "!", "-", "- "])
        made += " ".join(self.select(depth - 1) for _ in range(self.rng.choice([1, 1, 1, 2, 3])))
        while self.rng.random() < 0.3:
            space = self.rng.choice([" ", " ", " ", ""])
            if self.rng.random() < 0.1:
                made += f"{space}?{space}{self.path_of(depth - 1)}"
                continue
            symbol = self.rng.choice(
                "+ - * / ++ // == != < <= > >= && || -> |> <|".split())
            made += space + symbol + space + self.rng.choice(["", "", "", "!", "-"])
            made += self.select(depth - 1)
        return made

    def formals(self, depth):
        made = []
        for _ in range(self.rng.randrange(4)):
            made.append(self.name())
            if self.rng.random() < 0.3:
                made[-1] += " ? " + self.expression(depth - 1)
        if self.rng.random() < 0.3:
            made.append("...")
        return "{" + ", ".join(made) + self.rng.choice(["", "", ","]) + "}"

    def expression(self, depth):
        if depth <= 0:
            return self.simple(0)

        def inner():
            return self.expression(depth - 1)

        return self.rng.choice([
            lambda: self.operation(depth), lambda: self.operation(depth),
            lambda: self.operation(depth), lambda: self.operation(depth),
            lambda: f"{self.name()}: {inner()}",
            lambda: f"{self.formals(depth)}: {inner()}",
            lambda: f"{self.name()}@{self.formals(depth)}: {inner()}",
            lambda: f"{self.formals(depth)}@{self.name()}: {inner()}",
            lambda: f"assert {inner()}; {inner()}",
            lambda: f"with {inner()}; {inner()}",
            lambda: f"let {self.bindings(depth)} in {inner()}",
            lambda: f"if {inner()} then {inner()} else {inner()}",
        ])()


def mutated(rng, text):
    """A piece of a real file with some bytes changed."""
    if len(text) > 1500:
        begin = rng.randrange(len(text) - 1000)
        text = text[begin:begin + rng.randrange(20, 1000)]
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        at = rng.randrange(len(text) + 1)
        kind = rng.random()
        if kind < 0.5:
            text = text[:at] + rng.choice(TOKENS) + text[at:]
        elif kind < 0.8:
            text = text[:at] + text[at + rng.choice([1, 1, 2, 5]):]
        else:
            other = rng.randrange(len(text) + 1)
            text = text[:at] + text[other:other + rng.randrange(12)] + text[at:]
    return text


def make(rng, corpus):
    kind = rng.random()
    if kind < 0.55:
        # Bound on the outside, so that hardly any variable is undefined.
        text = "{a,b,c,d,e,f-g,h',_i,or0,x,y,n,s}: " + Expressions(rng).expression(rng.choice([2, 3, 4]))
        if rng.random() < 0.25:
            text = mutated(rng, text)
    elif kind < 0.8 or not corpus:
        text = "{a,b,c,x}: " + "".join(rng.choice(TOKENS) for _ in range(rng.randrange(1, 14)))
    else:
        text = mutated(rng, rng.choice(corpus))
    return text.replace("\0", "")


def nix_forms(nix, files):
    """What Nix prints for each file, None where it refuses."""
    forms = []
    while len(forms) < len(files):
        run = subprocess.run(
            nix + ["--parse", "--store", "dummy://"] + files[len(forms):],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=dict(os.environ, HOME="/home/of"), check=False)
        forms += run.stdout.decode("utf-8", "surrogateescape").split("\n")[:-1]
        if len(forms) < len(files):
            forms.append(None)
    return forms


def version_of(nix):
    """Such as [2, 26]; None if there is no such Nix."""
    try:
        words = subprocess.run(nix + ["--version"], stdout=subprocess.PIPE, check=True).stdout.split()
    except (OSError, subprocess.CalledProcessError):
        return None
    return [int(number) for number in words[-1].split(b".")[:2]]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("forms")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus")
    parser.add_argument("--keep")
    options = parser.parse_args()
    nix = os.environ.get("DYNIX_NIX_INSTANTIATE", "nix-instantiate").split()
    version = version_of(nix)
    if version is None or version < [2, 26]:
        # Older ones differ in the language too: Nix 2.8 drops computed attributes of merged sets.
        print("skipped: this needs Nix 2.26 or later, DYNIX_NIX_INSTANTIATE can name one")
        return 77
    nix += ["--extra-experimental-features", "pipe-operators"]
    corpus = []
    if options.corpus:
        files = sorted(pathlib.Path(options.corpus).rglob("*.nix"))
        random.Random(0).shuffle(files)
        corpus = [f.read_text(errors="replace") for f in files[:2000] if f.stat().st_size < 20000]
    rng = random.Random(options.seed)
    end = time.monotonic() + options.seconds
    seen = accepted = different = 0
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < end:
            texts = [make(rng, corpus) for _ in range(200)]
            files = []
            for i, text in enumerate(texts):
                files.append(f"{folder}/{i}.nix")
                pathlib.Path(files[-1]).write_text(text, errors="surrogateescape", newline="")
            run = subprocess.run(
                [options.forms] + files, stdout=subprocess.PIPE, check=False)
            if run.returncode != 0:
                print(f"dynix died with {run.returncode} on one of {folder}")
                return 1
            ours = run.stdout.decode("utf-8", "surrogateescape").split("\n")[:-1]
            good = [i for i, form in enumerate(ours) if not form.startswith("refused: ")]
            bad = [i for i, form in enumerate(ours) if form.startswith("refused: ")]
            theirs = {}
            for group in (good, bad):
                theirs.update(zip(group, nix_forms(nix, [files[i] for i in group])))
            seen += len(texts)
            accepted += len(good)
            for i, text in enumerate(texts):
                same = theirs[i] is None if i in bad else theirs[i] == ours[i]
                if same:
                    continue
                different += 1
                print(f"--- {text!r}\n  dynix: {ours[i]}\n  Nix:   {theirs[i]}", flush=True)
                if options.keep:
                    pathlib.Path(options.keep, f"{options.seed}-{different}.nix").write_text(
                        text, errors="surrogateescape", newline="")
    print(f"{seen} texts, {accepted} accepted by dynix, {different} differences")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
