"""Schemas of options for the tests: a small one with every way a path can go on."""

import json


def option(kind, text, service="example", **more):
    """An option that may change; `kind` is a type's, or a whole type."""
    taken = kind if isinstance(kind, dict) else {"kind": kind, "text": text}
    return {"type": {"text": text, **taken}, "service": service, "description": f"About {text}.", **more}


def null_or(inner):
    return {"kind": "null-or", "text": f"null or {inner['text']}", "of": [inner]}


def enumeration(*values):
    words = ", ".join(json.dumps(value) for value in values)
    return {"kind": "enumeration", "text": f"one of {words}", "values": list(values)}


INTEGER = {"kind": "integer", "text": "signed integer"}
BOOLEAN = {"kind": "boolean", "text": "boolean"}
STRING = {"kind": "string", "text": "string"}
HOST = {
    "kind": "submodule",
    "text": "submodule",
    "options": {
        "root": {"type": null_or(STRING)},
        "forceSSL": {"type": BOOLEAN},
        "http2": {"type": BOOLEAN, "readOnly": True},
        "listen": {"below": {"port": {"type": INTEGER}}},
    },
}


def web():
    """Values and names with characters at which a shell may begin a word anew."""
    hosts = {"kind": "attributes", "text": "attribute set of submodule", "of": [HOST]}
    options = {
        "listen": option(enumeration("http://a:8080", "http://b:80", "key=value", "user@host"), "where"),
        "hosts": option(hosts, "attribute set of submodule", value={"a:b": {}}),
    }
    return {"version": 1, "options": {"services": {"below": {"web": {"below": options}}}}}


def small():
    distccd = {
        "maxJobs": option(null_or(INTEGER), "null or signed integer", "distccd", value=None,
                          declarations=["distccd.nix"]),
        "logLevel": option(null_or(enumeration("error", "warning", "so so")),
                           "null or one of", "distccd", value="warning"),
        "allowedClients": option({"kind": "list", "text": "list of string", "of": [STRING]},
                                 "list of string", "distccd", value=["127.0.0.1"]),
        "stats": {"below": {"enable": option(BOOLEAN, "boolean", "distccd", value=False)}},
        "port": None,
    }
    nginx = {
        "virtualHosts": option({"kind": "attributes", "text": "attribute set of submodule", "of": [HOST]},
                               "attribute set of submodule", "nginx",
                               value={"a.b": {"root": "/srv"}, "plain": {}, "in'it": {}}),
        "package": None,
    }
    return {
        "version": 1,
        "options": {
            "boot": {"below": {"kernel": None}},
            "services": {"below": {
                "distccd": {"below": distccd},
                "nginx": {"below": nginx},
                "distcc": {"alias": ["services", "distccd"]},
                "other": {"below": {"enable": None}},
            }},
        },
    }
