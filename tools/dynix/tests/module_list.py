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

from format_page import compare
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
    # Under another name none is written.
    other = folder / "other.list"
    other.write_text("{ }")
    check(modules(folder, "verify", str(other)), 1, "is no module list", "run 'dynix modules needed --write F.module-list.nix'\n")
    other.unlink()
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
    assert modules(folder, "why-not", "networking.domain").stdout == (
        b"networking.domain is declared by the configuration\n")
    check(modules(folder, "why-not", "services.gone"), 1, "no module of the system declares 'services.gone'")
    check(modules(folder, "why-not"), 2, "needs the name of an option")
    (folder / "there").mkdir()
    check(modules(folder / "there", "needed"), 1, "cannot open", "has this record; '--system F' names another one")
    # No word is passed over.
    check(modules(folder, "graph", "nginx.service"), 2, "takes no name, found 'nginx.service'", "'dynix modules graph --unit U'")
    check(modules(folder, "needed", "nginx.nix"), 2, "takes no name, found 'nginx.nix'")
    check(modules(folder, "graph", "--write", "a.module-list.nix"), 2, "only 'dynix modules needed' takes --write")
    check(modules(folder, "needed", "--unit", "nginx.service", "--write", "a.module-list.nix"), 2,
          "a file has the list of a whole system, and --unit asks for that of one unit", "leave --unit out")
    # A variable of the shell that is empty is no option that was left out.
    check(modules(folder, "needed", "--unit", ""), 2, "--unit: expected a value, found nothing")
    check(modules(folder, "needed", "--write", ""), 2, "--write: expected the name of a file, found nothing")
    check(modules(folder, "needed", "--tries", ""), 2, "--tries: expected a value, found nothing")
    check(modules(folder, "needed", "--svg"), 2, "only 'dynix modules graph' takes --svg")
    check(modules(folder, "list"), 2, "expected needed, explain, graph, why-not or verify, found 'list'")
    drawn = modules(folder, "graph", "--unit", "nginx.service").stdout.decode()
    assert '"systemd.nix" -> "nginx.nix" [label="systemd.services.nginx' in drawn, drawn
    # The records are those of FORMATS.md.
    compare("modules needed", record(folder, "needed"), record(folder, "needed", "--unit", "nginx.service"))
    compare("modules explain", record(folder, "explain", "nginx.nix"), record(folder, "explain", PROXY))
    compare("modules graph", record(folder, "graph"))
    compare("modules why-not", record(folder, "why-not", "services.proxy"))
    assert modules(folder, "needed", "--write", str(folder / "here.module-list.nix")).returncode == 0
    compare("modules verify", record(folder, "verify", str(folder / "here.module-list.nix")))
    picture = xml.dom.minidom.parseString(modules(folder, "graph", "--unit", "nginx.service", "--svg").stdout)
    boxes = {text.firstChild.data for text in picture.getElementsByTagName("text")}
    assert {"the result", "systemd.nix", "nginx.nix"} <= boxes, boxes
    check(modules(folder, "needed", "--unit", "gone.service"), 1, "the system has no unit 'gone.service'")
    write(folder, "{ services.nginx.enabel = true; }", "")
    check(modules(folder, "needed"), 1, "services.nginx.enabel' does not exist")


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


def by_a_link(top):
    """A nixpkgs by a link, as that of a channel: Nix follows it for packages and not for modules."""
    folder = top / "link"
    folder.mkdir()
    (folder / "channel").symlink_to(SMALL)
    for extra, other in (
        ("{ }", ""),
        ("{ modulesPath, ... }: { imports = [ (modulesPath + \"/etc.nix\") ]; }", ""),
        ("{ disabledModules = [ \"proxy.nix\" ]; }", ""),
        # Packages of another nixpkgs.
        (f"{{ lib, ... }}: {{ _module.args.pkgs = lib.mkForce (import {SMALL} {{ }} // {{ path = ./.; }}); }}", ""),
    ):
        write(folder, extra, other, folder / "channel")
        found = record(folder, "needed")["modules"]
        assert found == ["etc.nix", "nginx.nix", "packages.nix", "systemd.nix", "system.nix"], (extra, found)
    print("ok   a nixpkgs by a link")


def system_within(top):
    """A system that is evaluated by a module of another one, as a specialisation is."""
    folder = top / "within"
    folder.mkdir()
    within = (
        f"(import {SMALL}/nixos/lib/eval-config.nix {{ inherit lib baseModules; modules = %s [ {{ services.proxy.enable = true; }} ]; }})"
        ".config.system.build.toplevel.drvPath"
    )
    for own, words in ((f"[ {NGINX} ] ++", "baseModules"), ("modules ++", "baseModules, modules")):
        # The one with the modules of the other would be in itself.
        inner = (within % own).replace("modules ++", "[ (builtins.head modules) ] ++")
        write(folder, f"{{ lib, {words}, ... }}: {{ networking.domain = builtins.unsafeDiscardStringContext {inner}; }}", "")
        found = record(folder, "needed")["modules"]
        assert found == ["etc.nix", "nginx.nix", "packages.nix", "systemd.nix", "system.nix"], (own, found)
    print("ok   a system within a system")


def main():
    if shutil.which("nix-instantiate") is None:
        skip("nix-instantiate is not in PATH")
    with tempfile.TemporaryDirectory() as folder:
        top = pathlib.Path(folder).resolve()
        small_lists(top)
        small_words(top)
        other_base_modules(top)
        extended(top)
        by_a_link(top)
        system_within(top)


if __name__ == "__main__":
    sys.exit(main())
