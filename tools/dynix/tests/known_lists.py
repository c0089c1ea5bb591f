#!/usr/bin/env python3
"""What a list in a file is used for: the system, the configuration and the nixpkgs that it was written for.

Every other system gets all modules, or none of its lists is relied on. The lists lack proxy.nix of small-nixpkgs, which
a system that is silently another one would need. known_files.py has what a system may read, known_flakes.py flakes.
"""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from module_list import MINIMAL, NGINX, SMALL, modules
from program import check, skip

SHORT = ["nginx"]
ALL = ["nginx", "proxy"]


def small_in_store():
    """The small nixpkgs, which has to be in the store to stay what it is; None where there is no store."""
    added = subprocess.run(["nix-store", "--add", str(SMALL)], capture_output=True, text=True, check=False)
    if added.returncode != 0:
        print(f"without a store: {added.stderr.strip()}")
        return None
    return added.stdout.strip()


def use(nixpkgs, given, more=""):
    """The text of a system with a list, for a file that is called with { mode }."""
    return f"(import {MINIMAL}/use.nix {{ nixpkgs = {nixpkgs}; list = ./here.module-list.nix; inherit mode; {more} }} {given})"


def lay(folder, text, attribute=(), **files):
    """A configuration whose system is at `attribute` of system.nix, which has `text`."""
    folder.mkdir(exist_ok=True)
    (folder / "configuration.nix").write_text(NGINX)
    for name, what in files.items():
        (folder / f"{name}.nix").write_text(what)
    (folder / "system.nix").write_text(f"{{ mode ? \"known\" }}: {text}")
    (folder / "system.json").write_text(json.dumps({
        "version": 1, "dynamicFile": "/etc/nixos/dynamic.nix", "units": {}, "services": {},
        "source": {"kind": "file", "file": str(folder / "system.nix"), "attribute": list(attribute)},
    }))


def evaluate(expression, code=0):
    done = subprocess.run(
        ["nix-instantiate", "--eval", "--strict", "--json", "--read-write-mode", "-E", expression],
        capture_output=True, text=True, check=False,
    )
    assert done.returncode == code, done.stderr
    return (json.loads(done.stdout) if code == 0 else None), done.stderr


# Which modules it is of, by the services that they declare. A known system has the options of all modules.
MODULES_OF = "s: if (s.moduleListUnused or \"\") == null then [ \"nginx\" ] else builtins.attrNames s.options.services"


def services(folder, system="f { }", same="f { mode = \"all\"; }"):
    """Which modules the system is of, and what Nix said. It must be the system of all modules."""
    (found, toplevel, wanted), said = evaluate(
        f"let f = import {folder}/system.nix; system = {system}; toplevel = s: s.config.system.build.toplevel.drvPath; in"
        f" [ (({MODULES_OF}) system) (toplevel system) (toplevel ({same})) ]"
    )
    assert toplevel == wanted, (folder, system, found, said)
    return found, said


def write_list(folder, **variables):
    """Works the list out and returns what was said."""
    done = modules(folder, "needed", "--write", str(folder / "here.module-list.nix"), **variables)
    assert done.returncode == 0, done.stderr.decode()
    return done.stderr.decode()


def has_key(folder):
    return "key = \"\";" not in (folder / "here.module-list.nix").read_text()


def plain(top, nixpkgs):
    folder = top / "plain"
    text = use(nixpkgs, "{ modules = [ ./configuration.nix ./extra.nix ]; }")
    lay(folder, text, extra="{ }")
    used, said = services(folder)
    assert used == ALL and "there is no module list" in said, (used, said)
    copies = len(list(pathlib.Path("/nix/store").glob("*-plain")))
    write_list(folder)
    assert services(folder)[0] == SHORT
    assert len(list(pathlib.Path("/nix/store").glob("*-plain"))) == copies, "the folder is in the store"
    built = subprocess.run(
        ["nix-instantiate", "-vv", str(folder / "system.nix"), "-A", "config.system.build.toplevel"],
        capture_output=True, text=True, check=False,
    )
    assert built.returncode == 0 and "all modules are used" not in built.stderr, built.stderr
    # No module is read that the list does not have.
    assert "/modules/nginx.nix'" in built.stderr and "/modules/proxy.nix'" not in built.stderr, built.stderr
    lay(folder, text, extra="{ services.proxy.enable = true; }")
    used, said = services(folder)
    assert used == ALL and "the module list is for another system, configuration or nixpkgs" in said, (used, said)
    # By the list all the same: what it lacks is named where it is defined, and else it is said that nobody knows.
    listed, said = evaluate(f"(import {folder}/system.nix {{ mode = \"list\"; }}).config.networking.hostName", 1)
    assert listed is None and "the module list lacks proxy.nix" in said, said
    lay(folder, text, extra="{ boot.kernelParams = [ \"quiet\" ]; }")
    assert "is not known to be enough for this system" in services(folder, "f { mode = \"list\"; }")[1]
    lay(folder, text, extra="{ }")
    assert "is not known to be enough" not in services(folder, "f { mode = \"list\"; }")[1]
    # What is added where the system is extended is added to that of all modules.
    lay(folder, text, extra="{ }")
    proxy = ".extendModules { modules = [ { services.proxy.enable = true; } ]; }"
    assert services(folder)[0] == SHORT
    assert services(folder, f"(f {{ }}){proxy}", f"(f {{ mode = \"all\"; }}){proxy}")[0] == ALL
    inside = "(%s.options._module.args.value.extendModules { modules = [ { services.proxy.enable = true; } ]; })"
    assert services(folder, inside % "(f { })", inside % "(f { mode = \"all\"; })")[0] == ALL
    print("ok   a list is used for what it was written for")

    # By its name the folder is a link, which stays the same when the files change. A path of it is another text.
    linked = top / "linked"
    linked.symlink_to(folder)
    used, said = services(linked)
    assert used == ALL and "for another system, configuration" in said, (used, said)
    lay(linked, text, extra="{ }")
    write_list(linked)
    assert services(linked)[0] == SHORT
    lay(linked, text, extra="{ services.proxy.enable = true; }")
    assert services(linked)[0] == ALL
    lay(folder, text, extra="{ }")
    write_list(folder)
    assert services(folder)[0] == SHORT
    (folder / "empty").mkdir()
    assert services(folder)[0] == ALL
    (folder / "empty").rmdir()
    print("ok   a configuration in a folder that is a link, and a folder without files")


def two_systems(top, nixpkgs):
    """One list, two systems of a file that differ in what the list lacks: only one of them is built with it."""
    paths = use(nixpkgs, "{ modules = [ (./. + \"/${host}.nix\") ]; }")
    data = use(nixpkgs, "{ modules = [ ./a.nix { services.proxy.enable = proxy; } ]; }")
    argument = use(nixpkgs, "{ specialArgs = { inherit proxy; }; modules = [ ./a.nix ./p.nix ]; }")
    a_and_b = [use(nixpkgs, f"{{ modules = [ ./{host}.nix ]; }}") for host in "ab"]
    two = (
        ("written out", f"{{ a = {a_and_b[0]}; b = {a_and_b[1]}; }}"),
        ("a helper", f"let mk = host: {paths}; in {{ a = mk \"a\"; b = mk \"b\"; }}"),
        ("a helper with data", f"let mk = proxy: {data}; in {{ a = mk false; b = mk true; }}"),
        ("a special argument", f"let mk = proxy: {argument}; in {{ a = mk false; b = mk true; }}"),
        ("a function in an attribute", f"let mk = {{ proxy ? false }}: {data}; in {{ a = mk; b = mk {{ proxy = true; }}; }}"),
    )
    called = "(x: if builtins.isFunction x then x { } else x)"
    for name, text in two:
        folder = top / name.replace(" ", "-")
        lay(folder, text, ["a"], a=NGINX, b=NGINX.replace("}", "services.proxy.enable = true; }"),
            p="{ proxy, ... }: { services.proxy.enable = proxy; }")
        write_list(folder)
        assert has_key(folder), name
        for host, wanted in (("a", SHORT), ("b", ALL)):
            used, said = services(folder, f"{called} (f {{ }}).{host}", f"{called} (f {{ mode = \"all\"; }}).{host}")
            assert used == wanted and ("for another system" in said) == (host == "b"), (name, host, used, said)
        print(f"ok   two systems with one list, {name}")

    # What a function was made of cannot be seen.
    for name, module in (
        ("a function", "({ ... }: { services.proxy.enable = proxy; })"),
        ("a function in a set", "{ imports = [ ({ ... }: { services.proxy.enable = proxy; }) ]; }"),
        ("a set that is called", "{ __functor = _: _: { services.proxy.enable = proxy; }; }"),
    ):
        folder = top / "function"
        lay(folder, f"let mk = proxy: {use(nixpkgs, '{ modules = [ ./configuration.nix ' + module + ' ]; }')}; in"
                    " { a = mk false; b = mk true; }", ["a"])
        said = write_list(folder)
        assert not has_key(folder) and "`modules.1" in said and "is a function, which may be made of anything" in said, (name, said)
        for host in "ab":
            used, said = services(folder, f"(f {{ }}).{host}", f"(f {{ mode = \"all\"; }}).{host}")
            assert used == ALL and "no module list can be relied on" in said, (name, used, said)
        print(f"ok   two systems with one list, {name}")

    # So are functions that evaluate the system.
    lib = f"(import {nixpkgs}/lib)"
    evaluates = f"(given: import {nixpkgs}/nixos/lib/eval-config.nix (given // {{ modules = given.modules ++ [ {{ services.proxy.enable = true; }} ]; }}))"
    for name, more, because in (
        ("lib", f"lib = {lib} // {{ mine = true; }};", "another `lib' than that of nixpkgs"),
        ("evalConfig", f"evalConfig = {evaluates};", "an `evalConfig' of your own"),
    ):
        lay(folder, use(nixpkgs, "{ modules = [ ./configuration.nix ]; }", more))
        assert because in write_list(folder), name
        assert services(folder)[0] == ALL
    for more in (f"lib = {lib};", "lib = ./lib.nix;"):
        lay(folder, use(nixpkgs, "{ modules = [ ./configuration.nix ]; }", more), lib=f"{lib} // {{ mine = true; }}")
        write_list(folder)
        assert services(folder)[0] == SHORT, more
    print("ok   a system that is evaluated by a function of its own")

    # Neither a package nor a system is asked for its members, of which some fail and some are the system itself.
    for name, given in (
        ("a package", "{ specialArgs.p = derivation { name = \"p\"; system = \"x\"; builder = \"x\"; }; modules = [ ./configuration.nix ]; }"),
        ("itself", "{ specialArgs.nodes = { inherit it; }; modules = [ ./configuration.nix ]; }"),
        ("without end", "{ specialArgs.a = let a = { inherit a; }; in a; modules = [ ./configuration.nix ]; }"),
        ("a failure", "{ specialArgs.a = throw \"gone\"; modules = [ ./configuration.nix ]; }"),
    ):
        lay(folder, f"let it = {use(nixpkgs, given)}; in it")
        write_list(folder)
        assert not has_key(folder), name
        assert services(folder)[0] == ALL, name
    lay(folder, use(nixpkgs, "{ modules = [ ./configuration.nix ]; }", "attribute = [ \"a\" ];"))
    check(modules(folder, "needed", "--write", str(folder / "here.module-list.nix")), 1, "`attribute' names a system of a flake")
    # A system that is evaluated without its list cannot be named.
    lay(folder, f"import {nixpkgs}/nixos/lib/eval-config.nix {{ lib = {lib}; modules = [ ./configuration.nix ]; }}")
    assert "is not evaluated by nixmodules/minimal/use.nix" in write_list(folder)
    print("ok   a system of more than data")


def read_by_others(top, nixpkgs):
    """Another system reads an option that the list does not have, and finds what all modules say."""
    folder = top / "read"
    reading = (
        f"(import ({nixpkgs} + \"/nixos/lib/eval-config.nix\") {{ lib = import ({nixpkgs} + \"/lib\"); modules = [ ./configuration.nix"
        " { boot.kernelParams = map toString (a.config.services.proxy.ports or [ 1 ]); } ]; })"
    )
    a = use(nixpkgs, "{ modules = [ ./configuration.nix ]; }")
    lay(folder, f"let a = {a}; in {{ inherit a; b = {reading}; }}", ["a"])
    write_list(folder)
    assert services(folder, "(f { }).a", "(f { mode = \"all\"; }).a")[0] == SHORT
    services(folder, "(f { }).b", "(f { mode = \"all\"; }).b")
    for what in ("config", "config.system", "config.system.build"):
        same, _ = evaluate(
            f"let f = import {folder}/system.nix; names = mode: builtins.attrNames (f {{ inherit mode; }}).a.{what}; in"
            " names \"known\" == names \"all\""
        )
        assert same, what
    print("ok   a system that another one reads")


def seen_in_itself(top, nixpkgs):
    """A system that has its own folder in it would be another one with each list."""
    folder = top / "itself"
    lay(folder, use(nixpkgs, "{ modules = [ ./configuration.nix ./extra.nix ]; }"), extra="{ boot.kernelParams = [ \"${./.}\" ]; }")
    said = write_list(folder)
    assert not has_key(folder) and f"the configuration reads '{folder}', where module lists, dynamic.nix, .git" in said, said
    used, said = services(folder)
    assert used == ALL and "holds for nothing that can be known again: the configuration reads" in said, said
    lay(folder, use(nixpkgs, "{ modules = [ ./configuration.nix ./extra.nix ]; }"), extra="{ boot.kernelParams = [ (builtins.getEnv \"X\") ]; }")
    assert "is used only where" in write_list(folder)
    assert "holds for nothing that can be known again: '" in services(folder)[1]
    print("ok   a list that is never used, and why")


def called(top, nixpkgs):
    """A system that can be called with arguments is another one with others."""
    folder = top / "called"
    given = "{ modules = [ ./configuration.nix { services.proxy.enable = proxy; } ]; }"
    for formals in ("{ proxy ? false, mode ? \"known\" }", "{ proxy ? false, mode ? \"known\", ... }@all"):
        lay(folder, "")
        (folder / "system.nix").write_text(f"{formals}: {use(nixpkgs, given)}")
        write_list(folder)
        assert has_key(folder)
        assert services(folder)[0] == SHORT
        assert services(folder, "f { proxy = true; }", "f { proxy = true; mode = \"all\"; }")[0] == ALL
    print("ok   a system that can be called with arguments")

    # Nothing but the system in the file, as README.md has it: what it is depends on the file that it is in.
    for again in (False, True):
        (folder / "system.nix").write_text(
            f"import {MINIMAL}/use.nix {{ nixpkgs = {nixpkgs}; list = ./here.module-list.nix; }} {{ modules = [ {NGINX} ]; }}"
        )
        if not again:
            (folder / "here.module-list.nix").unlink()
        write_list(folder)
        assert services(folder, "f", "f")[0] == SHORT, again
    print("ok   a file of a system alone")


def damaged(top, nixpkgs):
    """A list that is not as it was written is not used, and is written again."""
    folder = top / "damaged"
    file = folder / "here.module-list.nix"
    text = use(nixpkgs, "{ modules = [ ./configuration.nix ]; }")
    lay(folder, text)
    write_list(folder)
    assert services(folder)[0] == SHORT
    good = file.read_text()
    for name, bad in (
        ("marks of git", f"<<<<<<< HEAD\n{good}=======\n{good}>>>>>>> branch\n"),
        ("marks in the middle", good.replace("  modules", "<<<<<<< HEAD\n=======\n>>>>>>> branch\n  modules")),
        ("half of it", good[: len(good) // 2]),
        ("half of its sum", good[: good.index("sum = ") + 20]),
        ("nothing", ""),
        ("a module less", good.replace("    \"etc.nix\"\n", "")),
        ("no list", "{ }"),
        ("bytes", "\x01\x02"),
    ):
        file.write_text(bad)
        used, said = services(folder)
        assert used == ALL and "is not as this 'dynix modules needed' writes it" in said, (name, used, said)
        assert f"run 'dynix modules needed --write {file}'" in said, (name, said)
        if "sum" in bad and bad.count("\";") > 1:
            for mode in ("list", "verify"):
                _, said = evaluate(f"(import {folder}/system.nix {{ mode = \"{mode}\"; }}).config.networking.hostName", 1)
                assert f"module list '{file}' is damaged: run 'dynix" in said, (name, mode, said)
        # The last is the system with the mode that it has from the start, "known".
        for mode in ("mode = \"list\";", "mode = \"verify\";", "inherit mode;"):
            file.write_text(bad)
            lay(folder, text.replace("inherit mode;", mode))
            said = write_list(folder)
            assert file.read_text().startswith(good[:200]), (name, said, file.read_text())
        assert file.read_text() == good and services(folder)[0] == SHORT, name
        print(f"ok   a damaged list: {name}")
    # One of a newer dynix has a sum of its own.
    newer = good.replace("version = 1;", "version = 2;")
    (top / "newer").write_text(newer)
    asked, _ = evaluate(f"(import {MINIMAL}/sum.nix (builtins.readFile {top}/newer)).sum")
    file.write_text(newer.replace(good.split("sum = \"")[1][:64], asked))
    used, said = services(folder)
    assert used == ALL and "is not a module list of version 1, which this dynix reads; all modules" in said, said
    # As a formatter writes it.
    file.write_text(good)
    for formatted in (" ".join(good.split("{", 1)[1].split()), good.split("{", 1)[1].replace("\n", "\r\n").replace("  ", "\t")):
        file.write_text(good.split("{", 1)[0] + "{ " + formatted)
        assert services(folder)[0] == SHORT, formatted
    # What is enough may be of no use all the same.
    for text_of_list, said in ((good, ""), (good.replace("# The", "# These"), "is not as this 'dynix modules needed' writes it")):
        file.write_text(text_of_list)
        done = modules(folder, "verify", str(file))
        assert done.returncode == 0 and b"is enough" in done.stdout, done
        assert (b"has all modules all the same" in done.stderr) == bool(said) and said in done.stderr.decode(), done
    # A system that is evaluated by its list in any case has none yet, or one that lacks what it needs now.
    for mode in ("list", "verify"):
        file.unlink()
        lay(folder, text.replace("inherit mode;", f"mode = \"{mode}\";"))
        write_list(folder)
        grown = NGINX.replace("}", "services.proxy.enable = true; }")
        (folder / "configuration.nix").write_text(grown)
        write_list(folder)
        assert "proxy.nix" in file.read_text(), mode
    print("ok   a list that is formatted, and none yet")


def numbers(top, nixpkgs):
    """Data with numbers that have a fraction: all of their digits count."""
    folder = top / "numbers"
    for first, second, on in (("0.5", "0.25", "n == 0.25"), ("1.0", "1.0000000000000002", "n > 1.0"), ("0.0", "(-0.5)", "n < 0.0"),
                              ("1.0e-300", "1.5e-300", "n > 1.2e-300"), ("1.0e300", "(1.0e300 * 1.0e300)", "n > 1.0e301")):
        given = "{ specialArgs.n = n; modules = [ ./configuration.nix ./extra.nix ]; }"
        lay(folder, f"builtins.mapAttrs (_: n: {use(nixpkgs, given)}) {{ a = {first}; b = {second}; }}", ["a"],
            extra=f"{{ n, ... }}: {{ services.proxy.enable = {on}; }}")
        said = write_list(folder)
        assert has_key(folder), (first, said)
        for host, wanted in (("a", SHORT), ("b", ALL)):
            assert services(folder, f"(f {{ }}).{host}", f"(f {{ mode = \"all\"; }}).{host}")[0] == wanted, (first, host)
    print("ok   numbers with a fraction")


def run(program, tests):
    """Runs the tests in a folder of their own; skips them where there is no such program, or no store."""
    if shutil.which(program) is None:
        skip(f"{program} is not in PATH")
    nixpkgs = small_in_store()
    if nixpkgs is None:
        skip("Nix has no store to write to")
    os.environ.pop("NIX_PATH", None)
    with tempfile.TemporaryDirectory() as folder:
        top = pathlib.Path(folder).resolve()
        for test in tests:
            test(top, nixpkgs)


if __name__ == "__main__":
    run("nix-instantiate", (plain, two_systems, read_by_others, seen_in_itself, called, damaged, numbers))
