#!/usr/bin/env python3
"""Slices: what they lack ends the evaluation, and what they give is what the whole configuration gives.

The cases of slices.nix; then, for the machine of fourteen-services/, a slice is worked out for some services as
`dynix certify` does it, and the plan by the slice is compared with the plan of the whole configuration, for several
values of each option. With names of services, for those; with --all, for every one.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from certificate_values import VALUES, dynamic_file, nix
from run import FOLDER, SKIPPED

CASES = str(FOLDER / "slices.nix")
ASK = str(FOLDER / "fourteen-services" / "ask.nix")
FEW = ["memcached"]
ENDED = re.compile(r"error: (?:evaluation aborted with the following error message: ')?dynix-(?:slice|canary):? (.*?)'?$", re.M)
SAID = "trace: dynix-slice "


def cases() -> int:
    failed = 0
    listed = json.loads(nix(CASES, "--argstr", "name", "").stdout)
    for name, gives in listed.items():
        done = nix(CASES, "--argstr", "name", name)
        ended = ENDED.search(done.stderr)
        found = {"has": json.loads(done.stdout)} if done.returncode == 0 else {"ends": ended[1] if ended else done.stderr}
        good = found == gives
        failed += not good
        print(f"{'ok  ' if good else 'FAIL'} {name}", flush=True)
        if not good:
            print(f"     wanted {gives}\n     found  {found}")
    return failed


class Asked:
    """Questions about the slices of that machine."""

    def __init__(self, folder: str, options: list[str]):
        self.file = Path(folder) / "question.json"
        self.options = options

    def ask(self, about: str, question: dict, **more: str) -> subprocess.CompletedProcess:
        self.file.write_text(json.dumps(question))
        words = [word for name, text in more.items() for word in ("--argstr", name, text)]
        return nix(ASK, "--argstr", "about", about, "--argstr", "sliceFile", str(self.file), *words)

    def is_plain(self, service: str) -> bool:
        return self.ask("plain", {"service": service, "options": self.options}).stdout == "true"

    def slice_of(self, service: str) -> dict:
        question = {"service": service, "options": self.options, "opened": [], "givenUp": [], "found": []}
        question["live"] = json.loads(self.ask("begin", question).stdout)
        while True:
            done = self.ask("grow", question)
            said = [json.loads(line.removeprefix(SAID)) for line in done.stderr.splitlines() if line.startswith(SAID)]
            live = [name for line in said if line[0] == "live" for name in line[2] if name not in question["live"]]
            opened = [line[1] for line in said if line[0] == "open" and line[1] not in question["opened"]]
            tried = [line[1] for line in said if line[0] == "trying"]
            if done.returncode != 0:
                assert tried and tried[-1] not in question["givenUp"], done.stderr[-2000:]
                question["givenUp"].append(tried[-1])
            question["live"] += dict.fromkeys(live)
            question["opened"] += [path for number, path in enumerate(opened) if path not in opened[:number]]
            if done.returncode == 0 and not live and not opened:
                break
        question["found"] = [line for line in said if line[0] not in ("live", "open", "trying")]
        done = self.ask("prove", question)
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout)


def main() -> int:
    if not os.environ.get("DYNIX_NIXPKGS") or not os.environ.get("DYNIX_NIXPKGS_LIB"):
        print("SKIP: DYNIX_NIXPKGS and DYNIX_NIXPKGS_LIB name no nixpkgs and no newer lib")
        return SKIPPED
    failed = cases()
    by_service = json.loads(nix(str(VALUES)).stdout)
    names = list(by_service) if "--all" in sys.argv else sys.argv[1:] or FEW
    proved = [option for name in names for option in by_service[name]["values"]]
    with tempfile.TemporaryDirectory() as folder:
        asked = Asked(folder, proved)
        told = {it["name"]: it for it in json.loads(asked.ask("services", {}).stdout)["services"]}
        units = Path(folder) / "running" / "etc" / "systemd" / "system"
        units.mkdir(parents=True)
        for name in names:
            try:
                one = told[name] | {"independent": True, "isPlain": asked.is_plain(name), "slice": asked.slice_of(name)}
            except AssertionError as why:
                failed += 1
                print(f"FAIL {name}: {why}", flush=True)
                continue
            size = len(json.dumps(one["slice"]))
            print(f"{name}: {len(one['slice']['live'])} modules of NixOS, {size} bytes", flush=True)
            for number in range(3):
                file = dynamic_file(folder, list(by_service[name]["values"]), number)
                done = asked.ask("plan", {}, dynamicFile=file)
                assert done.returncode == 0, done.stderr
                wanted = json.loads(json.loads(done.stdout))
                for unit in (unit for service in wanted["services"] for unit in service["units"]):
                    (units / unit["name"]).write_text(unit["static"])
                done = asked.ask("sliced", {"proved": proved, "services": [one]}, dynamicFile=file, running=str(units.parents[2]))
                if done.returncode != 0:
                    # Where assertions fail or warnings come, it has to be the whole.
                    why = re.findall(r"dynix-slice[^'\n]*", done.stderr)
                    good = bool(why)
                    print(f"{'ok  ' if good else 'FAIL'} {name}, values {number}: whole, {why[-1:] or done.stderr}", flush=True)
                else:
                    found = json.loads(json.loads(done.stdout))
                    ours = [it for it in wanted["services"] if it["name"] == name]
                    good = found["services"] == ours and found["overrides"] == wanted["overrides"] and found["problems"] == wanted["problems"]
                    print(f"{'ok  ' if good else 'FAIL'} {name}, values {number}: by slice", flush=True)
                failed += not good
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
