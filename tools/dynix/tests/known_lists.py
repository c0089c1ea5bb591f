#!/usr/bin/env python3
"""What a list in a file is used for: the system, the configuration and the nixpkgs that it was written for.

Every other system gets all modules, or none of its lists is relied on. The lists lack proxy.nix of small-nixpkgs, which
a system that is silently another one would need. known_flakes.py has flakes.
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


def other_files(top, nixpkgs):
    """Files that may change without the folder: no such list is ever taken for known."""
    folder = top / "others"
    outside = top / "outside.nix"
    outside.write_text("{ }")
    text = use(nixpkgs, "{ modules = [ ./configuration.nix ./extra.nix ]; }")
    for name, extra, because in (
        ("a link", None, "extra.nix' is no file, and what it leads to may change"),
        ("a file outside", f"{{ imports = [ {outside} ]; }}", f"reads '{outside}'"),
        ("a file by the environment", "{ imports = [ (/. + builtins.getEnv \"DYNIX_TEST_OUTSIDE\") ]; }", "reads '/'"),
    ):
        lay(folder, text, extra=extra or "{ }")
        if extra is None:
            (folder / "extra.nix").unlink()
            (folder / "extra.nix").symlink_to(outside)
        said = write_list(folder, DYNIX_TEST_OUTSIDE=str(outside))
        assert because in said and not has_key(folder), (name, said)
        (folder / "extra.nix").unlink()
        print(f"ok   {name} is not known to stay as it is")

    # Neither is a file that is not there yet, whose absence Nix tells without a word.
    absent = top / "absent"
    lay(folder, text, extra=f"{{ services.proxy.enable = builtins.pathExists {absent}; }}")
    assert "a file elsewhere, which may change" in write_list(folder)
    absent.touch()
    assert services(folder)[0] == ALL
    print("ok   a file that is not there is not known to stay so")

    # The environment as it is not yet: the proxy would be turned on by it, and the list has none.
    lay(folder, text, extra="{ services.proxy.enable = builtins.getEnv \"DYNIX_TEST_PROXY\" != \"\"; }")
    assert "extra.nix' asks for the environment, the time or a file elsewhere" in write_list(folder)
    os.environ["DYNIX_TEST_PROXY"] = "1"
    assert services(folder)[0] == ALL
    del os.environ["DYNIX_TEST_PROXY"]
    lay(folder, text, extra="{ }")
    write_list(folder)
    assert services(folder)[0] == SHORT
    os.environ["NIXOS_EXTRA_MODULE_PATH"] = str(outside)
    used, said = services(folder)
    assert used == ALL and "NIXOS_EXTRA_MODULE_PATH" in said, (used, said)
    del os.environ["NIXOS_EXTRA_MODULE_PATH"]
    print("ok   the environment is not known to stay as it is")


def files_passed_over(top, nixpkgs):
    """What dynix, Nix and git leave in the folder does not count, and what looks for it has no list."""
    folder = top / "left"
    text = use(nixpkgs, "{ modules = [ ./configuration.nix ./extra.nix ]; }")
    has = "{ services.proxy.enable = (builtins.readDir %s) ? ${\"%s\"}; }"
    for name, place, make in (
        (".git", "./.", lambda: (folder / ".git").mkdir()),
        ("result", "./.", lambda: (folder / "result").symlink_to(SMALL)),
        ("there.module-list.nix", "./.", lambda: (folder / "there.module-list.nix").write_text("{ }")),
        ("dynamic.nix", "./.", lambda: (folder / "dynamic.nix").write_text("{ }")),
        # Of a `needed --write' that was killed.
        (".here.module-list.nix.new", "./.", lambda: (folder / ".here.module-list.nix.new").write_text("{")),
    ):
        lay(folder, text, extra=has % (place, name))
        said = write_list(folder)
        assert not has_key(folder) and "extra.nix' asks which files are in a folder" in said, (name, said)
        make()
        assert services(folder)[0] == ALL, name
        shutil.rmtree(folder)
        # Nobody asks.
        lay(folder, text, extra="{ }")
        write_list(folder)
        make()
        assert services(folder)[0] == SHORT, name
        shutil.rmtree(folder)
        # Below, all that is there counts.
        lay(folder, text, extra=has % ("./below", "there.module-list.nix"))
        (folder / "below").mkdir()
        write_list(folder)
        assert has_key(folder) and services(folder)[0] == SHORT
        (folder / "below" / "there.module-list.nix").write_text("{ }")
        assert services(folder)[0] == ALL
        shutil.rmtree(folder)
        print(f"ok   {name} does not count")
    lay(folder, text, extra="{ imports = map (name: ./. + \"/${name}.nix\") [ \"dynamic\" ]; }", dynamic="{ }")
    said = write_list(folder)
    assert f"the configuration reads '{folder}/dynamic.nix', where" in said and not has_key(folder), said
    shutil.rmtree(folder)
    lay(folder, text, extra="{ imports = [ ./result/module.nix ]; }")
    (top / "module").mkdir()
    (top / "module" / "module.nix").write_text("{ }")
    stored = subprocess.run(["nix-store", "--add", str(top / "module")], capture_output=True, text=True, check=True)
    (folder / "result").symlink_to(stored.stdout.strip())
    said = write_list(folder)
    assert "reads a list, dynamic.nix, .git or what nix-build leaves" in said and not has_key(folder), said
    print("ok   what is behind a link of nix-build does not count")


def evaluated_all_the_same(top, nixpkgs):
    """What is in no key and Nix is seen to evaluate, by whatever name."""
    folder = top / "seen"
    text = use(nixpkgs, "{ modules = [ ./configuration.nix ./extra.nix ]; }")
    computed = "{ imports = [ (./. + (\"/web.module\" + \"-list.nix\")) ]; }"
    written = "{ services.proxy.enable = import (builtins.toFile \"a.nix\" (builtins.readFile ./a.text)); }"
    for name, extra, file, before, after, because in (
        ("a module that is called a list", computed, "web.module-list.nix", "{ }", "{ services.proxy.enable = true; }",
         "web.module-list.nix', where module lists"),
        ("a text that is evaluated", written, "a.text", "builtins.getEnv \"DYNIX_TEST_SEEN\" != \"\"", None,
         "-a.nix' asks for the environment"),
    ):
        lay(folder, text, extra=extra)
        (folder / file).write_text(before)
        # dynix writes nothing to the store.
        services(folder)
        said = write_list(folder)
        assert not has_key(folder) and because in said, (name, said)
        if after is not None:
            (folder / file).write_text(after)
        os.environ["DYNIX_TEST_SEEN"] = "1"
        assert services(folder)[0] == ALL, name
        del os.environ["DYNIX_TEST_SEEN"]
        shutil.rmtree(folder)
        print(f"ok   {name} is evaluated and has no key")
    # As impure.nix of nixpkgs has it.
    looks = (
        "{ config ? { }, overlays ? let found = builtins.tryEval (toString <nixpkgs-overlays>); in"
        " if found.success && builtins.pathExists found.value then"
        " map (name: import (found.value + \"/${name}\")) (builtins.attrNames (builtins.readDir found.value)) else [ ] }:"
        " builtins.foldl' (count: overlay: builtins.seq overlay (count + 1)) 0 overlays"
    )
    (top / "looks").mkdir()
    (top / "looks" / "default.nix").write_text(looks)
    stored = subprocess.run(["nix-store", "--add", str(top / "looks")], capture_output=True, text=True, check=True).stdout.strip()
    for given, relied in (("{ }", False), ("{ config = { }; overlays = [ ]; }", True)):
        lay(folder, text, extra=f"{{ services.proxy.enable = import {stored} {given} == 0 && false; }}")
        said = write_list(folder)
        assert has_key(folder) == relied, (given, said)
        assert ("a nixpkgs is imported without `config' and `overlays'" in said) != relied, (given, said)
        shutil.rmtree(folder)
    looks = (
        "{ config ? let found = builtins.getEnv \"NIXPKGS_CONFIG\"; in"
        " if found != \"\" && builtins.pathExists found then import (/. + found) else { }, overlays }: config"
    )
    (top / "looks" / "default.nix").write_text(looks)
    stored = subprocess.run(["nix-store", "--add", str(top / "looks")], capture_output=True, text=True, check=True).stdout.strip()
    (top / "config.nix").write_text("{ proxy = true; }")
    for args, relied in (("{ overlays = [ ]; }", False), ("{ overlays = [ ]; config = { }; }", True)):
        lay(folder, text, extra=f"let args = builtins.fromJSON (builtins.toJSON {args}); in"
            f" {{ services.proxy.enable = (import {stored} args).proxy or false; }}".replace("overlays = [ ]", "${\"over\" + \"lays\"} = [ ]"))
        said = write_list(folder)
        assert has_key(folder) == relied, (args, said)
        assert ("a nixpkgs is imported without `config', which" in said) != relied, (args, said)
        os.environ["NIXPKGS_CONFIG"] = str(top / "config.nix")
        assert services(folder)[0] == (SHORT if relied else ALL)
        del os.environ["NIXPKGS_CONFIG"]
        shutil.rmtree(folder)
    print("ok   a nixpkgs with what is in the environment")


def read_by_computed_names(top, nixpkgs):
    """What does not count and Nix reads without a word, by whatever name, and what a function of the store reads."""
    folder = top / "computed"
    text = use(nixpkgs, "{ modules = [ ./configuration.nix ./extra.nix ]; }")
    target = top / "target"
    target.mkdir()
    (target / "text").write_text("a")
    first, second = (subprocess.run(["nix-store", "--add", str(target)], capture_output=True, text=True, check=True).stdout.strip()
                     for change in ("a", "b") if (target / "text").write_text(change))
    lists = top / "lists"
    lists.mkdir()
    (lists / "default.nix").write_text("dir: (builtins.readDir dir) ? ${\"dynamic.nix\"}")
    lists = subprocess.run(["nix-store", "--add", str(lists)], capture_output=True, text=True, check=True).stdout.strip()

    def link():
        (folder / "result").unlink(missing_ok=True)
        (folder / "result").symlink_to(second)

    for name, extra, before, after, because in (
        ("a link of nix-build", "builtins.readFile (./. + (\"/resu\" + \"lt/text\")) == \"b\"",
         lambda: (folder / "result").symlink_to(first), link, "computed/result/text', where module lists"),
        ("the list itself", "builtins.length (builtins.split \"nginx\" (builtins.readFile (./. + (\"/here.module\" + \"-list.nix\")))) > 1",
         lambda: (folder / "here.module-list.nix").write_text("{ }"), lambda: None, "computed/here.module-list.nix', where"),
        ("the folder, by a function in the store", f"import {lists} ./.",
         lambda: None, lambda: (folder / "dynamic.nix").write_text("{ }"), "computed', where module lists"),
    ):
        lay(folder, text, extra=f"{{ services.proxy.enable = {extra}; }}")
        before()
        said = write_list(folder)
        assert not has_key(folder) and because in said, (name, said)
        after()
        assert services(folder)[0] == ALL, name
        shutil.rmtree(folder)
        print(f"ok   {name} is read and does not count")


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
        assert used == ALL and "is not as 'dynix modules needed' has written it" in said, (name, used, said)
        assert f"run 'dynix modules needed --write {file}'" in said, (name, said)
        if "sum" in bad and bad.count("\";") > 1:
            for mode in ("list", "verify"):
                _, said = evaluate(f"(import {folder}/system.nix {{ mode = \"{mode}\"; }}).config.networking.hostName", 1)
                assert f"module list '{file}' is damaged: run 'dynix" in said, (name, mode, said)
        for mode in ("known", "list", "verify"):
            file.write_text(bad)
            lay(folder, text.replace("inherit mode;", f"mode = \"{mode}\";"))
            said = write_list(folder)
            assert file.read_text().startswith(good[:200]), (name, said, file.read_text())
            lay(folder, text)
        write_list(folder)
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


def place_and_machine(top, nixpkgs):
    """The folder's place and the machine are in the key, and a link that nix-build does not make is no link of it."""
    folder = top / "place"
    text = use(nixpkgs, "{ modules = [ ./configuration.nix ./extra.nix ]; }")
    lay(folder, text, extra=f"{{ services.proxy.enable = toString ./. != \"{folder}\"; }}")
    write_list(folder)
    assert services(folder)[0] == SHORT
    copied = top / "elsewhere"
    shutil.copytree(folder, copied)
    assert services(copied)[0] == ALL
    # In the store there may be more beside it.
    stored = subprocess.run(["nix-store", "--add", str(folder)], capture_output=True, text=True, check=True).stdout.strip()
    used, said = services(stored)
    assert used == ALL and "a flake is known as a whole" in said, (used, said)
    lay(folder, text, extra="{ services.proxy.enable = builtins.currentSystem == \"i686-linux\"; }")
    write_list(folder)
    assert services(folder)[0] == SHORT
    os.environ["NIX_CONFIG"] = "system = i686-linux"
    assert services(folder)[0] == ALL
    del os.environ["NIX_CONFIG"]
    (folder / "results.nix").symlink_to(nixpkgs)
    assert "results.nix' is no file" in write_list(folder)
    print("ok   a folder elsewhere, another machine, and a link that is not nix-build's")


def checkout(top, nixpkgs):
    """A checkout of dynix that the configuration imports modules of, as README.md has it without flakes."""
    folder, dynix = top / "importing", top / "dynix"
    for name in ("lib", "tools", "vmtests"):
        (dynix / name).mkdir(parents=True)
    for name in ("meson.build", "meson_options.txt", "LICENSE"):
        (dynix / name).write_text("")
    shutil.copytree(MINIMAL, dynix / "nixmodules" / "minimal")
    (dynix / "nixmodules" / "default.nix").write_text("{ }")
    text = use(nixpkgs, "{ modules = [ ./configuration.nix ./extra.nix ]; }").replace(str(MINIMAL), f"{dynix}/nixmodules/minimal")
    lay(folder, text, extra=f"{{ imports = [ {dynix}/nixmodules ]; }}")
    said = write_list(folder)
    assert has_key(folder) and services(folder)[0] == SHORT, said
    (dynix / "nixmodules" / "default.nix").write_text("{ services.proxy.enable = true; }")
    used, said = services(folder)
    assert used == ALL and "for another system" in said, said
    # Not of a folder that only has the same name as one of it.
    shutil.rmtree(dynix / "vmtests")
    (dynix / "meson.build").unlink()
    said = write_list(folder)
    assert not has_key(folder) and f"reads '{dynix}/nixmodules', which is neither in its folder" in said, said
    print("ok   a checkout of dynix")


def fetched(top, nixpkgs):
    """A nixpkgs by its hash, which Nix does not fetch again when it has it."""
    source = top / "source"
    shutil.copytree(nixpkgs, source, copy_function=shutil.copyfile)
    subprocess.run(["nix-store", "--add-fixed", "--recursive", "sha256", str(source)], check=True, capture_output=True)
    found = subprocess.run(["nix-hash", "--type", "sha256", "--base32", str(source)], check=True, capture_output=True, text=True)
    by_hash = f"(fetchTarball {{ url = \"https://localhost/gone.tar.gz\"; sha256 = \"{found.stdout.strip()}\"; }})"
    folder = top / "fetched"
    lay(folder, use(by_hash, "{ modules = [ ./configuration.nix ./extra.nix ]; }"), extra="{ }")
    said = write_list(folder)
    assert has_key(folder), said
    assert services(folder)[0] == SHORT
    # Not even one that is never asked for.
    for folder_of in ("here", "store"):
        lazy = "{ a = fetchTarball \"https://localhost/gone.tar.gz\"; }"
        (top / f"{folder_of}.nix").write_text(lazy)
        stored = subprocess.run(["nix-store", "--add", str(top / "store.nix")], capture_output=True, text=True, check=False).stdout.strip()
        extra = f"builtins.seq (import {stored}) {{ }}" if folder_of == "store" else f"builtins.seq {lazy} {{ }}"
        lay(folder, use(by_hash, "{ modules = [ ./configuration.nix ./extra.nix ]; }"), extra=extra)
        assert "fetches what may be another the next time" in write_list(folder)
    print("ok   what is fetched by its hash")


def built_first(top, nixpkgs):
    """A configuration of which a part is built (import from derivation)."""
    folder = top / "built"
    written = "(derivation { name = \"a.nix\"; system = builtins.currentSystem; builder = \"/bin/sh\"; args = [ \"-c\" \"echo '%s' > $out\" ]; })"
    # Root in a container has no users to build with.
    os.environ["NIX_CONFIG"] = "build-users-group =\nsandbox = false"
    if subprocess.run(["nix-build", "--no-out-link", "-E", written % "false"], capture_output=True, check=False).returncode != 0:
        print("not tested, as nothing can be built here: a part that is built")
    else:
        for value, wanted in ((f"false #{top}", SHORT), ("true", ALL)):
            lay(folder, use(nixpkgs, "{ modules = [ ./configuration.nix ./extra.nix ]; }"),
                extra=f"{{ services.proxy.enable = import {written % value}; }}")
            if value != "true":
                said = write_list(folder)
                assert has_key(folder), said
            assert services(folder)[0] == wanted, value
        print("ok   a part that is built")
    del os.environ["NIX_CONFIG"]


def search_path(top, nixpkgs):
    """<nixpkgs> is the one that is in the key, or nothing is relied on."""
    folder = top / "searched"
    lay(folder, use("<nixpkgs>", "{ modules = [ ./configuration.nix ./extra.nix ]; }"),
        extra="{ imports = [ <nixpkgs/nixos/modules/etc.nix> ]; }")
    other = top / "other"
    shutil.copytree(nixpkgs, other, copy_function=shutil.copyfile)
    (other / "proxy-too.nix").write_text("{ }")
    stored = subprocess.run(["nix-store", "--add", str(other)], capture_output=True, text=True, check=True).stdout.strip()
    os.environ["NIX_PATH"] = f"nixpkgs={nixpkgs}"
    said = write_list(folder)
    assert has_key(folder), said
    assert services(folder)[0] == SHORT
    os.environ["NIX_PATH"] = f"nixpkgs={stored}"
    used, said = services(folder)
    assert used == ALL and "for another system" in said, (used, said)
    # One that the modules look for and that is not the nixpkgs of the system.
    lay(folder, use(nixpkgs, "{ modules = [ ./configuration.nix ./extra.nix ]; }"), extra="{ imports = [ <nixpkgs/proxy-too.nix> ]; }")
    said = write_list(folder)
    assert not has_key(folder), said
    # Whether there is one, by a file that looks for it and another that catches what happens.
    lay(folder, use(nixpkgs, "{ modules = [ ./configuration.nix ./extra.nix ]; }"), catches="it: (builtins.tryEval it).success",
        extra="{ services.proxy.enable = import ./catches.nix (toString <nixpkgs/proxy-too.nix>); }")
    mutable = top / "mutable"
    for first, then, relied in ((None, stored, True), (None, nixpkgs, True), (nixpkgs, stored, True), (mutable, stored, False)):
        for path in (first, then):
            os.environ["NIX_PATH"] = f"nixpkgs={path}" if path else ""
            if path == first:
                mutable.mkdir(exist_ok=True)
                said = write_list(folder)
                assert has_key(folder) == relied, (first, said)
            services(folder)
    (mutable / "proxy-too.nix").write_text("{ }")
    os.environ["NIX_PATH"] = f"nixpkgs={mutable}"
    services(folder)
    del os.environ["NIX_PATH"]
    print("ok   <nixpkgs>")


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
    run("nix-instantiate", (plain, two_systems, read_by_others, seen_in_itself, called, other_files, files_passed_over,
                            evaluated_all_the_same, read_by_computed_names, damaged, numbers, place_and_machine, checkout, fetched, built_first, search_path))
