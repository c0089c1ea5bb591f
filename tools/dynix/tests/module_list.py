#!/usr/bin/env python3
"""`dynix modules`: a list has the result of all modules or is refused, whatever the configuration does.

With small-nixpkgs, whose proxy.nix changes the unit of nginx from outside; real_module_lists.py has a real nixpkgs.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import xml.dom.minidom

from program import DYNIX, check, skip

PROJECT = pathlib.Path(__file__).resolve().parents[3]
SMALL = PROJECT / "nixmodules" / "tests" / "small-nixpkgs"
MINIMAL = PROJECT / "nixmodules" / "minimal"
PROXY = "proxy.nix"
NGINX = "{ networking.hostName = \"m\"; services.nginx.enable = true; }"

# What a configuration does that a list of its services alone does not show, and whether proxy.nix is needed for it.
# What stands in another file is imported as ./other.nix.
MUTATIONS = {
    "a module outside overrides the unit": ("{ services.proxy.enable = true; }", "", True),
    "its option is read": ("{ config, ... }: { networking.domain = toString config.services.proxy.ports; }", "", True),
    "its option is read where there is a default": (
        "{ config, ... }: { networking.domain = toString (config.services.proxy.ports or [ ]); }",
        "", True,
    ),
    "its option is read for some values only, of these": (
        "{ config, ... }: { networking.domain = if config.networking.hostName == \"m\""
        " then toString config.services.proxy.ports else \"\"; }", "", True,
    ),
    "its option is read for some values only, of others": (
        "{ config, ... }: { networking.domain = if config.networking.hostName == \"n\""
        " then toString config.services.proxy.ports else \"\"; }", "", False,
    ),
    "its option is read through options": (
        "{ options, ... }: { networking.domain = toString options.services.proxy.ports.value; }", "", True,
    ),
    "imports in a circle": ("{ imports = [ ./other.nix ]; }", "{ imports = [ ./extra.nix ]; }", False),
    "imports in a circle that need it": (
        "{ imports = [ ./other.nix ]; }", "{ imports = [ ./extra.nix ]; services.proxy.enable = true; }", True,
    ),
    "imports that depend on specialArgs": (
        "{ wanted, ... }: { imports = if wanted then [ ./other.nix ] else [ ]; }",
        "{ services.proxy.enable = true; }", True,
    ),
    "a module by its absolute path": (
        f"{{ imports = [ {SMALL}/nixos/modules/proxy.nix ]; services.proxy.enable = true; }}", "", None,
    ),
    "a renamed option": (
        "{ lib, ... }: { imports = [ (lib.mkRenamedOptionModule [ \"proxy\" ] [ \"services\" \"proxy\" \"enable\" ]) ];"
        " proxy = true; }", "", True,
    ),
    "a definition without effect": ("{ lib, ... }: { services.proxy.enable = lib.mkIf false true; }", "", False),
}


def write(folder, extra, other, nixpkgs=SMALL):
    (folder / "extra.nix").write_text(extra)
    (folder / "other.nix").write_text(other or "{ }")
    (folder / "system.nix").write_text(
        f"let lib = import {nixpkgs}/lib; in import {nixpkgs}/nixos/lib/eval-config.nix {{\n"
        f"  inherit lib; specialArgs.wanted = true;\n"
        f"  modules = [ {NGINX} ./extra.nix\n"
        "    { options.networking.domain = lib.mkOption { type = lib.types.str; default = \"\"; }; }\n"
        "    ({ config, ... }: { boot.kernelParams = [ config.networking.domain ]; }) ];\n}\n"
    )
    (folder / "system.json").write_text(json.dumps({
        "version": 1, "dynamicFile": "/etc/nixos/dynamic.nix", "units": {}, "services": {},
        "source": {"kind": "file", "file": str(folder / "system.nix"), "attribute": []},
    }))


def modules(folder, *words, seconds=600, **variables):
    return subprocess.run(
        [DYNIX, "modules", *words, "--system", str(folder / "system.json")], capture_output=True, check=False,
        timeout=seconds, env={**os.environ, "DYNIX_MINIMAL": str(MINIMAL), **variables},
    )


def record(folder, *words):
    done = modules(folder, *words, "--json")
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def toplevel(file, *words):
    done = subprocess.run(
        ["nix-instantiate", "--eval", "--strict", "--json", *(words or ["--readonly-mode"]), "-E", file], capture_output=True,
        text=True, check=False,
    )
    return (json.loads(done.stdout) if done.returncode == 0 else None), done.stderr


def small_lists(top):
    folder = top / "small"
    folder.mkdir()
    write(folder, "{ }", "")
    plain = record(folder, "needed")
    assert plain["modules"] == ["etc.nix", "nginx.nix", "packages.nix", "systemd.nix", "system.nix"], plain
    assert plain["all"] == 6
    unit = record(folder, "needed", "--unit", "nginx.service")
    assert unit["modules"] == ["nginx.nix", "packages.nix", "systemd.nix"], unit
    file = folder / "here.module-list.nix"
    assert modules(folder, "needed", "--write", str(file)).returncode == 0
    assert modules(folder, "verify", str(file)).returncode == 0

    # One that a newer dynix has written may mean something else.
    newer = folder / "newer.module-list.nix"
    newer.write_text(file.read_text().replace("version = 1;", "version = 2;"))
    check(modules(folder, "verify", str(newer)), 1, "has version 2, and this dynix reads version 1", "use a newer dynix, or run")
    odd = folder / "odd.module-list.nix"
    for text in ("{ }", "[ 1 ]", "x: x", "{ version = 1; }", "{ version = 1; modules = [ 1 ]; }", "{ version = 1; modules = \"a\"; }"):
        odd.write_text(text)
        check(modules(folder, "verify", str(odd)), 1, "odd.module-list.nix' is no module list", "run 'dynix modules needed --write")
    for text in ("", "{", "throw \"gone\""):
        odd.write_text(text)
        check(modules(folder, "verify", str(odd)), 1, "the module list '", "odd.module-list.nix' cannot be read", "what Nix said")
    odd.unlink()
    check(modules(folder, "verify", str(odd)), 1, "odd.module-list.nix'")
    os.mkfifo(odd)
    check(modules(folder, "verify", str(odd), seconds=60), 1, "odd.module-list.nix' is not a regular file")
    odd.unlink()
    with odd.open("wb") as large:
        large.truncate(3 << 20)
    check(modules(folder, "verify", str(odd), seconds=60), 1, "odd.module-list.nix' ")
    odd.unlink()

    for what, (extra, other, needs_proxy) in MUTATIONS.items():
        write(folder, extra, other)
        found = record(folder, "needed")["modules"]
        verified = modules(folder, "verify", str(file))
        if needs_proxy is None:
            assert verified.returncode == 0 or PROXY in found, (what, found)
        else:
            assert (PROXY in found) == needs_proxy, (what, found)
            assert (verified.returncode == 0) != needs_proxy, (what, verified.stderr)
        if needs_proxy:
            check(verified, 1, f"{PROXY} is missing", "run 'dynix modules needed --write")
        print(f"ok   {what}")

    # What is asked of the names alone leaves no trace: then there is no list, and not a wrong one.
    write(folder, "{ options, ... }: { networking.domain = if options ? services.proxy then \"a\" else \"b\"; }", "")
    check(modules(folder, "needed"), 1, "no shorter list is known to be enough", "keep the whole module list")
    check(modules(folder, "verify", str(file)), 1, "is not enough")


def small_words(top):
    folder = top / "small"
    write(folder, "{ services.proxy.enable = true; }", "")
    text = modules(folder, "explain", PROXY).stdout.decode()
    assert text.startswith("proxy.nix is needed\n  it "), text
    assert "defines systemd.services.nginx, which systemd.nix reads\n" in text, text
    write(folder, "{ }", "")
    assert modules(folder, "explain", PROXY).stdout == b"proxy.nix is not needed\n"
    check(modules(folder, "explain", "gone.nix"), 1, "no module of nixpkgs is called 'gone.nix'")
    assert modules(folder, "why-not", "services.proxy.ports").stdout == (
        b"services.proxy.ports is declared by proxy.nix\n")
    check(modules(folder, "why-not", "services.gone"), 1, "no module of the system declares 'services.gone'")
    check(modules(folder, "why-not"), 2, "needs the name of an option")
    # No word is passed over.
    check(modules(folder, "graph", "nginx.service"), 2, "takes no name, found 'nginx.service'", "'dynix modules graph --unit U'")
    check(modules(folder, "needed", "nginx.nix"), 2, "takes no name, found 'nginx.nix'")
    check(modules(folder, "graph", "--write", "a.module-list.nix"), 2, "only 'dynix modules needed' takes --write")
    check(modules(folder, "needed", "--svg"), 2, "only 'dynix modules graph' takes --svg")
    check(modules(folder, "list"), 2, "expected needed, explain, graph, why-not or verify, found 'list'")
    drawn = modules(folder, "graph", "--unit", "nginx.service").stdout.decode()
    assert '"systemd.nix" -> "nginx.nix" [label="systemd.services.nginx' in drawn, drawn
    picture = xml.dom.minidom.parseString(modules(folder, "graph", "--unit", "nginx.service", "--svg").stdout)
    boxes = {text.firstChild.data for text in picture.getElementsByTagName("text")}
    assert {"the result", "systemd.nix", "nginx.nix"} <= boxes, boxes
    check(modules(folder, "needed", "--unit", "gone.service"), 1, "the system has no unit 'gone.service'")
    write(folder, "{ services.nginx.enabel = true; }", "")
    check(modules(folder, "needed"), 1, "services.nginx.enabel' does not exist")


def known_lists(top):
    """A list is used for the configuration and the nixpkgs that it was written for, and for no other."""
    added = subprocess.run(["nix-store", "--add", str(SMALL)], capture_output=True, text=True, check=False)
    if added.returncode != 0:
        print(f"not tested, without a store: what a list in a file is used for ({added.stderr.strip()})")
        return
    folder = top / "known"
    folder.mkdir()
    nixpkgs = added.stdout.strip()
    write(folder, "{ }", "", nixpkgs)
    file = folder / "here.module-list.nix"
    in_file = (
        f"let lib = import {nixpkgs}/lib; system = import {MINIMAL}/use.nix"
        f" {{ nixpkgs = {nixpkgs}; inherit lib; list = ./here.module-list.nix; }} {{ specialArgs.wanted = true;"
        " modules = (import ./system.nix).options._module.args.value.modules; }; in"
        " [ (lib.attrNames system.options.services) system.config.system.build.toplevel.drvPath ]"
    )
    (folder / "asked.nix").write_text(in_file)
    ask = f"import {folder}/asked.nix"
    done = modules(folder, "needed", "--write", str(file))
    assert done.returncode == 0, done.stderr
    whole = f"(import {folder}/system.nix).config.system.build.toplevel.drvPath"
    copies = len(list(pathlib.Path("/nix/store").glob("*-configuration")))
    used, said = toplevel(ask, "--read-write-mode")
    assert used == [["nginx"], toplevel(whole)[0]], (used, said)
    assert len(list(pathlib.Path("/nix/store").glob("*-configuration"))) == copies, "the folder is in the store"
    write(folder, "{ services.proxy.enable = true; }", "", nixpkgs)
    used, said = toplevel(ask)
    assert used == [["nginx", "proxy"], toplevel(whole)[0]], (used, said)
    assert "the module list is for another configuration" in said, said
    print("ok   a list is used for what it was written for")

    # The modules are given outside of the folder, of which the key knows nothing.
    used, said = toplevel(in_file.replace("./", f"{folder}/").replace("modules = (", "modules = [ { services.proxy.enable = true; } ] ++ ("))
    assert used[0] == ["nginx", "proxy"] and "in no file of the folder" in said, (used, said)

    # By its name the folder is a link, which stays the same when the files change.
    write(folder, "{ }", "", nixpkgs)
    linked = top / "linked"
    linked.symlink_to(folder)
    ask, whole = ask.replace(f"{folder}/", f"{linked}/"), whole.replace(f"{folder}/", f"{linked}/")
    assert toplevel(ask)[0] == [["nginx"], toplevel(whole)[0]]
    write(folder, "{ services.proxy.enable = true; }", "", nixpkgs)
    assert toplevel(ask)[0] == [["nginx", "proxy"], toplevel(whole)[0]]
    print("ok   a configuration in a folder that is a link")

    # Files that may change without the folder: none of these lists is ever taken for known.
    outside = top / "outside.nix"
    outside.write_text("{ }")
    for name, extra, because in (
        ("a link", None, "extra.nix' is no file, and what it leads to may change"),
        ("a file outside", f"{{ imports = [ {outside} ]; }}", f"reads '{outside}'"),
        ("a file by the environment", "{ imports = [ (/. + builtins.getEnv \"DYNIX_TEST_OUTSIDE\") ]; }", "reads '/'"),
    ):
        write(folder, extra or "{ }", "", nixpkgs)
        if extra is None:
            (folder / "extra.nix").unlink()
            (folder / "extra.nix").symlink_to(outside)
        with_variable = {"DYNIX_TEST_OUTSIDE": str(outside)}
        done = modules(folder, "needed", "--write", str(file), **with_variable)
        assert done.returncode == 0, (name, done.stderr)
        assert because in done.stderr.decode(), (name, done.stderr)
        assert "key = \"\";" in file.read_text(), name
        (folder / "extra.nix").unlink()
        print(f"ok   {name} is not known to stay as it is")

    # Neither is a file that is not there yet, whose absence Nix tells without a word.
    absent = top / "absent"
    write(folder, f"{{ services.proxy.enable = builtins.pathExists {absent}; }}", "", nixpkgs)
    done = modules(folder, "needed", "--write", str(file))
    assert done.returncode == 0, done.stderr
    assert "a file elsewhere, which may change" in done.stderr.decode(), done.stderr
    absent.touch()
    asked, all_of_it = ask.replace(f"{linked}/", f"{folder}/"), whole.replace(f"{linked}/", f"{folder}/")
    assert toplevel(asked)[0] == [["nginx", "proxy"], toplevel(all_of_it)[0]]
    print("ok   a file that is not there is not known to stay so")

    # The environment as it is not yet: the proxy would be turned on by it, and the list has none.
    variable = "DYNIX_TEST_PROXY"
    write(folder, f"{{ services.proxy.enable = builtins.getEnv \"{variable}\" != \"\"; }}", "", nixpkgs)
    done = modules(folder, "needed", "--write", str(file))
    assert done.returncode == 0, done.stderr
    assert "extra.nix' asks for the environment, the time or a file elsewhere" in done.stderr.decode(), done.stderr
    ask, whole = ask.replace(f"{linked}/", f"{folder}/"), whole.replace(f"{linked}/", f"{folder}/")
    os.environ[variable] = "1"
    assert toplevel(ask)[0] == [["nginx", "proxy"], toplevel(whole)[0]]
    del os.environ[variable]
    write(folder, "{ }", "", nixpkgs)
    assert modules(folder, "needed", "--write", str(file)).returncode == 0
    assert toplevel(ask)[0][0] == ["nginx"]
    os.environ["NIXOS_EXTRA_MODULE_PATH"] = str(outside)
    used, said = toplevel(ask)
    assert used[0] == ["nginx", "proxy"] and "NIXOS_EXTRA_MODULE_PATH" in said, (used, said)
    del os.environ["NIXOS_EXTRA_MODULE_PATH"]
    print("ok   the environment is not known to stay as it is")
    called(top, nixpkgs)
    flakes(top, nixpkgs)


def called(top, nixpkgs):
    """A system that can be called with arguments: a list is for those that it was written for."""
    folder = top / "called"
    folder.mkdir()
    file = folder / "here.module-list.nix"

    def write_called(formals, more, attribute):
        write(folder, "{ }", "", nixpkgs)
        body = (
            f"{formals}: let lib = import {nixpkgs}/lib; in import {MINIMAL}/use.nix {{ nixpkgs = {nixpkgs}; inherit lib;"
            f" list = ./here.module-list.nix; {more} }} {{ modules = [ {NGINX} {{ services.proxy.enable = proxy; }} ]; }}"
        )
        (folder / "system.nix").write_text(f"{{ {attribute} = {body}; }}" if attribute else body)
        source = {"kind": "file", "file": str(folder / "system.nix"), "attribute": [attribute] if attribute else []}
        record = json.loads((folder / "system.json").read_text())
        (folder / "system.json").write_text(json.dumps({**record, "source": source}))
        file.unlink(missing_ok=True)
        done = modules(folder, "needed", "--write", str(file))
        assert done.returncode == 0, done.stderr
        return done.stderr.decode()

    def services(given, attribute):
        system = f"((import {folder}/system.nix){'.' + attribute if attribute else ''} {given})"
        return toplevel(f"builtins.attrNames {system}.options.services")[0]

    for attribute in ("", "here"):
        said = write_called("{ proxy ? false }", "", attribute)
        assert "the system can be called with another `proxy', which is not among the `arguments'" in said, said
        assert services("{ proxy = true; }", attribute) == ["nginx", "proxy"], attribute
        assert services("{ }", attribute) == ["nginx", "proxy"], attribute
        said = write_called("{ proxy ? false }", "arguments = { inherit proxy; };", attribute)
        assert "another" not in said, said
        assert services("{ proxy = true; }", attribute) == ["nginx", "proxy"], attribute
        assert services("{ }", attribute) == ["nginx"], attribute
        said = write_called("{ proxy ? false, more ? 1 }", "arguments = { inherit proxy; };", attribute)
        assert "another `more'" in said, said
        said = write_called("{ proxy ? false, ... }", "arguments = { inherit proxy; };", attribute)
        assert "another `...'" in said, said
    arguments = f"import {MINIMAL}/arguments.nix {{ attribute = [ ]; value = %s; }}"
    for value, names in (("{ a }: a", ["a"]), ("{ }: 1", []), ("a: a", ["..."]), ("{ __functor = _: { a }: a; }", ["..."])):
        assert toplevel(arguments % f"({value})")[0] == names, value
    print("ok   a system that can be called with arguments")

    # Nothing but the system in the file, as README.md has it: what it is depends on the file that it is in.
    for again in (False, True):
        (folder / "system.nix").write_text(
            f"import {MINIMAL}/use.nix {{ nixpkgs = {nixpkgs}; list = ./here.module-list.nix; }} {{ modules = [ {NGINX} ]; }}"
        )
        (folder / "system.json").write_text(json.dumps({
            **json.loads((folder / "system.json").read_text()),
            "source": {"kind": "file", "file": str(folder / "system.nix"), "attribute": []},
        }))
        if not again:
            file.unlink()
        done = modules(folder, "needed", "--write", str(file))
        assert done.returncode == 0, done.stderr
        assert services("", "") == ["nginx"], again
    (folder / "empty").mkdir()
    assert services("", "") == ["nginx", "proxy"]
    print("ok   a file of a system alone, and a folder without files")


def flakes(top, nixpkgs):
    """A flake, which Nix evaluates without the rest of the machine."""
    folder = top / "flake"
    folder.mkdir()
    for name, what in (("one", "{ }"), ("two", "{ services.proxy.enable = true; }")):
        (top / name).mkdir()
        (top / name / "default.nix").write_text(what)
    (folder / "configuration.nix").write_text(NGINX)
    (folder / "flake.nix").write_text(
        f"{{ inputs.nixpkgs = {{ url = \"path:{nixpkgs}\"; flake = false; }};\n"
        f"  inputs.minimal = {{ url = \"path:{MINIMAL}\"; flake = false; }};\n"
        f"  inputs.more = {{ url = \"path:{top}/one\"; flake = false; }};\n"
        "  outputs = { self, nixpkgs, minimal, more }: {\n"
        "    here = import \"${minimal}/use.nix\" { inherit nixpkgs; list = ./here.module-list.nix; configuration = self; }\n"
        "      { system = \"x86_64-linux\"; modules = [ ./configuration.nix (import more) ]; };\n  };\n}\n"
    )
    (folder / "system.json").write_text(json.dumps({
        "version": 1, "dynamicFile": "/etc/nixos/dynamic.nix", "units": {}, "services": {},
        "source": {"kind": "flake", "flake": str(folder), "attribute": ["here"]},
    }))

    def services(*words):
        done = subprocess.run(
            ["nix", "--extra-experimental-features", "nix-command flakes", "eval", "--json", f"path:{folder}#here", *words,
             "--apply", "s: { toplevel = s.config.system.build.toplevel.drvPath; services = builtins.attrNames s.options.services; }"],
            capture_output=True, text=True, check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout), done.stderr

    before, said = services()
    assert before["services"] == ["nginx", "proxy"], before
    assert "there is no module list" in said and "needed --write here.module-list.nix'" in said, said
    file = folder / "here.module-list.nix"
    done = modules(folder, "needed", "--write", str(file))
    assert done.returncode == 0, done.stderr
    assert services()[0] == {"toplevel": before["toplevel"], "services": ["nginx"]}
    assert modules(folder, "verify", str(file)).returncode == 0
    other, said = services("--override-input", "more", f"path:{top}/two")
    assert other["services"] == ["nginx", "proxy"] and "for another configuration" in said, (other, said)
    (folder / "configuration.nix").write_text(NGINX.replace("}", "services.proxy.enable = true; }"))
    grown, said = services()
    assert grown["services"] == ["nginx", "proxy"] and "for another configuration" in said, (grown, said)
    check(modules(folder, "verify", str(file)), 1, f"{PROXY} is missing")
    print("ok   a flake")


def other_base_modules(top):
    """Modules that stand in the place of those of nixpkgs, or beside them."""
    folder = top / "base"
    folder.mkdir()
    (folder / "beside.nix").write_text("{ services.proxy.enable = true; }")
    for beside, wanted in (
        ("(toString ./beside.nix)", [PROXY, str(folder / "beside.nix")]),
        ("./beside.nix", [PROXY, str(folder / "beside.nix")]),
        ("{ services.proxy.enable = true; }", "one of `baseModules' is a set"),
        ("({ ... }: { services.proxy.enable = true; })", "one of `baseModules' is a lambda"),
    ):
        write(folder, "{ }", "")
        system = folder / "system.nix"
        system.write_text(system.read_text().replace(
            "  modules = [", f"  baseModules = import {SMALL}/nixos/modules/module-list.nix ++ [ {beside} ];\n  modules = [", 1))
        if isinstance(wanted, str):
            check(modules(folder, "needed"), 1, wanted, "give it among `modules'")
        else:
            assert set(wanted) <= set(record(folder, "needed")["modules"]), beside
    print("ok   modules beside those of nixpkgs")


def extended(top):
    """A system that its modules alone do not give."""
    folder = top / "extended"
    folder.mkdir()
    write(folder, "{ }", "")
    system = folder / "system.nix"
    system.write_text(
        f"let system = ({system.read_text()}); in system // (system.extendModules {{"
        " modules = [ { services.proxy.enable = true; } ]; })\n"
    )
    check(modules(folder, "needed"), 1, "the modules of the system alone give another system", "extendModules")


def main():
    if shutil.which("nix-instantiate") is None:
        skip("nix-instantiate is not in PATH")
    with tempfile.TemporaryDirectory() as folder:
        top = pathlib.Path(folder).resolve()
        small_lists(top)
        small_words(top)
        known_lists(top)
        other_base_modules(top)
        extended(top)


if __name__ == "__main__":
    sys.exit(main())
