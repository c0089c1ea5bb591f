#!/usr/bin/env python3
"""`dynix options`, `dynix why`, and `dynix append` without VALUE: what they say of a small schema and a dynamic file."""

import json
import sys

import example_schema
from program import append, dynix, run_each


def told(*words, code=0):
    done = dynix(*words)
    assert done.returncode == code, (words, done.returncode, done.stderr.decode(errors="replace"))
    return done.stdout.decode()


class Place:
    def __init__(self, folder):
        self.folder = folder
        self.schema = folder / "s.json"
        self.file = folder / "dynamic.nix"
        self.schema.write_text(json.dumps(example_schema.small()))

    def words(self, command, *words):
        return [command, "--schema", str(self.schema), "--file", str(self.file), *words]

    def add(self, *words):
        done = append(self.file, "--schema", str(self.schema), *words)
        assert done.returncode == 0, done.stderr


def lists(at):
    rows = told(*at.words("options")).splitlines()
    assert [row.split()[0] for row in rows] == [
        "services.distccd.allowedClients", "services.distccd.logLevel", "services.distccd.maxJobs",
        "services.distccd.stats.enable", "services.nginx.virtualHosts",
    ], rows
    assert rows[1].startswith('services.distccd.logLevel = "warning" '), rows[1]
    at.add("services.distccd.logLevel", "error")
    at.add('services.nginx.virtualHosts."a.b".root', "/www")
    rows = told(*at.words("options", "services.distccd.")).splitlines()
    assert len(rows) == 4, rows
    assert rows[1].startswith('services.distccd.logLevel = "error" '), rows[1]
    assert 'entry 1, static "warning"; distccd' in rows[1], rows[1]
    assert "with an override below" in told(*at.words("options", "services.nginx"))
    records = json.loads(told(*at.words("options", "--json")))["options"]
    assert len(records) == 5
    level = records[1]
    assert level["static"] == "warning" and level["overrides"][0]["value"] == "error", level
    assert level["values"] == ["error", "warning", "so so", None] and level["service"] == "distccd", level


def beginnings(at):
    """The last name of PREFIX may be the beginning of names."""
    for prefix, count in (
        ("services.dist", 4), ("services.distccd.", 4), ("serv", 5), ("s", 5), ("services.n", 1),
        ("services.distccd.ma", 1), ("services.distccd.stats.e", 1), ("services.distcc.lo", 1),
    ):
        rows = told(*at.words("options", prefix)).splitlines()
        assert len(rows) == count, (prefix, rows)
    row = told(*at.words("options", "services.distccd.lo"))
    assert row.startswith('services.distccd.logLevel = "warning" ') and "distccd" in row, row
    records = json.loads(told(*at.words("options", "services.distccd.lo", "--json")))["options"]
    assert [one["option"] for one in records] == ["services.distccd.logLevel"] and records[0]["values"], records
    for prefix in ("services.zzz", "x", "services.distccd.istccd", "zzz.dist", "services.distccd.port.x"):
        assert told(*at.words("options", prefix), code=1) == ""


def cases(at):
    """A difference in case is the first thing to think of."""
    for path, meant in (
        ("services.distccd.maxjobs", "services.distccd.maxJobs"), ("SERVICES.DISTCCD.MAXJOBS", "services.distccd.maxJobs"),
        ("maxjobs", "services.distccd.maxJobs"), ("Services.distccd.logLevel", "services.distccd.logLevel"),
    ):
        done = append(at.file, "--schema", str(at.schema), path, "1")
        assert done.returncode == 1 and f"did you mean '{meant}'" in done.stderr.decode(), done.stderr


def pages(at):
    at.add("services.distccd.logLevel", "error", "-m", "fewer lines")
    page = told(*at.words("options", "services.distcc.logLevel"))
    for part in (
        "services.distccd.logLevel\n", "type      null or one of", '"error" "warning" "so so" null',
        'static    "warning"', "entry 1", "fewer lines", "service   distccd", "about     About null or one of.",
    ):
        assert part in page, (part, page)
    page = told(*at.words("options", 'services.nginx.virtualHosts."a.b"'))
    assert 'virtualHosts."a.b".root = "/srv"' in page and "listen.port" in page, page
    assert "http2" not in page, "read-only"
    whole = json.loads(told(*at.words("options", "services.distccd.logLevel", "--json")))["options"]
    assert len(whole) == 1 and whole[0]["option"] == "services.distccd.logLevel"


def refusals(at):
    for path, part in {
        "services.distccd.port": "no service declares it dynamic", "services.distcd.maxJobs": "did you mean",
        "boot": "no service declares an option below", "a..b": ":1:3: error: ",
        'services.nginx.virtualHosts."a.b".http2': "read-only",
    }.items():
        for command in ("options", "why"):
            done = dynix(*at.words(command, path))
            assert done.returncode == 1 and part in done.stderr.decode(), (command, path, done.stderr)
    done = dynix("options", "--schema", str(at.folder / "no.json"))
    assert done.returncode == 1 and b"no schema of the options" in done.stderr and done.stdout == b"", done
    failed = json.loads(told(*at.words("options", "nowhere", "--json"), code=1))
    assert "there is no option 'nowhere'" in failed["error"]["message"]


def append_shows(at):
    done = dynix(*at.words("append", "services.distccd.maxJobs"))
    assert done.returncode == 2 and b"VALUE is missing" in done.stderr, done
    assert b"type      null or signed integer" in done.stdout, done.stdout
    assert not at.file.exists()
    done = dynix(*at.words("append", "services.distccd.maxJobs=4"))
    assert done.returncode == 2 and b"two words: dynix append services.distccd.maxJobs 4\n" in done.stderr, done
    # An empty VALUE is one: the empty string.
    assert dynix(*at.words("append", "services.distccd.maxJobs", "")).returncode == 1
    # What lacks its end is a string, and nothing is advised about that.
    done = dynix(*at.words("append", "services.distccd.allowedClients", '[ "a" "b"'))
    assert done.returncode == 1 and b"expected a list item or ']', found the end" in done.stderr, done
    assert b"hint:" not in done.stderr, done
    done = dynix(*at.words("append", "nowhere"))
    assert done.returncode == 2 and done.stdout == b"", done


def why(at):
    at.add("services.distccd.maxJobs", "4")
    at.add("services.distccd.maxJobs", "8", "-m", "more")
    text = told(*at.words("why", "services.distccd.maxJobs"))
    assert text.startswith("services.distccd.maxJobs = 8\n"), text
    assert "entry 2   8  (wins, priority -2;" in text and ": more)" in text, text
    assert "entry 1   4  (hidden by entry 2;" in text, text
    assert "static    null" in text and "service   distccd" in text, text
    record = json.loads(told(*at.words("why", "services.distccd.maxJobs", "--json")))
    assert [(one["entry"], one["priority"], one["wins"]) for one in record["overrides"]] == [(2, -2, True), (1, -1, False)]
    assert "units     not known" in text, text
    record = {"version": 1, "dynamicFile": "/d.nix", "units": {}, "services": {"distccd": ["distccd.service", "x.socket"]},
              "source": {"kind": "flake", "flake": "/f", "attribute": []}}
    (at.folder / "system.json").write_text(json.dumps(record))
    words = at.words("why", "services.distccd.maxJobs", "--system", str(at.folder / "system.json"))
    assert "units     distccd.service x.socket\n" in told(*words), told(*words)
    words = at.words("why", "services.distccd", "--system", str(at.folder / "system.json"))
    assert "service   distccd\n  units     distccd.service x.socket\n" in told(*words), told(*words)
    # Nothing of the dynamic file.
    text = told(*at.words("why", "services.distccd.logLevel"))
    assert text.startswith('services.distccd.logLevel = "warning"\n') and "entry" not in text, text


def why_of_parents(at):
    """An override above, one below, and one that is lost, which only a person's hand can write."""
    at.file.write_text("""{ lib, ... }:
{
  config = lib.mkMerge [
    { services.nginx.virtualHosts.plain.root = lib.mkOverride (-1) "/one"; }
    { services.nginx.virtualHosts.plain = lib.mkOverride (-2) { forceSSL = true; }; }
    { services.nginx.virtualHosts.plain.root = lib.mkOverride (-3) "/three"; }
  ];
}
""")
    path = "services.nginx.virtualHosts.plain"
    text = told(*at.words("why", f"{path}.root"))
    assert f"entry 3   \"/three\"  (lost: entry 2 replaces {path} as a whole)" in text, text
    assert f"entry 2   {path} = {{ forceSSL = true; }}  (wins, priority -2)" in text, text
    assert "entry 1   \"/one\"  (hidden by entry 2)" in text, text
    assert told(*at.words("why", path)).startswith(f"{path} = {{ forceSSL = true; }}\n")
    text = told(*at.words("why", "services.nginx.virtualHosts"))
    assert text.startswith("services.nginx.virtualHosts\n"), text
    assert f"entry 2   {path} = {{ forceSSL = true; }}  (wins, priority -2)" in text and "static    { " in text, text


def why_without_schema(at):
    at.add("services.distccd.maxJobs", "4")
    at.schema.unlink()
    done = dynix(*at.words("why", "services.distccd.maxJobs"))
    assert done.returncode == 0 and b"no schema of the options" in done.stderr, done
    assert done.stdout.startswith(b"services.distccd.maxJobs = 4\n"), done.stdout
    assert dynix(*at.words("why", "services.distccd.logLevel")).returncode == 1


def hostile_texts(at):
    """What comes from the system does not command the terminal."""
    schema = example_schema.small()
    schema["options"]["services"]["below"]["distccd"]["below"]["maxJobs"] |= {
        "description": "a\x1b]0;title\x07b\nsecond line", "value": "\x1b[2J", "service": "s\x1b[0m",
    }
    at.schema.write_text(json.dumps(schema))
    for command in ("options", "why"):
        for path in ("services.distccd", "services.distccd.maxJobs"):
            text = told(*at.words(command, path))
            assert not set(text) & set(map(chr, [*range(10), *range(11, 32), 127])), (command, text)


def main():
    return run_each(
        lists, beginnings, cases, pages, refusals, append_shows, why, why_of_parents, why_without_schema, hostile_texts,
        place=Place,
    )


if __name__ == "__main__":
    sys.exit(main())
