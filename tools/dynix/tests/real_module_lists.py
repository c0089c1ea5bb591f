#!/usr/bin/env python3
"""The lists of `dynix modules` for units and systems of a real nixpkgs (DYNIX_NIXPKGS): each is verified by it.

A sample of two, by DYNIX_MODULES_SEED, and the system that replaces a module; DYNIX_MODULES_SAMPLE=all takes all of them,
which takes half an hour. And a flake that has this nixpkgs as its input, and a list in a file.
"""

import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

from module_list import MINIMAL, PROJECT, modules
from program import check, skip

# Services of different kinds, with what makes each a valid machine, and units of each.
SERVICES = {
    "nginx": ("services.nginx.enable = true;", ["nginx.service"]),
    "haproxy": ("services.haproxy.enable = true; services.haproxy.config = \"\";", ["haproxy.service"]),
    "postgresql": (
        "services.postgresql.enable = true; services.postgresqlBackup = { enable = true; databases = [ \"a\" ]; };",
        ["postgresql.service", "postgresqlBackup-a.service"],
    ),
    "mysql": ("services.mysql.enable = true; services.mysql.package = pkgs.mariadb;", ["mysql.service"]),
    "redis": ("services.redis.enable = true;", ["redis.service"]),
    "memcached": ("services.memcached.enable = true;", ["memcached.service"]),
    "openssh": ("services.openssh.enable = true;", ["sshd.socket", "sshd@.service"]),
    "fail2ban": ("services.fail2ban.enable = true;", ["fail2ban.service"]),
    "grafana": ("services.grafana.enable = true;", ["grafana.service"]),
    "prometheus": (
        "services.prometheus.enable = true; services.prometheus.exporters = {"
        " node.enable = true; nginx.enable = true; postgres.enable = true; };",
        [
            "prometheus.service", "prometheus-node-exporter.service", "prometheus-nginx-exporter.service",
            "prometheus-postgres-exporter.service",
        ],
    ),
    "unbound": ("services.unbound.enable = true;", ["unbound.service"]),
    "dnsmasq": ("services.dnsmasq.enable = true;", ["dnsmasq.service"]),
    "bind": ("services.bind.enable = true;", ["bind.service"]),
    "chrony": ("services.chrony.enable = true;", ["chronyd.service"]),
    "rsyslogd": ("services.rsyslogd.enable = true;", ["syslog.service"]),
    "cron": ("services.cron.enable = true;", ["cron.service"]),
    "docker": ("virtualisation.docker.enable = true;", ["docker.service", "docker.socket"]),
    "postfix": ("services.postfix.enable = true;", ["postfix.service"]),
    "dovecot2": ("services.dovecot2.enable = true;", ["dovecot2.service"]),
    "mosquitto": ("services.mosquitto = { enable = true; users = { }; };", ["mosquitto.service"]),
    "tor": ("services.tor.enable = true;", ["tor.service"]),
    "syncthing": ("services.syncthing.enable = true;", ["syncthing.service"]),
    "etcd": ("services.etcd.enable = true;", ["etcd.service"]),
}
# Of every machine.
BASE = [
    "nscd.service", "dbus.service", "systemd-journald.service", "systemd-logind.service", "nix-daemon.service",
    "nix-daemon.socket", "nix-gc.service", "multi-user.target", "console-getty.service", "getty@.service",
    "container-getty@.service", "serial-getty@.service", "dhcpcd.service", "firewall.service",
    "network-setup.service", "network-local-commands.service",
]
SYSTEMS = {
    "container": "boot.isContainer = true;",
    "boots": "boot.loader.grub.device = \"nodev\"; fileSystems.\"/\" = { device = \"/dev/vda1\"; fsType = \"ext4\"; };",
    "web": "boot.isContainer = true; " + SERVICES["nginx"][0] + SERVICES["redis"][0],
    "database": "boot.isContainer = true; " + SERVICES["postgresql"][0] + SERVICES["openssh"][0],
    "monitoring": "boot.isContainer = true; " + SERVICES["grafana"][0] + SERVICES["prometheus"][0],
    "resolver": "boot.isContainer = true; " + SERVICES["unbound"][0] + SERVICES["chrony"][0] + SERVICES["fail2ban"][0],
    "specialised": "boot.isContainer = true; services.nginx.enable = true;"
    " specialisation = { a.configuration.services.redis.enable = true; b = { inheritParentConfig = false; configuration ="
    " { boot.isContainer = true; documentation.enable = false; }; }; };",
    "disabled": "boot.isContainer = true; disabledModules = [ \"services/databases/memcached.nix\" ]; services.memcached.enable = true;"
    " imports = [ ({ lib, ... }: { options.services.memcached.enable = lib.mkEnableOption \"another\"; }) ];",
}


def write_real(folder, body):
    (folder / "system.nix").write_text(
        "let nixpkgs = builtins.getEnv \"DYNIX_NIXPKGS\"; newer = builtins.getEnv \"DYNIX_NIXPKGS_LIB\";\n"
        f"  lib = import {PROJECT}/vmtests/nixpkgs/lib.nix {{ inherit nixpkgs;"
        " nixpkgsLib = if newer == \"\" then null else newer; };\n"
        "in import (nixpkgs + \"/nixos/lib/eval-config.nix\") { inherit lib; system = \"x86_64-linux\";"
        f" modules = [ ({{ pkgs, ... }}: {{ documentation.enable = false; networking.hostName = \"m\"; {body} }}) ]; }} // {{ inherit lib; }}\n"
    )
    (folder / "system.json").write_text(json.dumps({
        "version": 1, "dynamicFile": "/etc/nixos/dynamic.nix", "units": {}, "services": {},
        "source": {"kind": "file", "file": str(folder / "system.nix"), "attribute": []},
    }))


def real_lists(top):
    asked = [(body, unit) for body, units in SERVICES.values() for unit in units]
    asked += [("", unit) for unit in BASE]
    asked += [(body, None) for body in SYSTEMS.values()]
    if os.environ.get("DYNIX_MODULES_SAMPLE") != "all":
        asked = random.Random(int(os.environ.get("DYNIX_MODULES_SEED", "13"))).sample(asked, 2)
        asked.append((SYSTEMS["disabled"], None))
    folder = top / "real"
    folder.mkdir()
    failed = []
    for body, unit in asked:
        write_real(folder, body if unit is None else f"boot.isContainer = true; {body}")
        words = [] if unit is None else ["--unit", unit, "--tries", "0"]
        done = modules(folder, "needed", *words, "--json")
        name = unit or body
        if done.returncode != 0:
            failed.append(name)
            print(f"FAIL {name}: {done.stderr.decode()}", flush=True)
            continue
        found = json.loads(done.stdout)
        assert len(found["modules"]) * 3 < found["all"], (name, found)
        print(f"ok   {name}: {len(found['modules'])} of {found['all']} modules", flush=True)
    assert not failed, failed


def in_store(folder):
    """Copied only where the store has none, and by the name that an input of a flake has, which is not copied again."""
    done = subprocess.run(
        ["nix", "--extra-experimental-features", "nix-command", "store", "add-path", "--name", "source", os.path.realpath(folder)],
        capture_output=True, text=True, check=True,
    )
    return done.stdout.strip()


def real_flake(top):
    """With nixosSystem as the flake of a nixpkgs has it: it adds a module that says which revision it is."""
    folder = top / "flake"
    folder.mkdir()
    tree = in_store(os.environ["DYNIX_NIXPKGS"])
    body = "boot.isContainer = true; documentation.enable = false; networking.hostName = \"m\"; services.nginx.enable = true;"
    (folder / "configuration.nix").write_text(f"{{ {body} }}")
    (folder / "flake.nix").write_text(
        f"{{ inputs.tree = {{ url = \"path:{tree}\"; flake = false; }};\n"
        f"  inputs.newer = {{ url = \"path:{os.environ.get('DYNIX_NIXPKGS_LIB') or tree}\"; flake = false; }};\n"
        f"  inputs.minimal = {{ url = \"path:{MINIMAL}\"; flake = false; }};\n"
        f"  inputs.shims = {{ url = \"path:{PROJECT}/vmtests/nixpkgs\"; flake = false; }};\n"
        "  outputs = { self, tree, newer, minimal, shims }:\n"
        "    let\n"
        "      lib = import \"${shims}/lib.nix\" { nixpkgs = tree; nixpkgsLib = newer; };\n"
        "      nixosSystem = given: import \"${tree}/nixos/lib/eval-config.nix\" ({ inherit lib; } // given // {\n"
        "        modules = given.modules ++ [ { system.nixos.versionSuffix = \".${builtins.substring 0 8 tree.narHash}\"; } ];\n"
        "      });\n"
        "      nixpkgs = tree // { lib = lib // { inherit nixosSystem; }; };\n"
        "      given = { system = \"x86_64-linux\"; modules = [ ./configuration.nix ]; };\n"
        "    in {\n"
        "      whole = nixosSystem given;\n"
        "      nixosConfigurations.here = import \"${minimal}/use.nix\"\n"
        "        { inherit nixpkgs; list = ./here.module-list.nix; configuration = self;\n"
        "          attribute = [ \"nixosConfigurations\" \"here\" ]; } given;\n"
        "    };\n}\n"
    )
    (folder / "system.json").write_text(json.dumps({
        "version": 1, "dynamicFile": "/etc/nixos/dynamic.nix", "units": {}, "services": {},
        "source": {"kind": "flake", "flake": str(folder), "attribute": ["nixosConfigurations", "here"]},
    }))

    def toplevel(name):
        """And whether all modules are used: memcached is one, which nothing in the configuration needs."""
        done = subprocess.run(
            ["nix", "--extra-experimental-features", "nix-command flakes", "eval", "--json", f"path:{folder}#{name}", "--apply",
             "s: [ s.config.system.build.toplevel.drvPath ((s.moduleListUnused or \"\") != null && s.options.services ? memcached) ]"],
            capture_output=True, text=True, check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout), done.stderr

    whole = toplevel("whole")[0][0]
    found, said = toplevel("nixosConfigurations.here")
    assert found == [whole, True] and "there is no module list" in said, (found, said)
    file = folder / "here.module-list.nix"
    done = modules(folder, "needed", "--write", str(file))
    assert done.returncode == 0, done.stderr
    found, said = toplevel("nixosConfigurations.here")
    assert found == [whole, False], (found, said)
    assert modules(folder, "verify", str(file)).returncode == 0
    # It grows by what the list has no module of.
    (folder / "configuration.nix").write_text(f"{{ {body} services.memcached.enable = true; }}")
    found, said = toplevel("nixosConfigurations.here")
    assert found[0] != whole and found == [toplevel("whole")[0][0], True], found
    assert "for another system, configuration" in said, said
    check(modules(folder, "verify", str(file)), 1, "services/databases/memcached.nix is missing")
    print("ok   a flake", flush=True)


def real_file(top):
    """As README.md of nixmodules/minimal has it, with a lib that a file gives, and as `nixos-rebuild --file` builds it."""
    folder = top / "file"
    folder.mkdir()
    stored = in_store(os.environ["DYNIX_NIXPKGS"])
    newer = os.environ.get("DYNIX_NIXPKGS_LIB")
    newer = newer and in_store(newer)
    shutil.copy(PROJECT / "vmtests" / "nixpkgs" / "lib.nix", folder / "shims.nix")
    (folder / "lib.nix").write_text(f"import ./shims.nix {{ nixpkgs = {stored}; nixpkgsLib = {newer or 'null'}; }}")
    body = "boot.isContainer = true; documentation.enable = false; networking.hostName = \"m\"; services.nginx.enable = true;"
    (folder / "system.nix").write_text(
        f"import {MINIMAL}/use.nix {{ nixpkgs = {stored}; list = ./here.module-list.nix; lib = ./lib.nix; }}\n"
        "  { modules = [ ./configuration.nix ]; }\n"
    )
    (folder / "system.json").write_text(json.dumps({
        "version": 1, "dynamicFile": "/etc/nixos/dynamic.nix", "units": {}, "services": {},
        "source": {"kind": "file", "file": str(folder / "system.nix"), "attribute": []},
    }))
    found = []
    for more in ("", "", "services.memcached.enable = true;"):
        (folder / "configuration.nix").write_text(f"{{ {body} {more} }}")
        done = subprocess.run(
            ["nix-instantiate", str(folder / "system.nix"), "-A", "config.system.build.toplevel"],
            capture_output=True, text=True, check=False,
        )
        assert done.returncode == 0, done.stderr
        found.append((done.stdout, done.stderr))
        if len(found) == 1:
            written = modules(folder, "needed", "--write", str(folder / "here.module-list.nix"))
            assert written.returncode == 0 and b"used only where" not in written.stderr, written.stderr
    (first, no_list), (listed, known), (grown, other) = found
    assert "there is no module list" in no_list and first == listed and "all modules" not in known, found
    assert grown != first and "is for another system, configuration" in other, found
    print("ok   a file", flush=True)


def main():
    if shutil.which("nix-instantiate") is None:
        skip("nix-instantiate is not in PATH")
    if not os.environ.get("DYNIX_NIXPKGS"):
        skip("set DYNIX_NIXPKGS to the folder of a nixpkgs")
    with tempfile.TemporaryDirectory() as folder:
        real_lists(pathlib.Path(folder).resolve())
        real_file(pathlib.Path(folder).resolve())
        real_flake(pathlib.Path(folder).resolve())


if __name__ == "__main__":
    sys.exit(main())
