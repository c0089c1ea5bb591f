"""FORMATS.md as data: its examples, and whether real records have the members that they have.

An example stands in the page behind "```json NAME".
"""

import json
import pathlib
import re

PAGE = pathlib.Path(__file__).parents[3] / "FORMATS.md"

# Members that hold values of Nix: any JSON.
VALUES = {"value", "values", "static", "dynamic"}
# Members whose names are data, such as units.
MAPS = {
    "/etc/dynix/options.json": {"options", "below"},
    "/etc/dynix/system.json": {"services", "units"},
    "apply": {"milliseconds"},
    "/var/cache/dynix/NAME.json": {"reaches"},
}
# Members that hold errors: which members one has depends on what is wrong, so they are compared with 'error'.
ERRORS = {"error", "errors", "refusals"}

TYPES = {dict: "record", list: "list", str: "string", bool: "boolean", int: "integer", float: "number"}


def text_of(name):
    """The text of an example."""
    found = re.search(rf"^```json {re.escape(name)}\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert found, f"FORMATS.md has no example '{name}'"
    return found[1]


def example(name):
    return json.loads(text_of(name))


def section(title):
    """The text below a heading, up to the next one."""
    found = re.search(rf"^### {re.escape(title)}\n(.*?)(?=^##)", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert found, f"FORMATS.md has no section '{title}'"
    return found[1]


def members(of, maps, inside=""):
    """{(the member that holds the record, a member of it): the types of its values}; null has none."""
    found = {}

    def add(more):
        for key, types in more.items():
            found.setdefault(key, set()).update(types)

    def inner(name):
        if inside in maps:
            return inside
        if name in ERRORS:
            return "error"
        return "error.notes" if (inside, name) == ("error", "notes") else name

    if isinstance(of, list):
        for one in of:
            add(members(one, maps, inside))
    elif isinstance(of, dict):
        for name, value in of.items():
            if inside not in maps:
                add({(inside, name): {TYPES[type(value)]} - {"null"} if value is not None else set()})
            if name not in VALUES or inside in maps:
                add(members(value, maps, inner(name)))
    return found


def compare(name, *records, elsewhere=()):
    """Checks that the example has all members of these records, with their types, and no others but those in
    `elsewhere`, which other records have."""
    maps = MAPS.get(name, set())
    written = members(example(name), maps)
    of_errors = members(example("error"), set())
    page = PAGE.read_text()
    found = {}
    for record in records:
        for key, types in members(record, maps).items():
            found.setdefault(key, set()).update(types)
    for (inside, key), types in found.items():
        where = f"{name}: {inside + '.' if inside else ''}{key}"
        known = of_errors.get((inside, key)) if inside.startswith("error") else written.get((inside, key))
        if known is None and f"`{inside}.{key}`" in page:
            continue  # only in the table: it excludes what the example has
        assert known is not None, f"{where} is not in FORMATS.md"
        assert key in VALUES or types <= known, f"{where} is {types}, and {known} in FORMATS.md"
    missing = {key for key in written if not key[0].startswith("error")} - set(found) - set(elsewhere)
    assert not missing, f"{name}: in FORMATS.md, but not in what was printed: {missing}"
