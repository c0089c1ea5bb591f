#!/usr/bin/env python3
"""Bad input and bad surroundings: one clear error, the exit code of the table, and nothing changed."""

import json
import os
import pathlib
import signal
import subprocess
import sys

from program import DYNIX, PATIENCE, append, check, dynix, entries, in_mount, names, run_each

BROKEN = "{ lib, ... }:\n{\n  config = lib.mkMerge [\n    { a = 1; }\n  ];\n}\n"


def paths(folder):
    file = folder / "dynamic.nix"
    for path, part in {
        "": "found the end of the text", "a..b": "", "a.": "", ".a": "", "a b": "", "a.${b}": "", "${a}": "", "a.\"b": "",
        "a.if": "", "a/b": "", "a.1": "", "a;b": "", "a.'b'": "",
    }.items():
        check(append(file, path, "1"), 1, "PATH:1:", part)
    for path, option in {
        "a.or": 'a."or"', 'a."if"': 'a."if"', 'a."b.c"': 'a."b.c"', 'a."${b}"': None, "a-b.c'": "a-b.c'",
        ".".join(["a"] * 10_000): None,
    }.items():
        if option is None and "$" in path:
            check(append(file, path, "1"), 1)
            continue
        done = append(file, path, "1")
        assert done.returncode == 0, (path[:40], done.stderr)
        if option:
            assert entries(file)[-1]["overrides"][0]["option"] == option
    assert entries(file)[-1]["overrides"][0]["path"] == ["a"] * 10_000
    for words in (["show", ""], ["export", ""], ["why", ""]):
        check(dynix(*words, "--file", str(file)), 1, "PATH:1:1")
    check(append(file, "x\0y".replace("\0", "\x01"), "1"), 1, "PATH:1:2")


def what_could_not_be_read_again(folder):
    """Alone each value and each file is good, and the file with the value is not."""
    file = folder / "dynamic.nix"
    assert append(file, "a", "1").returncode == 0
    before = file.read_bytes()
    for depth in range(9_990, 9_999):
        done = append(file, "b", "--expr", "(" * depth + "1" + ")" * depth)
        assert done.returncode == 0 or file.read_bytes() == before, depth
        assert len(entries(file)) == 1 + (done.returncode == 0)
        file.write_bytes(before)
    check(done, 1, "error: nesting is too deep", "not written")
    last = "{ lib, ... }:\n{\n  config = lib.mkMerge [\n    { a = lib.mkOverride (-1000000000000000) 4; }\n  ];\n}\n"
    file.write_text(last)
    check(append(file, "b", "1"), 1, "expected a priority of -1000000000000000 or above", "hint: that is the file with this entry, which is not written")
    assert file.read_text() == last


def values(folder):
    file = folder / "dynamic.nix"
    deep = "[" * 10_000 + "]" * 10_000
    for words in (
        ["9223372036854775808"], ["1.0e400"], [deep], ["[ 1"  " x ]"], ["{ }"],
        ["--expr", "1 +"], ["--expr", ""], ["--expr", "pkgs.x"], ["--expr", "1) // (2"],
        ["--message", "a\nb", "1"],
    ):
        check(append(file, "a", *words), 1, "error: ", "hint: " if "--expr" not in words else "")
    assert not file.exists()
    note = append(file, "a", "[ 1")
    assert note.returncode == 0 and b"is taken as a string" in note.stderr, note
    # Options that contradict each other are a wrong command line.
    check(append(file, "a", "--string", "--expr", "1"), 2)
    check(append(file, "a"), 2)
    check(dynix("aply"), 2, "there is no command 'aply'", "did you mean 'apply'?")
    check(dynix(), 2)
    # An empty shell variable.
    for words in (["show", "--file"], ["apply", "--file"], ["check", "--system"], ["options", "--schema"]):
        check(dynix(*words, ""), 2, f"{words[-1]}: expected the name of a file")
    for number in ("0", "-3", "../x", "", "+1", "0x1", "1.0", "99999999999999999999"):
        check(dynix("undo", "--to-generation", number), 2, f"the number of a generation, found '{number}'\n")
    check(dynix("check", "--verify", "fast"), 2, "expected quick or full, found 'fast'")
    told = dynix("check", "--help").stdout
    assert b"--verify quick|full" in told and b"quick->" not in told, told


def command_lines(folder):
    """Usage errors are told in dynix's own words, with the command that shows more."""
    for words, message, hint in (
        ([], "a command is missing", "'dynix --help' shows how it is used"),
        (["shwo"], "there is no command 'shwo'", "did you mean 'show'?"),
        (["SHOW"], "there is no command 'SHOW'", "did you mean 'show'?"),
        (["--nope"], "there is no option '--nope' in 'dynix'", "'dynix --help' shows how it is used"),
        (["--file", "f"], "a command is missing", "'--file' is an option of some commands and stands behind one"),
        (["--verbose"], "a command is missing", "'--verbose' is an option of some commands and stands behind one: 'dynix COMMAND --verbose'"),
        (["--file=f", "shwo"], "there is no command 'shwo'", "did you mean 'show'?"),
        (["show", "--jsno"], "there is no option '--jsno' in 'dynix show'", "did you mean '--json'?"),
        (["show", "--jsno=x"], "there is no option '--jsno' in 'dynix show'", "did you mean '--json'?"),
        (["show", "-z"], "there is no option '-z' in 'dynix show'", "'dynix show --help' shows how it is used"),
        (["show", "a", "b"], "'b' is one argument too many", "'dynix show --help' shows how it is used"),
        (["append", "a", "-/bin/x"], "there is no option '-/bin/x' in 'dynix append'",
         "a VALUE that begins with '-' stands behind '--', after all options"),
        (["append", "a", "--jsno"], "there is no option '--jsno' in 'dynix append'", "did you mean '--json'?"),
        (["append", "a", "=", "4"], "'4' is one argument too many", "PATH and VALUE stand side by side, without a '=' between them"),
        (["append", "a", "=", "-4"], "'-4' is one argument too many", "PATH and VALUE stand side by side, without a '=' between them"),
        (["append", "a", "--", "-5", "--file", "f"], "'--file' is one argument too many", "options stand before '--'"),
        (["parse"], "FILE is missing", "'dynix parse --help' shows how it is used"),
        (["show", "--file"], "--file is given without its value", "'dynix show --help' shows how it is used"),
        (["show", "--file", "a", "--file", "b"], "--file is given more than once", "'dynix show --help'"),
        (["show", "--json=x"], "--json takes no value", "'dynix show --help' shows how it is used"),
        (["apply", "--timeout", "soon"], "--timeout: expected seconds, from 1 to 31622400, found 'soon'", "'dynix apply --help'"),
        (["apply", "--timeout", ""], "--timeout: expected seconds, from 1", "'dynix apply --help'"),
        (["reset", "--timeout", "0"], "--timeout: expected seconds, from 1", "'dynix reset --help'"),
        (["reset", "--timeout", "4294967297"], "--timeout: expected seconds, from 1", "'dynix reset --help'"),
        (["append", "a", "1", "--wait-for-lock", ""], "--wait-for-lock: expected seconds, from 0", "'dynix append --help'"),
        (["apply", "--confirm", "soon"], "--confirm: expected a time span such as", "'dynix apply --help'"),
        (["append", "a", "1", "--for", "0"], "--for: expected a time span over zero", "'dynix append --help'"),
        (["append", "a", "1", "--until", "yesterday"], "--until: expected a time such as", "'dynix append --help'"),
        (["append", "a", "1", "--until", "9999-12-31"], "--until: expected a time in the next 100 years", "'dynix append --help'"),
        (["append", "a", "1", "--until", "2020-01-01"], "--until: 2020-01-01T00:00:00Z is over already", "'dynix append --help'"),
        (["undo"], "expected one of WHAT, --last, --all, --to-generation", "'dynix undo --help'"),
        (["undo", "--last", "--all"], "expected only one of WHAT, --last, --all, --to-generation", "'dynix undo --help'"),
        (["append", "a", "1", "--string", "--expr"], "--string and --expr exclude each other", "'dynix append --help'"),
    ):
        text = check(dynix(*words), 2, f"error: {message}", f"hint: {hint}")
        for raw in ("required", "subcommand", "Could not", "were not expected", "excludes", "Exactly"):
            assert raw not in text, text


def options_first(folder):
    """Options may stand in front of the command as well."""
    file = folder / "dynamic.nix"
    assert append(file, "a", "1").returncode == 0
    for words in (["--file", str(file), "show", "--json"], [f"--file={file}", "--json", "show"]):
        done = dynix(*words)
        assert done.returncode == 0 and json.loads(done.stdout)["file"] == str(file), (words, done)
    done = dynix("--dry-run", "-m", "why", "--file", str(file), "append", "b", "2", "--json")
    assert done.returncode == 0 and json.loads(done.stdout)["entry"]["message"] == "why", done
    check(dynix("--file", str(file), "parse", "x"), 2, "there is no option '--file' in 'dynix parse'")
    check(dynix("--file", str(file), "shwo"), 2, "there is no command 'shwo'", "did you mean 'show'?")
    check(dynix("--file"), 2)
    assert dynix("--help").returncode == 0 and dynix("--version").returncode == 0


def dynamic_files(folder):
    file = folder / "dynamic.nix"
    for text in (BROKEN, "", "{ }", "{ lib, ... }: {\n", "\0", "[" * 100_000):
        file.write_text(text)
        for words in (["append", "a", "1"], ["show"], ["log"]):
            check(dynix(*words, "--file", str(file)), 1, f"{file}:", "never changes a file")
        assert file.read_text() == text
    text = check(dynix("show", "--file", str(file.with_name("dynamic.nix"))), 1)
    file.unlink()
    file.mkdir()
    check(append(file, "a", "1"), 1, "is a directory, expected a file")
    file.rmdir()
    os.mkfifo(file)
    check(append(file, "a", "1"), 1, "is not a regular file")
    file.unlink()
    for words in (["show"], ["log"], ["export"], ["generations"], ["undo", "--last"]):
        check(dynix(*words, "--file", str(file)), 1, "there is no ")
    check(append(folder / "no" / "dynamic.nix", "a", "1"), 1, "there is no folder", "make it first")
    check(append("-", "a", "1", stdin=subprocess.DEVNULL), 1, "standard input is no dynamic file")
    check(dynix("undo", "--last", "--file", "-", stdin=subprocess.DEVNULL), 1, "standard input is no dynamic file")
    assert append(file, "a", "1").returncode == 0
    shown = dynix("show", "--file", "-", input=file.read_bytes())
    assert shown.returncode == 0 and shown.stdout == dynix("show", "--file", str(file)).stdout != b"", shown
    file.unlink()
    check(append("/dev/null", "a", "1"), 1, "is not a regular file")
    file.symlink_to("dynamic.nix")
    check(append(file, "a", "1"), 1, "Too many levels of symbolic links")
    file.unlink()
    file.symlink_to("real.nix")
    assert append(file, "a", "1").returncode == 0
    assert file.is_symlink() and len(entries(folder / "real.nix")) == 1


def mistyped_file(folder):
    record = folder / "system.json"
    source = {"kind": "file", "file": "/none.nix", "attribute": []}
    record.write_text(json.dumps(
        {"version": 1, "dynamicFile": "/none", "services": {}, "source": source, "units": {}}
    ))
    no_nix = {**os.environ, "PATH": str(folder)}
    typo = folder / "typo.nix"
    words = ("check", "--system", str(record), "--file", str(typo))
    check(dynix(*words, env=no_nix), 1, f"'{typo}' does not exist", "dynix reset")


def json_errors(folder):
    file = folder / "dynamic.nix"
    file.write_text(BROKEN)
    done = dynix("show", "--json", "--file", str(file))
    told = json.loads(done.stdout)["error"]
    assert done.returncode == 1
    assert (told["file"], told["line"], told["column"]) == (str(file), 4, 11), told
    assert told["message"] == "expected 'lib.mkOverride (-N) VALUE'" and told["hint"], told
    # A wrong command line is a failure like any other.
    for words in ([], ["shwo"], ["append"], ["undo"], ["show", "--nope"]):
        done = dynix(*words, "--json")
        told = json.loads(done.stdout)["error"]
        assert done.returncode == 2 and told["message"] and told["hint"], (words, told)
    done = dynix("append", "a", "b", "c", "--", "--json")
    assert done.returncode == 2 and done.stdout == b"", done


def file_systems(folder):
    if os.geteuid() != 0:
        print("not tried without root: a full file system, a read-only one")
        return
    full = in_mount(
        folder, "size=64k",
        '"$2" append --file "$1/d.nix" a 1 >/dev/null || exit 98; cp "$1/d.nix" /tmp/before.$$; '
        'head -c 1M /dev/zero > "$1/filler" 2>/dev/null; "$2" append --file "$1/d.nix" a 2; code=$?; '
        'cmp "$1/d.nix" /tmp/before.$$ || exit 97; rm /tmp/before.$$; '
        'test "$(ls -A "$1")" = "d.nix\nfiller" || exit 96; exit $code'.replace("\\n", "\n"),
    )
    check(full, 1, "No space left on device")
    read_only = in_mount(
        folder, "size=64k",
        '"$2" append --file "$1/d.nix" a 1 >/dev/null || exit 98; mount -o remount,ro "$1"; '
        '"$2" append --file "$1/d.nix" a 2',
    )
    check(read_only, 1, "Read-only file system", "let 'dynamicism.dynamicFile' be a file that can be written")
    unchangeable(folder)


def unchangeable(folder):
    """Where root may write and must not, or may not write all the same."""
    if os.path.isdir("/nix/store"):
        (folder / "store").symlink_to("/nix/store")
        for file in ("/nix/store/none/dynamic.nix", folder / "store/none/dynamic.nix"):
            check(append(file, "a", "1"), 1, f"'{file}' is in the Nix store", "'dynamicism.dynamicFile'")
    still = folder / "still"
    still.mkdir()
    file = still / "dynamic.nix"
    assert append(file, "a", "1").returncode == 0
    for one in (still, file):
        if subprocess.run(["chattr", "+i", one], stderr=subprocess.DEVNULL, check=False).returncode != 0:
            print("not tried on this file system: an immutable file")
            return
        try:
            check(append(file, "a", "2"), 1, f"'{one}' is immutable", f"'chattr -i {one}'")
            check(dynix("undo", "--file", str(file), "--last"), 1, f"'{one}' is immutable")
        finally:
            subprocess.run(["chattr", "-i", one], check=True)


def mount_point(folder):
    """As where a file is kept on another file system and bound to its place."""
    if os.geteuid() != 0:
        print("not tried without root: a mount point")
        return
    bound = (
        '"$2" append --file "$1/kept.nix" a 1 >/dev/null || exit 98; touch "$1/d.nix"; cp "$1/kept.nix" "$1/../before"; '
        'mount --bind "$1/kept.nix" "$1/d.nix"; %s; code=$?; cmp "$1/kept.nix" "$1/../before" || exit 97; '
        'test "$(ls -A "$1")" = "$(printf "d.nix\\nkept.nix")" || exit 96; exit $code'
    )
    for command in ('"$2" append --file "$1/d.nix" a 2', '"$2" undo --file "$1/d.nix" --last'):
        done = in_mount(folder, "size=64k", bound % command)
        check(done, 1, "d.nix': it is a mount point of its own", "mount its folder instead", "symbolic link")
    linked = in_mount(
        folder, "size=64k",
        'mkdir "$1/kept"; ln -s kept/d.nix "$1/d.nix"; "$2" append --file "$1/d.nix" a 1 && '
        '"$2" undo --file "$1/d.nix" --last && ls "$1/kept"',
    )
    assert linked.returncode == 0 and linked.stdout.endswith(b"d.nix\nd.nix.generations\n"), linked


def unread_notes(folder):
    """Where nobody can read a note, the command goes on."""
    file = folder / "dynamic.nix"
    for target in ("2>/dev/full", "2>&-"):
        done = subprocess.run(
            ["sh", "-c", f'"$0" append --file "$1" --schema /none a 1 {target}', DYNIX, file],
            stdout=subprocess.DEVNULL, check=False)
        assert done.returncode == 0, (target, done.returncode)
    assert len(entries(file)) == 2
    for words in (["--help"], ["append", "--help"], ["--version"]):
        done = subprocess.run(
            ["sh", "-c", '"$0" "$@" > /dev/full', DYNIX, *words], stderr=subprocess.PIPE, check=False)
        assert done.returncode == 1 and b"cannot write to standard output" in done.stderr, (words, done)


def other_users(folder):
    if os.geteuid() != 0:
        print("not tried without root: another user")
        return
    folder.chmod(0o755)
    file = folder / "dynamic.nix"
    assert append(file, "a", "1").returncode == 0
    before = file.read_bytes()
    as_nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    check(append(file, "a", "2", program=as_nobody), 1, "Permission denied", "belongs to root: try again with sudo")
    assert dynix("show", "--file", str(file), program=as_nobody).returncode == 0
    check(dynix("apply", program=as_nobody), 1, "only root can change what runs")
    file.chmod(0o600)
    check(dynix("show", "--file", str(file), program=as_nobody), 1, "Permission denied")
    assert file.read_bytes() == before and names(folder) == ["dynamic.nix"]
    # In a file of somebody else root takes away nothing that is theirs.
    theirs = folder / "theirs"
    theirs.mkdir()
    own = theirs / "dynamic.nix"
    os.chown(theirs, 65534, 65534)
    for value in "123":
        assert append(own, "a", value, program=as_nobody).returncode == 0
    undo = ("undo", "--last", "--file", str(own))
    assert dynix(*undo).returncode == 0
    assert own.stat().st_uid == 65534
    assert dynix(*undo, program=as_nobody).returncode == 0
    generations = theirs / "dynamic.nix.generations"
    os.chown(generations, 0, 0)
    check(dynix(*undo, program=as_nobody), 1, "Permission denied", "the dynamic file is yours, but not all beside it")
    os.chown(own, 1, 1)
    os.chown(theirs, 1, 1)
    check(dynix(*undo, program=as_nobody), 1, "belongs to daemon: try again as that user, or with sudo")


def lock_held(folder):
    file = folder / "dynamic.nix"
    # Held until it is waited for.
    holder = subprocess.Popen(["flock", str(folder), "sleep", "infinity"], start_new_session=True)
    try:
        while subprocess.run(["flock", "-n", str(folder), "true"], check=False).returncode == 0:
            pass
        command = [DYNIX, "append", "--file", str(file), "a", "1", "--wait-for-lock", str(PATIENCE)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as waiting:
            said = next((line for line in waiting.stderr if line.startswith(b"note: waiting for process")), b"")
            os.killpg(holder.pid, signal.SIGKILL)
            rest = waiting.stderr.read()
    finally:
        holder.kill()
        holder.wait()
    assert waiting.returncode == 0, said + rest
    assert b"flock" in said, said + rest


def system(folder, **source):
    record = folder / "system.json"
    record.write_text(json.dumps({
        "version": 1, "dynamicFile": str(folder / "dynamic.nix"), "units": {},
        "source": {"kind": "file", "file": str(folder / "system.nix"), "attribute": [], **source},
    }))
    return str(record)


def nix_faults(folder):
    """`dynix diff` needs no root, and reaches Nix as `apply` does."""
    record = system(folder)
    check(dynix("diff", "--system", str(folder / "no.json")), 1, "built without dynix", "dynamicism.enable")
    check(dynix("diff", "--system", record, env={"PATH": str(folder)}), 1, "PATH")
    # A link to where nothing is mounted must not pass for a file without overrides, which would all be taken back.
    (folder / "dynamic.nix").symlink_to("away/dynamic.nix")
    for words in (["diff"], ["check"], ["apply", "-n"]):
        check(
            dynix(*words, "--system", record, env={"PATH": str(folder)}), 1,
            f"'{folder}/dynamic.nix' is a link to '{folder}/away/dynamic.nix', which is not there", "mount what it was on")
    (folder / "dynamic.nix").unlink()
    # A stand-in for Nix that fails as Nix does.
    for name in ("nix-build", "nix"):
        script = folder / name
        script.write_text("#!/bin/sh\necho 'error: undefined variable pkgz' >&2\nexit 1\n")
        script.chmod(0o755)
    failing = {"PATH": f"{folder}:/usr/bin:/bin"}
    check(dynix("diff", "--system", record, env=failing), 1, "undefined variable pkgz")
    (folder / "system.json").write_text("{")
    check(dynix("diff", "--system", record), 1, "system.json:1:")
    (folder / "system.json").write_text('{"version": 99}')
    check(dynix("diff", "--system", record), 1, "version")


def no_systemd(folder):
    if pathlib.Path("/run/systemd/private").exists():
        print("not tried, because systemd runs here: no systemd")
        return
    file = folder / "dynamic.nix"
    assert append(file, "a", "1").returncode == 0
    for words in (["status", "--file", str(file)], ["reset"]):
        check(dynix(*words), 1, "systemd")


def main():
    return run_each(
        paths, what_could_not_be_read_again, values, command_lines, options_first, dynamic_files, mistyped_file, json_errors,
        file_systems, mount_point, unread_notes, other_users, lock_held, nix_faults, no_systemd,
    )


if __name__ == "__main__":
    sys.exit(main())
