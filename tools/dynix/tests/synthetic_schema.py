"""A schema with as many dynamic options as wanted, of the size and the mix of types that NixOS has."""

import json

DESCRIPTION = (
    "How the service uses this setting when it starts, with what happens when it is not set, which other "
    "settings it depends on, and where the documentation of the program itself is to be found. Changes need "
    "a restart of the service: see {manpage}`service(8)` for `option`."
)


def text(kind, words, **more):
    return {"kind": kind, "text": words, **more}


STRING = text("string", "string")
PORT = text("integer", "16 bit unsigned integer; between 0 and 65535 (both inclusive)", least=0, most=65535)
WORDS = ["debug", "info", "warning", "error", "critical"]
VALUE = text(
    "either", "TOML value",
    of=[
        text("boolean", "boolean"), text("integer", "signed integer"), text("floating", "float"), STRING,
        text("attributes", "attribute set of TOML value", of=[text("again", "TOML value")]),
        text("list", "list of TOML value", of=[text("again", "TOML value")]),
    ],
)


def option(type, value):
    return {
        "declarations": ["/nix/store/0123456789abcdfghijklmnpqrsvwxyz-source/nixos/modules/services/misc/example.nix"],
        "description": DESCRIPTION, "service": "example", "type": type, "value": value,
    }


HOST = text(
    "submodule", "submodule",
    options={
        name: {"type": type, "description": DESCRIPTION}
        for name, type in {
            "root": text("null-or", "null or absolute path", of=[text("path", "absolute path", absolute=True)]),
            "port": PORT, "aliases": text("list", "list of string", of=[STRING]), "level": STRING,
        }.items()
    },
)
OPTIONS = {
    "enable": option(text("boolean", "boolean"), False),
    "port": option(PORT, 8080),
    "level": option(text("enumeration", "one of " + ", ".join(map(json.dumps, WORDS)), values=WORDS), "info"),
    "maxJobs": option(text("null-or", "null or signed integer", of=[text("integer", "signed integer")]), None),
    "dataDir": option(text("path", "absolute path", absolute=True), "/var/lib/example"),
    "clients": option(text("list", "list of string", of=[STRING]), ["127.0.0.1"]),
    "extraConfig": option(text("string", 'strings concatenated with "\\n"', separator="\n"), "a = 1\n" * 10),
    "user": option(STRING, "example"),
    "settings": option(VALUE, {"server": {"bind": "[::]:5000", "workers": 4}}),
    "hosts": option(text("attributes", "attribute set of (submodule)", of=[HOST]), {}),
}


def schema(options):
    """The JSON text, with `options` options in services of ten."""
    services = {f"service{i}": {"below": OPTIONS} for i in range(max(1, options // len(OPTIONS)))}
    return json.dumps({"options": {"services": {"below": services}}, "version": 1}, separators=(",", ":"))
