#!/usr/bin/env python3
"""runtime-module as it is called: what it prints, its records, exit codes, and what it refuses."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "dynix/tests"))
import format_page  # noqa: E402
from system import RUNTIME_MODULE, make, module, record, run  # noqa: E402

HOSTILE = "it's \"so\" $(id) `id` \\ \x1b[31m\n<&>"
MODULES = [
    module("graphics", "Drivers"),
    module("gaming", HOSTILE, requires=["graphics"], path="/etc/nixos/gaming.nix"),
    module("kiosk", conflicts=["gaming"]),
]


def check(done, code, out=None, *parts):
    text = done.stderr.decode(errors="replace")
    assert done.returncode == code, (done.args, done.returncode, done.stdout, text)
    if out is not None:
        assert done.stdout.decode() == out, (done.args, done.stdout)
    for part in parts:
        assert part in text, f"expected {part!r} in:\n{text}"
    return text


def lists_and_statuses(root):
    check(run(root, "list"), 0)
    listed = run(root, "list").stdout.decode()
    assert listed.startswith("Available modules:\n  [ ] graphics  Drivers\n  [ ] gaming    it's"), listed
    assert listed.endswith("(requires graphics)\n  [ ] kiosk     (conflicts with gaming)\n"), listed
    # A description of several lines is no second module.
    assert len(listed.splitlines()) == 4, listed
    # One word for each name, in the order of the names, those given twice too.
    check(run(root, "status", "kiosk", "gaming", "kiosk"), 1, "disabled\ndisabled\ndisabled\n")
    check(run(root, "status"), 0, "")
    for words in (["--json", "list"], ["list", "--json"], ["-j", "list"], ["list", "-j"]):
        shown = json.loads(run(root, *words).stdout)
        assert [one["name"] for one in shown["modules"]] == ["graphics", "gaming", "kiosk"]
        assert shown["modules"][1] == {
            "name": "gaming", "description": HOSTILE, "path": "/etc/nixos/gaming.nix", "enabled": False,
            "requires": ["graphics"], "conflicts": [],
        }, shown
        assert shown["base"] == shown["system"] == str(root / "nix/store/system")
        assert shown["interrupted"] is False and shown["switchedOff"] == [] and shown["warnings"] == []
    done = run(root, "status", "-j", "gaming")
    check(done, 1)
    assert json.loads(done.stdout)["allEnabled"] is False


def enabled_ones(folder):
    root = make(folder, record(MODULES, enabled=["graphics", "gaming"], base="/nix/store/base"))
    check(run(root, "status", "gaming", "graphics"), 0, "enabled\nenabled\n")
    check(run(root, "status", "gaming", "kiosk"), 1, "enabled\ndisabled\n")
    check(run(root, "status"), 0, "graphics\ngaming\n")
    assert "  [✓] graphics  Drivers\n" in run(root, "list").stdout.decode()
    # What is so already needs no Nix, no root and no lock.
    done = run(root, "enable", "gaming", "--dry-run", environment={"PATH": ""})
    check(done, 0, "nothing to do: already enabled: gaming\n")
    record_of = json.loads(run(root, "-n", "-j", "disable", "kiosk").stdout)
    assert record_of == {
        "result": "unchanged", "enabled": ["graphics", "gaming"], "turnedOn": [], "turnedOff": [], "pulled": [],
        "overridesTakenBack": [],
    }, record_of
    check(run(root, "-n", "disable", "graphics"), 1, "", "'graphics' is required by 'gaming'", "--force")
    check(run(root, "-n", "enable", "kiosk"), 1, "", "'kiosk' conflicts with 'gaming'", "runtime-module disable gaming")
    # A user who is not root is told before anything is built.
    if os.geteuid() == 0:
        os.chmod(folder, 0o755)
        done = subprocess.run(
            [RUNTIME_MODULE, "--root", str(root), "disable", "gaming"], capture_output=True, check=False, user=65534,
            env={"PATH": ""},
        )
        check(done, 1, "", "only root can activate a system", "services.runtimeModules.elevation")


def elevation(folder):
    """Another user's command is handed to the command of the setting, which has to make it root."""
    if os.geteuid() != 0:
        print("not as root: elevation is not tried")
        return
    os.chmod(folder, 0o755)
    asked = pathlib.Path(folder) / "asked"
    programs = pathlib.Path(folder) / "bin"
    programs.mkdir()
    for name in ("become root", "sudo", "doas", "run0"):
        command = programs / name
        command.write_text(f"#!/bin/sh\nprintf '%s\\n' \"${{0##*/}}\" \"$@\" > {asked}\nexit 42\n")
        command.chmod(0o755)
    asked.touch()
    asked.chmod(0o666)
    base = pathlib.Path(folder) / "base"
    base.mkdir()

    def as_nobody(elevation, *words):
        system = tempfile.mkdtemp(dir=folder)
        os.chmod(system, 0o755)
        whole = record(MODULES, enabled=["graphics", "gaming"], base=str(base), elevation=elevation)
        line = [RUNTIME_MODULE, "--root", str(make(system, whole)), *words]
        return subprocess.run(
            line, capture_output=True, check=False, user=65534, timeout=600,
            env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"},
        )

    # By its path or its name, with words of its own, none of which this program has a part in.
    for command in ([str(programs / "become root"), "-n"], ["sudo", "-n"], ["doas"], ["run0", "--pipe"]):
        done = as_nobody(command, "disable", "-j", "gaming", "graphics")
        check(done, 42)
        words = asked.read_text().splitlines()
        name, options = pathlib.Path(command[0]).name, command[1:]
        assert words[:len(command) + 3] == [name, *options, RUNTIME_MODULE, "--elevated", "--json"], words
        assert words[-4:] == ["disable", "--", "gaming", "graphics"], words
    # One that does not make it root is asked once.
    check(as_nobody(["env"], "reset"), 1, "", "has not made runtime-module root")
    check(as_nobody(["/nowhere/sudo"], "reset"), 1, "", "cannot run '/nowhere/sudo'")


def overrides(folder):
    """Of the overrides of dynix it is said before which ones a change takes back, or that it is not known."""
    base = pathlib.Path(folder) / "base"
    units = base / "etc/systemd/system"
    units.mkdir(parents=True)
    root = make(pathlib.Path(folder) / "root", record(MODULES, enabled=["kiosk"], base=str(base)))
    text = "[Service]\nExecStart=/a\n"
    more = {"dropIn": "[Service]\nNice=1\n", "static": text, "dynamic": text, "invocationId": ""}
    state = {
        "version": 1, "phase": "applied", "since": "", "plan": "", "dynamicFile": "", "configuration": "",
        "overrides": [{"option": "services.a.jobs", "value": "4", "entry": 1}],
        "units": [{"name": "a.service", **more}], "previous": [], "left": [],
    }
    file = root / "run/dynix/state.json"
    file.parent.mkdir()
    file.write_text(json.dumps(state))

    def taken_back(words, **options):
        done = run(root, "-n", *words, "reset", **options)
        check(done, 0)
        return done

    (units / "a.service").write_text(text)
    assert b"overrides" not in taken_back([]).stderr
    assert json.loads(taken_back(["-j"]).stdout)["overridesTakenBack"] == []
    (units / "a.service").write_text("[Service]\nExecStart=/b\n")
    said = taken_back([]).stderr.decode()
    assert "takes back the overrides of dynix, since a.service changes: services.a.jobs = 4;" in said, said
    assert json.loads(taken_back(["-j"]).stdout)["overridesTakenBack"] == ["services.a.jobs = 4"]
    # What waits to be confirmed does not stay with half of its units, so all go.
    waiting = root / "var/lib/dynix/confirmation.json"
    waiting.parent.mkdir(parents=True)
    record_of = json.loads(format_page.text_of("/var/lib/dynix/confirmation.json"))
    for phase, named in (("waiting", True), ("activating", True), ("confirmed", False), ("taken-back", False)):
        waiting.write_text(json.dumps(record_of | {"phase": phase}))
        assert (b"and an apply waits to be confirmed" in taken_back([]).stderr) is named, phase
    waiting.unlink()
    file.write_text(json.dumps(state | {"phase": "activating"}))
    assert b"since an activation of dynix was interrupted: services.a.jobs = 4" in taken_back([]).stderr
    # What nobody can read, or this user cannot.
    file.write_text("{")
    assert any("not known" in one for one in json.loads(taken_back(["-j"]).stdout)["warnings"])
    if os.geteuid() == 0:
        file.write_text(json.dumps(state))
        file.chmod(0o600)
        os.chmod(folder, 0o755)
        done = taken_back([], user=65534)
        assert b"it is not known which overrides of dynix stay applied: cannot open" in done.stderr, done.stderr


def formats(folder):
    """The examples of FORMATS.md: those of files are read, those of records have the members that are printed."""
    root = make(pathlib.Path(folder) / "root", format_page.text_of("/etc/dynix/modules.json"))
    state = root / "run/runtime-modules/state.json"
    state.parent.mkdir()
    state.write_text(format_page.text_of("/run/runtime-modules/state.json"))
    shown = json.loads(run(root, "-j", "status", "ticker").stdout)
    assert shown["modules"][0]["enabled"] and shown["interrupted"] and shown["warnings"] == [], shown
    format_page.compare("runtime-module status", shown)
    state.unlink()  # it speaks of an interrupted activation, which the next one ends
    unchanged = json.loads(run(root, "-j", "-n", "enable", "ticker").stdout)
    # What the scenario compares, where there is a system to be built.
    built = {"system", "differences", "warnings", "addedBytes", "units", "etc", "name", "change", "action", "by"}
    built |= {"userUnits", "users", "groups", "packages", "boot"}
    written = format_page.members(format_page.example("runtime-module diff"), set())
    format_page.compare(
        "runtime-module diff", unchanged, elsewhere={key for key in written if key[1] in built},
    )


def unknown_names(root):
    for command in ("enable", "disable", "status", "diff"):
        check(run(root, command, "gamin"), 5, "", "there is no runtime module 'gamin'", "did you mean 'gaming'?")
        # All or nothing: the one that is known changes nothing.
        check(run(root, command, "kiosk", "nothing"), 5, "", "'nothing'")
        done = run(root, "--json", command, "gamin")
        check(done, 5)
        assert json.loads(done.stdout)["error"]["message"] == "there is no runtime module 'gamin'"
        for name in ("a b", "it's", "a\nb", "..", "../../etc/passwd", "", "$(id)", "\x1b[31m", "x" * 100_000):
            text = check(run(root, command, "--", name), 5, "")
            assert "\x1b" not in text
        check(run(root, command, "--", "-f"), 5, "", "'-f'")
        check(run(root, command, "--", b"\xff\xfe"), 5, "")


def usage_errors(root):
    check(run(root), 2, "", "a command is missing")
    check(run(root, "enable"), 2, "", "NAME is missing")
    check(run(root, "reset", "gaming"), 2, "", "'gaming' is one argument too many")
    check(run(root, "enabel", "gaming"), 2, "", "did you mean 'enable'")
    check(run(root, "enable", "--froce", "gaming"), 2, "", "there is no option '--froce'")
    done = run(root, "list", "--nothing", "-j")
    check(done, 2)
    assert json.loads(done.stdout)["error"]["message"]
    for words in (["-h"], ["--help"], ["enable", "-h"], ["list", "--help"]):
        assert b"runtime-module" in run(root, *words).stdout
    for word in ("-V", "--version"):
        assert run(root, word).stdout.startswith(b"runtime-module ")


# Every command as it is called, with names where it takes some.
COMMANDS = {
    "list": [], "list --size": [], "status": ["gaming"], "enable": ["gaming"], "disable": ["kiosk"], "diff": ["gaming"],
    "reset": [], "rebuild": [],
}


def errors_are_records(folder):
    """Of every command, wherever the flag stands, every error is a record of JSON and nothing else on the output."""
    folder = pathlib.Path(folder)
    broken = make(folder / "broken", b"{")
    base = folder / "base"
    base.mkdir()

    def record_of(code, *words, of=broken, **options):
        done = run(of, *words, **options)
        check(done, code)
        assert done.stderr, done
        return json.loads(done.stdout)

    for command, names in COMMANDS.items():
        line = [*command.split(), *names]
        for flags in (["-j"], ["--json"], ["-nj"], ["-fj", "--wait-for-lock", "1"]):
            for at in range(len(line) + 1):
                words = [*line[:at], *flags, *line[at:]]
                assert record_of(1, *words)["error"]["file"].endswith("modules.json"), words
                assert "--nothing" in record_of(2, *words, "--nothing")["error"]["message"], words
                if not names:
                    assert "one argument too many" in record_of(2, *words, "x")["error"]["message"], words
        good = make(folder / command, record(MODULES, enabled=["graphics", "kiosk"], base=str(base)))
        if names:
            assert "'x'" in record_of(5, "-j", *line, "x", of=good)["error"]["message"]
        # As root and otherwise, without Nix and with a base that is gone.
        if command in ("enable", "diff"):
            assert "conflicts with 'kiosk'" in record_of(1, "-j", *line, of=good)["error"]["message"]
        elif command == "list --size":
            assert len(record_of(1, "-j", *line, of=good, environment={"PATH": ""})["errors"]) == len(MODULES)
        elif command in ("disable", "rebuild"):
            assert "nix-build" in record_of(1, "-jn", *line, of=good, environment={"PATH": ""})["error"]["message"]
        elif command == "reset" and os.geteuid() == 0:
            shown = record_of(1, "-j", *line, of=good, environment={"PATH": ""})
            assert (shown["result"], shown["enabled"]) == ("refused", ["graphics", "kiosk"]), shown
            assert "switch-to-configuration' is not there" in shown["errors"][0]["message"], shown


def flags_anywhere(root):
    line = ["status", "gaming", "kiosk"]
    for flags in (["-n"], ["-fv"], ["--wait-for-lock", "5"], ["--wait-for-lock=5", "-f"]):
        for at in range(len(line) + 1):
            check(run(root, *line[:at], *flags, *line[at:]), 1, "disabled\ndisabled\n")
    for words in (["--size", "list"], ["-j", "--size", "list"], ["--wait-for-lock", "5", "--size", "list"]):
        check(run(root, *words, environment={"PATH": ""}), 1, None, "the size of 'gaming': ")
    for words in (["list", "--wait-for-lock", "x"], ["--wait-for-lock=x", "list"]):
        check(run(root, *words), 2, "", "--wait-for-lock: expected seconds, from 0 to 31622400, found 'x'")
    check(run(root, "list", "--wait-for-lock", "1", "--wait-for-lock", "2"), 2, "", "--wait-for-lock is given more than once")
    check(run(root, "list", "--json=maybe"), 2, "", "--json takes no value")
    # The help of a command says where those are that it takes besides its own.
    assert b"'runtime-module --help' lists the options" in run(root, "enable", "--help").stdout


def broken_records(folder):
    whole = json.dumps(record(MODULES)).encode()
    broken = {
        "empty": b"", "half": whole[: len(whole) // 2], "no JSON": b"\xff\x00\xfe", "an array": b"[]",
        "newer": json.dumps(record(MODULES) | {"version": 2}).encode(), "deep": b"[" * 100_000,
        "twice": json.dumps(record([module("a"), module("a")])).encode(),
        "a name that is none": json.dumps(record([module("-rf")])).encode(),
    }
    for name, text in broken.items():
        root = make(pathlib.Path(folder) / name, text)
        for words in (["list"], ["status", "a"], ["-n", "enable", "a"]):
            done = run(root, *words)
            check(done, 1, "", "modules.json", "hint: ")
            assert json.loads(run(root, "-j", *words).stdout)["error"]["message"]
    root = make(pathlib.Path(folder) / "unreadable", whole)
    file = root / "nix/store/system/etc/dynix/modules.json"
    file.unlink()
    check(run(root, "list"), 1, "", "built without runtime modules", "services.runtimeModules.enable")
    file.mkdir()
    check(run(root, "list"), 1, "")
    (root / "run/current-system").unlink()
    check(run(root, "list"), 1, "", "current-system")


def no_modules(folder):
    root = make(folder, record([]))
    check(run(root, "list"), 0, "No module is declared in services.runtimeModules.modules.\n")
    assert json.loads(run(root, "-j", "list").stdout)["modules"] == []
    check(run(root, "enable", "a"), 5, "", "no module is declared in 'services.runtimeModules.modules'")
    check(run(root, "-n", "reset"), 0, "nothing to do: no module is enabled\n")


def state_files(folder):
    root = make(folder, record(MODULES))
    state = root / "run/runtime-modules/state.json"
    state.parent.mkdir()
    for text in ("", "{", '{"enabled": ["gaming"]}', '{"version": 2}', '{"modules": []}', "\x00" * 1000):
        state.write_text(text)
        # The truth is the system that runs.
        check(run(root, "status", "gaming"), 1, "disabled\n", "state.json")
        assert json.loads(run(root, "-j", "list").stdout)["warnings"]
    systems = {"system": "/nix/store/x", "enabled": ["gaming"]}
    whole = {"version": 1, "since": "", "base": "/nix/store/older", "applied": systems, "activating": None, "extension": ""}
    state.write_text(json.dumps(whole))
    check(run(root, "status", "gaming"), 1, "disabled\n", "a switch has turned off: gaming")
    # One to the very same base, too.
    whole |= {"base": str(root / "nix/store/system")}
    state.write_text(json.dumps(whole))
    check(run(root, "status", "gaming"), 1, "disabled\n", "a switch has turned off: gaming")
    whole |= {"base": str(root / "nix/store/system"), "activating": systems}
    state.write_text(json.dumps(whole))
    check(run(root, "status"), 1, "", "an activation was interrupted")
    assert json.loads(run(root, "-j", "list").stdout)["interrupted"] is True


def without_nix(folder):
    root = make(folder, record(MODULES))
    before = sorted(str(path) for path in root.rglob("*"))
    check(run(root, "-n", "enable", "gaming", environment={"PATH": folder}), 1, "", "nix-build")
    done = run(root, "-n", "-j", "enable", "gaming", environment={"PATH": folder})
    assert "nix-build" in json.loads(done.stdout)["error"]["message"]
    assert sorted(str(path) for path in root.rglob("*")) == before


def full_disk(root):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([RUNTIME_MODULE, "--root", str(root), "list"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1 and b"standard output" in done.stderr, done


def main():
    with tempfile.TemporaryDirectory() as folder:
        root = make(pathlib.Path(folder) / "root", record(MODULES))
        for test in (lists_and_statuses, unknown_names, usage_errors, flags_anywhere, full_disk):
            test(root)
            print(f"ok {test.__name__}")
    for test in (
        enabled_ones, elevation, overrides, formats, errors_are_records, broken_records, no_modules, state_files,
        without_nix,
    ):
        with tempfile.TemporaryDirectory() as folder:
            test(folder)
            print(f"ok {test.__name__}")


main()
