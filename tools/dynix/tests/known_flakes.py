#!/usr/bin/env python3
"""What a list of a flake is used for: the system at its attribute, in the source and with the inputs it was written for.

As known_lists.py, with the same small nixpkgs.
"""

import json
import os
import shutil
import subprocess

from known_lists import ALL, MODULES_OF, SHORT, has_key, run, write_list
from module_list import MINIMAL, NGINX, PROXY, modules
from program import check

FLAKES = ["--extra-experimental-features", "nix-command flakes"]


def lay(folder, nixpkgs, outputs, attribute, more=""):
    folder.mkdir(exist_ok=True)
    (folder / "configuration.nix").write_text(NGINX)
    (folder / "proxy.nix").write_text("{ proxy, ... }: { services.proxy.enable = proxy; }")
    (folder / "flake.nix").write_text(
        f"{{ inputs.nixpkgs = {{ url = \"path:{nixpkgs}\"; flake = false; }};\n"
        f"  inputs.minimal = {{ url = \"path:{MINIMAL}\"; flake = false; }};\n"
        f"  {more}\n"
        f"  outputs = {{ self, nixpkgs, minimal, ... }}@inputs: let use = import \"${{minimal}}/use.nix\"; list = ./here.module-list.nix; in\n"
        f"    {outputs};\n}}\n"
    )
    subprocess.run(["nix", *FLAKES, "flake", "lock", f"path:{folder}"], capture_output=True, check=True)
    (folder / "system.json").write_text(json.dumps({
        "version": 1, "dynamicFile": "/etc/nixos/dynamic.nix", "units": {}, "services": {},
        "source": {"kind": "flake", "flake": str(folder), "attribute": attribute},
    }))


def use(given, more="", mode="known"):
    return f"(use {{ inherit nixpkgs list; configuration = self; mode = \"{mode}\"; {more} }} {given})"


def git(folder):
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@localhost", "commit", "-qm", "a"]):
        subprocess.run(["git", "-C", str(folder), *words], check=True)


def services(folder, name, *words, at="path"):
    done = subprocess.run(
        ["nix", *FLAKES, "eval", "--json", f"{at}:{folder}#{name}", *words,
         "--apply", f"s: {{ toplevel = s.config.system.build.toplevel.drvPath; services = ({MODULES_OF}) s; }}"],
        capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def plain(top, nixpkgs):
    folder = top / "flake"
    for name, what in (("one", "{ }"), ("two", "{ services.proxy.enable = true; }")):
        (top / name).mkdir()
        (top / name / "default.nix").write_text(what)
    here = use("{ system = \"x86_64-linux\"; modules = [ ./configuration.nix (import inputs.more) ]; }")
    lay(folder, nixpkgs, f"{{ here = {here}; }}", ["here"], f"inputs.more = {{ url = \"path:{top}/one\"; flake = false; }};")
    before, said = services(folder, "here")
    assert before["services"] == ALL, before
    assert "there is no module list" in said and "needed --write here.module-list.nix'" in said, said
    write_list(folder)
    found, said = services(folder, "here")
    assert found == {"toplevel": before["toplevel"], "services": SHORT}, (found, said)
    file = folder / "here.module-list.nix"
    assert modules(folder, "verify", str(file)).returncode == 0
    other, said = services(folder, "here", "--override-input", "more", f"path:{top}/two")
    assert other["services"] == ALL and "for another system, configuration" in said, (other, said)
    (folder / "configuration.nix").write_text(NGINX.replace("}", "services.proxy.enable = true; }"))
    grown, said = services(folder, "here")
    assert grown["services"] == ALL and "for another system, configuration" in said, (grown, said)
    check(modules(folder, "verify", str(file)), 1, f"{PROXY} is missing")
    print("ok   a flake")


def named(top, nixpkgs):
    """A system with functions among its arguments is known by its name, and by no other system's."""
    folder = top / "named"
    given = "{ system = \"x86_64-linux\"; specialArgs = { inherit inputs self proxy; }; modules = [ ./configuration.nix ./proxy.nix ({ ... }: { }) ]; }"
    at = "attribute = [ \"nixosConfigurations\" %s ];"
    for name, more, relied in (
        ("not named", "", False),
        ("named", at % "host", True),
        ("the name of one copied to the other", at % "\"a\"", True),
        ("no name at all", at % "\"gone\"", False),
        ("the name of no system", "attribute = [ \"description\" \"a\" ];", False),
    ):
        of = {mode: f"builtins.mapAttrs (host: proxy: {use(given, more, mode)}) {{ a = false; b = true; }}" for mode in ("known", "all")}
        lay(folder, nixpkgs, f"{{ nixosConfigurations = {of['known']}; whole = {of['all']}; description = \"a\"; }}",
            ["nixosConfigurations", "a"])
        said = write_list(folder)
        assert has_key(folder) == relied, (name, said)
        if not relied:
            assert ("which may be made of anything, and the list has no `attribute'" in said) == (more == ""), (name, said)
            assert ("of the flake is another system" in said) == (more != ""), (name, said)
        for host, wanted in (("a", SHORT if relied else ALL), ("b", ALL)):
            found, said = services(folder, f"nixosConfigurations.{host}")
            assert found["services"] == wanted, (name, host, found, said)
            assert found["toplevel"] == services(folder, f"whole.{host}")[0]["toplevel"], (name, host)
            assert ("all modules are used" in said) == (wanted == ALL), (name, host, said)
        print(f"ok   systems of a flake, {name}")

    # The list of one is refused where the system is called by the name of another: b says that it is a.
    said_to_be_a = use(given, at % "\"a\"")
    lay(folder, nixpkgs, f"{{ nixosConfigurations = builtins.mapAttrs (host: proxy: {said_to_be_a}) {{ a = false; b = true; }}; }}",
        ["nixosConfigurations", "b"])
    said = write_list(folder)
    assert not has_key(folder) and "`nixosConfigurations.a' of the flake is another system" in said, said
    print("ok   the list of a system that is called by another name")


def own_functions(top, nixpkgs):
    """A nixpkgs that is a flake: its own nixosSystem is in the key, and one that was made of it is not."""
    tree = top / "tree"
    shutil.copytree(nixpkgs, tree, copy_function=shutil.copyfile)
    (tree / "flake.nix").write_text(
        "{ outputs = { self }: { lib = import ./lib // { nixosSystem = import ./nixos/lib/eval-config.nix; }; }; }"
    )
    folder = top / "own"
    given = "{ system = \"x86_64-linux\"; modules = [ ./configuration.nix ]; }"
    proxy = (
        "nixpkgs = inputs.real // { lib = inputs.real.lib // { nixosSystem = given: inputs.real.lib.nixosSystem"
        " (given // { modules = given.modules ++ [ { services.proxy.enable = true; } ]; }); }; };"
    )
    of = [f"(use {{ inherit list; configuration = self; {more} }} {given})" for more in ("nixpkgs = inputs.real;", proxy)]
    for host in "ab":
        lay(folder, nixpkgs, f"{{ a = {of[0]}; b = {of[1]}; }}", [host], f"inputs.real.url = \"path:{tree}\";")
        said = write_list(folder)
        assert has_key(folder) == (host == "a"), said
        assert ("another `lib' than that of nixpkgs" in said) == (host == "b"), said
        assert services(folder, "a")[0]["services"] == (SHORT if host == "a" else ALL)
        assert services(folder, "b")[0]["services"] == ALL
    print("ok   a nixpkgs that is a flake, and one with another nixosSystem")


def without_functions(top, nixpkgs):
    """Two systems of a flake with one list, and nothing but data: no name is needed."""
    folder = top / "data"
    given = "{ system = \"x86_64-linux\"; specialArgs = { inherit proxy; }; modules = [ ./configuration.nix ./proxy.nix ]; }"
    lay(folder, nixpkgs, f"{{ hosts = builtins.mapAttrs (host: proxy: {use(given)}) {{ a = false; b = true; }}; }}", ["hosts", "a"])
    write_list(folder)
    assert services(folder, "hosts.a")[0]["services"] == SHORT
    found, said = services(folder, "hosts.b")
    assert found["services"] == ALL and "for another system, configuration" in said, (found, said)
    # A commit changes no file, and what is known of it changes.
    committed = use("{ system = \"x86_64-linux\"; specialArgs.proxy = self ? rev; modules = [ ./configuration.nix ./proxy.nix ]; }", "attribute = [ \"a\" ];")
    lay(folder, nixpkgs, f"{{ a = {committed}; }}", ["a"])
    said = write_list(folder)
    assert not has_key(folder) and "flake.nix' asks for 'rev' of the flake, which changes with a commit" in said, said
    print("ok   two systems of data, and a commit")


def whole_flake(top, nixpkgs):
    """A list in a folder of the flake is one of the flake, and of no less."""
    folder = top / "whole"
    given = "{ system = \"x86_64-linux\"; modules = [ ./hosts/a.nix ]; }"
    for name, more, because in (
        ("the folder of the list", "", "`configuration' of the list is not the flake"),
        ("a folder", "configuration = ./hosts;", "`configuration' of the list is not the flake"),
        ("the folder as a path", "configuration = ./.;", "`configuration' of the list is not the flake"),
        ("another flake", "configuration = inputs.real;", "the list is in another flake"),
        ("the flake", "configuration = self;", None),
    ):
        lay(folder, nixpkgs, f"{{ a = use {{ inherit nixpkgs; list = ./hosts/a.module-list.nix; {more} }} {given}; }}", ["a"],
            f"inputs.real = {{ url = \"path:{top}/one\"; flake = false; }};")
        (folder / "hosts").mkdir(exist_ok=True)
        (folder / "hosts" / "a.nix").write_text("{ imports = [ ../common.nix ]; }")
        (folder / "common.nix").write_text(NGINX)
        file = folder / "hosts" / "a.module-list.nix"
        file.unlink(missing_ok=True)
        if because is None:
            said = services(folder, "a")[1]
            assert "needed --write hosts/a.module-list.nix' in the folder of the flake" in said, said
        done = modules(folder, "needed", "--write", str(file))
        said = done.stderr.decode()
        assert done.returncode == 0 and ("key = \"\";" in file.read_text()) == (because is not None), (name, said)
        assert because is None or because in said, (name, said)
        assert services(folder, "a")[0]["services"] == (SHORT if because is None else ALL), name
        (folder / "common.nix").write_text(NGINX.replace("}", "services.proxy.enable = true; }"))
        assert services(folder, "a")[0]["services"] == ALL, name
        print(f"ok   a list in a folder of a flake, with {name} as its configuration")


def inputs_of_inputs(top, nixpkgs):
    """Two inputs that exchange theirs: the same flakes, and another system."""
    folder = top / "exchanged"
    for name, what in (("no", "{ }"), ("yes", "{ services.proxy.enable = true; }")):
        (top / name).mkdir()
        (top / name / "module.nix").write_text(what)
    (top / "holder").mkdir()
    (top / "holder" / "flake.nix").write_text(
        f"{{ inputs.data = {{ url = \"path:{top}/no\"; flake = false; }}; outputs = {{ self, data }}: {{ module = data + \"/module.nix\"; }}; }}"
    )
    here = use("{ system = \"x86_64-linux\"; modules = [ ./configuration.nix inputs.a1.module ({ ... }: { }) ]; }", "attribute = [ \"here\" ];")
    lay(folder, nixpkgs, f"{{ here = {here}; }}", ["here"],
        "".join(f"inputs.{name}.url = \"path:{top}/holder\"; " for name in ("a1", "a2"))
        + f"inputs.a2.inputs.data.follows = \"other\"; inputs.other = {{ url = \"path:{top}/yes\"; flake = false; }};"
        # As is usual for an input that is not needed.
        + f"inputs.a3.url = \"path:{top}/holder\"; inputs.a3.inputs.data.follows = \"\";")
    said = write_list(folder)
    assert has_key(folder) and services(folder, "here")[0]["services"] == SHORT, said
    found, said = services(folder, "here", "--override-input", "a1/data", f"path:{top}/yes", "--override-input", "other", f"path:{top}/no")
    assert found["services"] == ALL and "for another system, configuration" in said, (found, said)
    # The flake by another name, and what it says of its commit.
    flake = use("{ system = \"x86_64-linux\"; specialArgs.flake = self; modules = [ ./configuration.nix ./commit.nix ]; }", "attribute = [ \"here\" ];")
    lay(folder, nixpkgs, f"{{ here = {flake}; }}", ["here"])
    (folder / "commit.nix").write_text("{ flake, ... }: { services.proxy.enable = flake ? rev; }")
    said = write_list(folder)
    assert not has_key(folder) and "commit.nix' asks for 'rev' of the flake" in said, said
    print("ok   inputs that exchange theirs, and a flake by another name")


def impure(top, nixpkgs):
    """A list of a flake is for its pure evaluation: --impure has the environment, and files elsewhere."""
    folder = top / "impure"
    # What an input's function asks for, nobody looks at.
    (top / "asks").mkdir()
    (top / "asks" / "default.nix").write_text("{ services.proxy.enable = builtins.getEnv \"DYNIX_TEST_PROXY\" != \"\"; }")
    here = use("{ system = \"x86_64-linux\"; modules = [ ./configuration.nix \"${inputs.asks}/default.nix\" ]; }")
    whole = use("{ system = \"x86_64-linux\"; modules = [ ./configuration.nix \"${inputs.asks}/default.nix\" ]; }", mode="all")
    lay(folder, nixpkgs, f"{{ here = {here}; whole = {whole}; }}", ["here"], f"inputs.asks = {{ url = \"path:{top}/asks\"; flake = false; }};")
    write_list(folder)
    assert has_key(folder) and services(folder, "here")[0]["services"] == SHORT
    os.environ["DYNIX_TEST_PROXY"] = "1"
    found, said = services(folder, "here", "--impure")
    assert found == services(folder, "whole", "--impure")[0] and found["services"] == ALL, (found, said)
    assert "holds for its pure evaluation, and this one is impure; all modules are used\n" in said, said
    del os.environ["DYNIX_TEST_PROXY"]
    outside = top / "outside.nix"
    outside.write_text("{ }")
    here = use(f"{{ system = \"x86_64-linux\"; modules = [ ./configuration.nix {outside} ]; }}")
    lay(folder, nixpkgs, f"{{ here = {here}; }}", ["here"])
    said = write_list(folder)
    # Nix 2.26 names the first folder on the way that it may not look at.
    names = [f"reads '{outside}'", *(f"reads what is in '{above}'" for above in outside.parents)]
    assert not has_key(folder) and any(f"the configuration {name}, which is neither in its folder" in said for name in names), said
    outside.write_text("{ services.proxy.enable = true; }")
    assert services(folder, "here", "--impure")[0]["services"] == ALL
    print("ok   a flake that is evaluated with --impure")


def seen_by_inputs(top, nixpkgs):
    """What the functions of inputs see of the flake: its commit, and its lists."""
    folder = top / "seen"
    (top / "sees").mkdir()
    (top / "sees" / "flake.nix").write_text(
        f"{{ inputs.up.url = \"path:{top}/asks\"; inputs.up.flake = false;"
        " outputs = { self, up }: { commit = up.rev or \"none\";"
        " lists = flake: builtins.filter (name: builtins.match \".*list.nix\" name != null) (builtins.attrNames (builtins.readDir flake)); }; }"
    )
    for name, module, more, because in (
        ("the commit, by an input", "{ services.proxy.enable = inputs.sees.commit != \"none\"; }", "", "in a pure evaluation, in another commit"),
        ("the commit, by another name of the flake", "{ services.proxy.enable = inputs.me.rev or \"none\" != \"none\"; }",
         "inputs.me.follows = \"\";", "in a pure evaluation, in another commit"),
        ("the lists", "{ services.proxy.enable = inputs.sees.lists self != [ ]; }", "", "with the list in it the flake has another system"),
        ("the list, by a computed name",
         "{ services.proxy.enable = builtins.length (builtins.split \"sum\" (builtins.readFile (self + (\"/here.module\" + \"-list.nix\")))) > 1; }",
         "", "in a pure evaluation, in another commit"),
    ):
        for mode in ("known", "all"):
            here = use(f"{{ system = \"x86_64-linux\"; modules = [ ./configuration.nix {module} ]; }}", "attribute = [ \"here\" ];", mode)
            lay(folder, nixpkgs, f"{{ here = {here}; }}", ["here"], 
                f"inputs.sees.url = \"path:{top}/sees\"; inputs.sees.inputs.up.follows = \"\"; {more}")
            if mode == "known":
                (folder / "here.module-list.nix").write_text("{ }" if "computed" in name else "")
                if "computed" not in name:
                    (folder / "here.module-list.nix").unlink()
                said = write_list(folder)
                assert not has_key(folder) and because in said, (name, said)
                if "commit" in name:
                    git(folder)
                found = services(folder, "here", at="git+file" if "commit" in name else "path")[0]
                assert found["services"] == ALL, (name, found)
            elif "commit" not in name:
                assert services(folder, "here")[0]["toplevel"] == found["toplevel"], name
        print(f"ok   {name}")
        shutil.rmtree(folder)


if __name__ == "__main__":
    run("nix", (plain, named, own_functions, without_functions, whole_flake, inputs_of_inputs, impure, seen_by_inputs))
