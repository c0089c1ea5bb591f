#!/usr/bin/env python3
"""The man pages name every command, option, default and exit code that `--help` names, and groff takes them as they are.

Arguments: PROGRAM=PAGE.scd for each program, then the rendered pages.
"""

import pathlib
import re
import shutil
import subprocess
import sys


def help_of(program, *words):
    done = subprocess.run([program, *words, "--help"], capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, (program, words, done.stderr)
    return done.stdout


def block(text, title):
    """The lines below `title:` in a help text."""
    found = re.search(rf"^{title}:\n((?:  .*\n)+)", text, re.MULTILINE)
    return found.group(1).splitlines() if found else []


def commands_of(text):
    return [line.split()[0] for line in block(text, "Subcommands") if not line.startswith("   ")]


def options_of(text):
    """[(names, default or None)]"""
    out = []
    for line in block(text, "Options"):
        if found := re.match(r"  (-\S+)(?: [A-Z]+=(\S+))?", line):
            out.append((found[1].split(","), found[2]))
    return out


def exit_codes_of(text):
    return [line.split()[0] for line in block(text, "Exit status")]


def positionals_of(text):
    return [line.split()[0] for line in block(text, "Positionals") if not line.startswith("   ")]


def sections_of(page, level):
    """{title: text} of the sections with so many '#'."""
    parts = re.split(rf"^{'#' * level} (.*)$", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


def missing_options(text, described):
    for names, default in options_of(text):
        yield from (f"option {name}" for name in names if f"*{name}*" not in described)
        if default and default not in described:
            yield f"the default {default} of {names[-1]}"


def missing_in(program, page):
    """What a help text says and the page does not."""
    top = help_of(program)
    commands = commands_of(top)
    assert commands, top
    sections = sections_of(page, 1)
    common = sections.get("COMMON OPTIONS", "")
    of_commands = {
        title.split()[1]: (title, text) for title, text in sections_of(sections["COMMANDS"], 2).items()
    }
    yield from missing_options(top, page)
    codes = exit_codes_of(top)
    assert codes, top
    yield from (f"exit code {code}" for code in codes if f"*{code}*" not in sections.get("EXIT STATUS", ""))
    for command in commands:
        text = help_of(program, command)
        if of_commands and command not in of_commands:
            yield f"command {command}"
            continue
        title, described = of_commands.get(command, ("", sections["COMMANDS"] + sections.get("OPTIONS", "")))
        if f"*{command}*" not in described and not title:
            yield f"command {command}"
        for word in positionals_of(text):
            if word not in (title or described):
                yield f"argument {word} of {command}"
        for what in missing_options(text, described + common):
            yield f"{what} of {command}"


def warnings_of(page):
    """What groff has to say of a rendered page."""
    done = subprocess.run(
        ["groff", "-man", "-t", "-Tutf8", "-ww", "-z", page], capture_output=True, text=True, timeout=600, check=False
    )
    return done.stderr


def main():
    failed = 0
    for argument in sys.argv[1:]:
        program, is_source, source = argument.partition("=")
        if is_source:
            missing = list(missing_in(program, pathlib.Path(source).read_text()))
            print(f"{source}: " + (f"FAILED, it lacks {', '.join(missing)}" if missing else "names all"))
            failed += bool(missing)
        elif shutil.which("groff"):
            said = warnings_of(argument)
            print(f"{argument}: " + (f"FAILED, groff says {said}" if said else "no warning"))
            failed += bool(said)
        else:
            print(f"{argument}: not looked at without groff")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
