"""A system below a folder, as runtime-module reads one, and runtime-module run on it."""

import json
import os
import pathlib
import subprocess

RUNTIME_MODULE = os.environ.get("RUNTIME_MODULE", "runtime-module")


def module(name, description="", requires=(), conflicts=(), path=None):
    lists = {"requires": list(requires), "conflicts": list(conflicts)}
    return {"name": name, "description": description, "path": path, **lists}


def record(modules, enabled=(), base=None, **more):
    source = {"kind": "file", "file": "/etc/nixos/system.nix", "attribute": []}
    whole = {"version": 1, "source": source, "base": base, "elevation": [], "enabled": list(enabled)}
    return whole | {"modules": modules} | more


def make(folder, contents):
    """A root folder whose system has this record, an object or text."""
    root = pathlib.Path(folder)
    system = root / "nix/store/system"
    (system / "etc/dynix").mkdir(parents=True)
    (system / "bin").mkdir()
    (root / "run").mkdir()
    (root / "run/current-system").symlink_to(system)
    text = contents if isinstance(contents, (str, bytes)) else json.dumps(contents)
    (system / "etc/dynix/modules.json").write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def run(root, *words, environment=None, **options):
    """Runs runtime-module with these words; the output is bytes."""
    return subprocess.run(
        [RUNTIME_MODULE, "--root", str(root), *words], capture_output=True, timeout=600, check=False,
        env={**os.environ, **(environment or {})}, **options,
    )
