#!/usr/bin/env python3
"""What a list in a file is used for, by what the system reads: where that may change and the key stay the same, no list.

As known_lists.py, with the same small nixpkgs.
"""

import os
import shutil
import subprocess

from known_lists import ALL, SHORT, has_key, lay, run, services, use, write_list
from module_list import MINIMAL, SMALL


def in_store(path):
    """Copies a file or folder to the store; its path there."""
    return subprocess.run(["nix-store", "--add", str(path)], capture_output=True, text=True, check=True).stdout.strip()


def other_files(top, nixpkgs):
    """Files that may change without the folder: no such list is ever taken for known."""
    folder = top / "others"
    outside = top / "outside.nix"
    outside.write_text("{ }")
    text = use(nixpkgs, "{ modules = [ ./configuration.nix ./extra.nix ]; }")
    # With the environment away it is '/', for Nix 2.26 '/default.nix'.
    for name, extra, because in (
        ("a link", None, "extra.nix' is no file, and what it leads to may change"),
        ("a file outside", f"{{ imports = [ {outside} ]; }}", f"reads '{outside}'"),
        ("a file by the environment", "{ imports = [ (/. + builtins.getEnv \"DYNIX_TEST_OUTSIDE\") ]; }", "'/"),
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
    stored = in_store(top / "module")
    (folder / "result").symlink_to(stored)
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
    stored = in_store(top / "looks")
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
    stored = in_store(top / "looks")
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
    first, second = (in_store(target)
                     for change in ("a", "b") if (target / "text").write_text(change))
    lists = top / "lists"
    lists.mkdir()
    (lists / "default.nix").write_text("dir: (builtins.readDir dir) ? ${\"dynamic.nix\"}")
    lists = in_store(lists)

    def link():
        (folder / "result").unlink(missing_ok=True)
        (folder / "result").symlink_to(second)

    for name, extra, before, after, because in (
        ("a link of nix-build", "builtins.readFile (./. + (\"/resu\" + \"lt/text\")) == \"b\"",
         lambda: (folder / "result").symlink_to(first), link, "computed/result"),  # Nix 2.26 names the link, not what is behind it
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
    stored = in_store(folder)
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
    # What is not in the key may not be read.
    (dynix / "local.nix").write_text("{ }")
    (dynix / "nixmodules" / "default.nix").write_text("{ imports = [ ../local.nix ]; }")
    said = write_list(folder)
    assert not has_key(folder) and f"reads '{dynix}/local.nix', which is neither in its folder" in said, said
    # Not of a folder that only has the same name as one of it.
    shutil.rmtree(dynix / "vmtests")
    (dynix / "meson.build").unlink()
    said = write_list(folder)
    assert not has_key(folder) and f"'{dynix}/nixmodules" in said and "which is neither in its folder" in said, said
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
    stored = in_store(other)
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


if __name__ == "__main__":
    run("nix-instantiate", (other_files, files_passed_over, evaluated_all_the_same, read_by_computed_names, place_and_machine, checkout,
                            fetched, built_first, search_path))
