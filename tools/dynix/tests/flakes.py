#!/usr/bin/env python3
"""A flake given as a path is the one that the command line of Nix reads there, judged by the real nix and git."""

import json
import os
import shutil
import subprocess
import sys
import urllib.parse

from program import dynix, run_each, skip

FEATURES = ["--extra-experimental-features", "nix-command flakes"]
GIT = {
    **os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@a",
    "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@a",
}
SECRET = "what-git-ignores"


def git(folder, *words):
    subprocess.run(["git", "-C", folder, *words], env=GIT, check=True, capture_output=True)


def flake(folder, answer, above=""):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "flake.nix").write_text(f'{{ {above}outputs = {{ self, ... }} @ all: {{ answer = {answer}; source = "${{self}}"; }}; }}\n')


def make(top):
    """Repositories and folders with flakes, one with an input beside it, and links to them."""
    repo = top / "repo"
    flake(repo, '"top"')
    flake(repo / "common", '"one"')
    flake(repo / "hosts" / "one", "all.common.answer", 'inputs.common.url = "path:../../common"; ')
    (repo / "hosts" / "one" / "modules").mkdir()
    (repo / "hosts" / "one" / "modules" / "x.nix").write_text("{ }\n")
    (repo / ".gitignore").write_text("*.secret\n")
    git(top, "init", "--quiet", "--initial-branch=main", str(repo))
    git(repo, "add", ".")
    nix("nix", "flake", "lock", str(repo / "hosts" / "one"))
    git(repo, "add", ".")
    git(repo, "commit", "--quiet", "--message", "first")
    git(repo, "branch", "stable")
    flake(repo, '"edited"')  # not committed, so that a branch is told from what is there
    (repo / "key.secret").write_text(SECRET)
    (repo / "untracked").write_text(SECRET)
    (repo / "key.secret").chmod(0o600)
    flake(top / "plain", '"plain"')
    (top / "linked").symlink_to("repo")
    (top / "linked-one").symlink_to("repo/hosts/one")
    return top


def url_for(top, reference):
    """What `dynix diff` tells Nix to evaluate."""
    told = top / "told.json"
    told.unlink(missing_ok=True)
    record = top / "system.json"
    record.write_text(json.dumps({
        "version": 1, "dynamicFile": str(top / "dynamic.nix"), "units": {},
        "source": {"kind": "flake", "flake": reference, "attribute": []},
    }))
    stand_in = top / "bin" / "nix-build"
    stand_in.parent.mkdir(exist_ok=True)
    stand_in.write_text(f"#!{sys.executable}\nimport json, sys\njson.dump(sys.argv, open({str(told)!r}, 'w'))\nsys.exit(1)\n")
    stand_in.chmod(0o755)
    done = dynix("diff", "--system", str(record), env={**os.environ, "PATH": f"{stand_in.parent}:{os.environ['PATH']}"})
    assert told.exists(), (reference, done.stderr.decode())
    words = json.loads(told.read_text())
    return words[words.index("flake") + 1]


def nix(*words):
    done = subprocess.run([words[0], *FEATURES, *words[1:]], env=GIT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (words, done.stderr)
    return done.stdout


def evaluated(url, attribute):
    return json.loads(nix(
        "nix-instantiate", "--eval", "--json", "--strict", "--argstr", "url", url,
        "--expr", f"{{ url }}: (builtins.getFlake url).{attribute}",
    ))


def parts(url):
    """A URL, whatever the order and the spelling of what is asked for."""
    place, _, query = url.partition("?")
    return place, sorted(urllib.parse.parse_qsl(query))


def as_on_the_command_line(top):
    for path, answer in {
        "repo": "edited", "linked": "edited", "repo/hosts/one": "one", "repo/hosts/one/modules": "one",
        "linked-one": "one", "plain": "plain", "repo?dir=hosts/one": "one", "repo?ref=stable": "top",
        "repo/hosts/one?ref=stable": "one",
    }.items():
        reference = f"{top}/{path}"
        url = url_for(top, reference)
        # Not every Nix follows a link at the end.
        followed = os.path.realpath(f"{top}/{path.partition('?')[0]}") + "".join(path.partition("?")[1:])
        there = json.loads(nix("nix", "flake", "metadata", "--json", followed))["originalUrl"]
        assert parts(url) == parts(there), (reference, url, there)
        assert evaluated(url, "answer") == answer, (reference, url)
        print(f"{path}: {url.replace(str(top), '')}")


def nothing_ignored(top):
    for path in ("repo", "linked-one"):
        source = evaluated(url_for(top, f"{top}/{path}"), "source")
        held = subprocess.run(["grep", "--recursive", "--files-with-matches", SECRET, source], capture_output=True, text=True, check=False)
        assert held.stdout == "", held.stdout
    # So what git does not track is no change of the configuration, either.
    before = evaluated(url_for(top, f"{top}/repo"), "source")
    (top / "repo" / "key.secret").write_text("another")
    (top / "repo" / "more").write_text("")
    assert evaluated(url_for(top, f"{top}/repo"), "source") == before


def main():
    for name in ("git", "nix", "nix-instantiate"):
        if not shutil.which(name):
            skip(f"{name} is not in PATH")
    return run_each(as_on_the_command_line, nothing_ignored, place=make)


if __name__ == "__main__":
    sys.exit(main())
