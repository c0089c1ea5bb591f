#!/usr/bin/env python3
"""Slices: what they lack ends the evaluation, and what they give is what the whole configuration gives.

The cases of slices.nix; then, for the machine of fourteen-services/, slices are worked out as `dynix certify` does it,
and plans by the slices are compared with those of the whole configuration, texts and all that they refer to, for three
values of each option. For a few services, or those that are named; with --all, for every option that is proved, which
takes a quarter of an hour: it says of every option what it reaches, and which ones no slice gives a plan of.
"""

import functools
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from certificate_values import REACHES, VALUES, dynamic_file, nix, proved_options
from run import FOLDER, SKIPPED

CASES = str(FOLDER / "slices.nix")
ASK = str(FOLDER / "fourteen-services" / "ask.nix")
# One of them with a function of a set of packages, and one with an assertion.
FEW = ["nginx", "redis"]
# What an assertion of NixOS refuses, by service.
REFUSED = {"redis": {"services.redis.requirePass": '"it"', "services.redis.requirePassFile": '"/run/it"'}}
NUMBERS = range(3)
# What it calls of nixpkgs is kept: nothing of nixpkgs is evaluated for it.
CALLED = {
    "distccd": ["writeShellScript"],
    "memcached": [],
    "nginx": ["writeTextFile", "writers.writeNginxConfig"],
    "postgresql": ["writeText", "writeTextFile"],
    "redis": ["writeText", "writeTextFile"],
}
PACKAGES = "/pkgs/top-level/all-packages.nix'"
# With --all, at least so many options of so many services have plans by slices.
WANTED = (40, 12)
ENDED = re.compile(r"error: (?:evaluation aborted with the following error message: ')?dynix-(?:slice|canary):? (.*?)'?$", re.M)
SAID = "trace: dynix-slice "
WRITING = ["prove", "plan", "plans", "sliced"]


def cases() -> int:
    failed = 0
    listed = json.loads(nix(CASES, "--argstr", "name", "").stdout)
    together = nix(CASES, "--argstr", "name", "together")
    # Where one of them ends it after all, each is evaluated alone.
    known = json.loads(together.stdout) if together.returncode == 0 else {}
    for name, gives in listed.items():
        found, said = ({"has": known[name]}, "") if name in known else alone(name)
        good = found == gives
        failed += not good
        print(f"{'ok  ' if good else 'FAIL'} {name}", flush=True)
        if not good:
            print(f"     wanted {gives}\n     found  {found}\n{said[-500:]}")
    return failed


def alone(name: str) -> tuple[dict, str]:
    done = nix(CASES, "--argstr", "name", name)
    if done.returncode == 0:
        return {"has": json.loads(done.stdout)}, ""
    ended = ENDED.search(done.stderr)
    return {"ends": ended[1]} if ended else {"fails": True}, done.stderr


class Refused(Exception):
    """No slice is to be trusted for it, so that the whole configuration is evaluated; says why."""


def answered(done: subprocess.CompletedProcess):
    if done.returncode == 0:
        return json.loads(done.stdout)
    ended = ENDED.findall(done.stderr)
    raise Refused(ended[-1] if ended else done.stderr[-500:])


class Asked:
    """Questions about the slices of that machine."""

    def __init__(self, folder: str, proved: list[str]):
        self.folder = folder
        self.file = Path(folder) / "question.json"
        self.proved = proved
        self.units = Path(folder) / "running" / "etc" / "systemd" / "system"
        self.units.mkdir(parents=True)
        # As `dynix certify` does: what one slice has opened is opened for the next from the start.
        self.opened: list[list[str]] = []
        self.questions: dict[str, dict] = {}
        self.whole_plans: dict[tuple, list[tuple[dict, dict]]] = {}
        told = answered(self.ask("services", {}))
        self.services = {it["name"]: it for it in told["services"]}
        self.packages = told["packages"]

    def ask(self, about: str, question: dict, *flags: str, **more: str) -> subprocess.CompletedProcess:
        self.file.write_text(json.dumps(question))
        words = [word for name, text in more.items() for word in ("--argstr", name, text)]
        # What is made of a kept package needs its derivation in the store, as it is on a machine that built its system.
        store = ["--store", f"local?root={self.folder}/store", "--read-write-mode"] if about in WRITING else []
        return nix(ASK, "--argstr", "about", about, "--argstr", "sliceFile", str(self.file), *words, *store, *flags)

    @functools.cache
    def untouched(self, service: str) -> dict:
        ours = self.services[service]["targets"]
        others = [option for option in self.proved if option not in ours]
        return answered(self.ask("untouched", {"service": service, "options": others}))

    def alone(self, service: str) -> dict:
        """The slice for overrides of its own options alone."""
        own = [option for option in self.proved if option in self.services[service]["targets"]]
        question = {"service": service, "options": own, "opened": self.opened, "givenUp": [], "found": []}
        question["live"] = answered(self.ask("begin", question))
        return self.grown(question)

    def beside(self, service: str) -> dict:
        """The slice for overrides of other services' options besides; `alone` has been asked before."""
        return self.grown(self.questions[service] | {"options": self.proved})

    def grown(self, question: dict) -> dict:
        """The slice, beginning with what the question has; it is kept with what was found, for the next one."""
        question = question.copy()
        while True:
            done = self.ask("grow", question)
            said = [json.loads(line.removeprefix(SAID)) for line in done.stderr.splitlines() if line.startswith(SAID)]
            live = [name for line in said if line[0] == "live" for name in line[2] if name not in question["live"]]
            opened = [line[1] for line in said if line[0] == "open" and line[1] not in question["opened"]]
            tried = [line[1] for line in said if line[0] == "trying"]
            if done.returncode != 0:
                if not tried or tried[-1] in question["givenUp"]:
                    answered(done)
                question["givenUp"] = question["givenUp"] + [tried[-1]]
            question["live"] = question["live"] + list(dict.fromkeys(live))
            question["opened"] = question["opened"] + [path for number, path in enumerate(opened) if path not in opened[:number]]
            if done.returncode == 0 and not live and not opened:
                break
        question["found"] = [line for line in said if line[0] not in ("live", "open", "trying")]
        self.questions[question["service"]] = question
        self.opened = question["opened"]
        return answered(self.ask("prove", question))

    def dynamic_file(self, options: list[str] | None, number: int) -> str:
        """With values of these options; None for one that is not there."""
        return str(Path(self.folder) / "none.nix") if options is None else dynamic_file(self.folder, options, number)

    def whole(self, services: list[dict], options: list[str] | None, number: int, numbers: Sequence[int]) -> tuple[dict, dict]:
        """What the whole configuration gives; for all of the numbers it is evaluated at once."""
        names = [it["name"] for it in services]
        key = (*names, options is None, *(options or []), *numbers)
        if key not in self.whole_plans:
            files = [self.dynamic_file(options, it) for it in numbers]
            # As it is for a certificate: nothing else is compared.
            certificate = json.dumps({"proved": self.proved, "unchecked": self.proved, "warnings": [], "assertions": 0})
            asked = {"dynamicFiles": json.dumps(files), "certificate": certificate, "only": json.dumps(names)}
            done = self.ask("plans", {}, **asked)
            assert done.returncode == 0, done.stderr
            self.whole_plans[key] = [parts_of(it) for it in json.loads(done.stdout)]
        return self.whole_plans[key][numbers.index(number)]

    def compare(self, services: list[dict], options: list[str] | None, number: int, numbers: Sequence[int] = NUMBERS) -> str | None:
        """Where the plan by slices differs from the whole one; of one service that has overrides, also in what it refers to."""
        wanted, wanted_context = self.whole(services, options, number, numbers)
        file = self.dynamic_file(options, number)
        for unit in (unit for service in wanted["services"] for unit in service["units"]):
            (self.units / unit["name"]).write_text(unit["static"])
        question = {"proved": self.proved, "packages": self.packages, "services": services}
        given = {"dynamicFile": file, "running": str(self.units.parents[2])}
        found, context = parts_of(answered(self.ask("sliced", question, **given)))
        if number == 0 and parts_of(answered(self.ask("sliced", question, areDerivationsKept="no", **given))) != (found, context):
            return "the packages that are kept are others than those that are evaluated"
        for member in ("services", "overrides", "problems", "proof"):
            if found[member] != wanted[member]:
                return f"{member}: {found[member]} instead of {wanted[member]}"
        # Of what has none, the units that run have their packages already.
        if len(services) == 1 and options and context != wanted_context:
            return f"it refers to {context} instead of {wanted_context}"
        return None

    def evaluates_packages(self, one: dict, options: list[str]) -> str | None:
        """Whether a plan by the slice needs nixpkgs; the units that run are those of the last comparison."""
        question = {"proved": self.proved, "packages": self.packages, "services": [one]}
        given = {"dynamicFile": dynamic_file(self.folder, options, 0), "running": str(self.units.parents[2])}
        # They have Nix name each file that it evaluates.
        said = {kept: self.ask("sliced", question, "-v", areDerivationsKept=kept, **given) for kept in ("yes", "no")}
        if any(done.returncode != 0 for done in said.values()) or PACKAGES not in said["no"].stderr:
            return said["no"].stderr[-500:]
        return f"it evaluates {PACKAGES}" if PACKAGES in said["yes"].stderr else None

    def gets_through(self, one: dict) -> str | None:
        """What gives a plan although an assertion does not hold: the whole configuration, or the slice."""
        file = Path(self.folder) / "refused.nix"
        overrides = (f"{{ {option} = lib.mkOverride (-1) {value}; }}" for option, value in REFUSED[one["name"]].items())
        file.write_text("{ lib, ... }: { config = lib.mkMerge [ " + " ".join(overrides) + " ]; }\n")
        whole = self.ask("plan", {}, dynamicFile=str(file))
        problems = parts_of(answered(whole))[0]["problems"]
        if not any(problem.startswith("failed assertion: ") for problem in problems):
            return f"the whole configuration has only these problems: {problems}"
        question = {"proved": self.proved, "packages": self.packages, "services": [one]}
        sliced = self.ask("sliced", question, dynamicFile=str(file), running=str(self.units.parents[2]))
        if sliced.returncode == 0 or "an assertion does not hold" not in sliced.stderr:
            return f"the slice does not refuse it: {sliced.stderr[-500:]}"
        return None


def parts_of(answer: dict) -> tuple[dict, dict]:
    return json.loads(answer["plan"]), answer["context"]


class Run:
    """What came of all services."""

    def __init__(self, asked: Asked):
        self.asked = asked
        self.equal: dict[str, list[str]] = {}
        self.refused: dict[str, str] = {}
        self.failed: list[str] = []

    def service(self, name: str, options: list[str]) -> dict | None:
        """Compares for every value of its options; gives the service with its slice, if there is one."""
        try:
            one = self.asked.services[name] | {"untouched": None, "alone": self.asked.alone(name), "slice": None}
        except Refused as why:
            self.refused |= dict.fromkeys(options, str(why))
            print(f"none {name}: {why}", flush=True)
            return None
        print(f"{name}: {len(one['alone']['live'])} modules of NixOS, {len(json.dumps(one['alone']))} bytes", flush=True)
        if name in CALLED:
            self.note(f"{name}, what it calls", None if list(one["alone"]["calls"]) == CALLED[name] else str(one["alone"]["calls"]))
        alone = {number for number in NUMBERS if not self.values(one, options, number)}
        # Which of them it is, where all at once have no slice.
        for option in options:
            if all(self.values(one, [option], number) for number in sorted(alone)):
                self.equal.setdefault(name, []).append(option)
                self.refused.pop(option, None)
        if name in CALLED and name in self.equal:
            self.note(f"{name}, without packages", self.asked.evaluates_packages(one, self.equal[name]))
        if name in REFUSED:
            self.note(f"{name}, what an assertion refuses", self.asked.gets_through(one))
        return one

    def values(self, one: dict, options: list[str], number: int) -> bool:
        """Whether there is a plan by the slice."""
        where = f"{one['name']}, {'all' if len(options) > 1 else options[0]}, values {number}"
        try:
            differs = self.asked.compare([one], options, number)
        except Refused as why:
            self.refused |= dict.fromkeys(options, str(why))
            print(f"none {where}: {why}", flush=True)
            return False
        self.note(where, differs)
        return True

    def note(self, where: str, differs: str | None) -> None:
        print(f"{'FAIL' if differs else 'ok  '} {where}", flush=True)
        if differs:
            self.failed.append(where)
            print(f"     {differs}", flush=True)

    def pairs(self, services: list[dict]) -> None:
        """Plans in which the one service has overrides and the other has none."""
        # One alone has none beside it.
        for one, other in zip(services, services[1:] + services[:1] if len(services) > 1 else []):
            where = f"{one['name']} beside {other['name']}"
            both = [one, other | {"untouched": self.asked.untouched(other["name"])}]
            both.sort(key=lambda it: it["name"])
            self.note(where, self.asked.compare(both, self.equal[one["name"]], 0, [0]))

    def nothing(self, services: list[dict]) -> None:
        """Plans in which none of them has overrides."""
        if not services:
            return
        untouched = [one | {"untouched": self.asked.untouched(one["name"])} for one in services]
        for what, options in {"a file without overrides": [], "no file": None}.items():
            self.note(what, self.asked.compare(untouched, options, 0, [0]))

    def together(self, services: list[dict]) -> None:
        """Plans in which each of them has overrides."""
        options = [option for one in services for option in self.equal[one["name"]]]
        where = " and ".join(one["name"] for one in services)
        try:
            all_of_them = [one | {"slice": self.asked.beside(one["name"])} for one in services]
            for number in NUMBERS:
                self.note(f"{where}, values {number}", self.asked.compare(all_of_them, options, number))
        except Refused as why:
            self.note(where, str(why))


def main() -> int:
    if not os.environ.get("DYNIX_NIXPKGS") or not os.environ.get("DYNIX_NIXPKGS_LIB"):
        print("SKIP: set DYNIX_NIXPKGS to the folder of a nixpkgs, and DYNIX_NIXPKGS_LIB to that or a newer one")
        return SKIPPED
    takes_all = "--all" in sys.argv
    failed = cases()
    by_service = json.loads(nix(str(VALUES)).stdout)
    names = list(by_service) if takes_all else sys.argv[1:] or FEW
    # Of the few services it is known which are proved.
    options = [option for name in names for option in by_service[name]["values"] if option not in REACHES]
    targets, proved, reaches = proved_options() if takes_all else (options, options, {})
    with tempfile.TemporaryDirectory() as folder:
        run = Run(Asked(folder, proved))
        found = [run.service(name, ours) for name in names if (ours := [it for it in by_service[name]["values"] if it in proved])]
        found = [one for one in found if one and one["name"] in run.equal]
        run.pairs(found)
        run.nothing(sorted(found, key=lambda it: it["name"]))
        run.together(sorted(found[:2], key=lambda it: it["name"]))
    equal = {option for ours in run.equal.values() for option in ours}
    for option in targets:
        reach = "proved for every value" if option in proved else f"reaches {', '.join(sorted(reaches[option]))}"
        by = "" if option not in proved else "; by slice" if option in equal else f"; refused: {run.refused.get(option, '')}"
        print(f"{option}: {reach}{by}")
    failed += len(run.failed)
    print(f"{len(equal)} options of {len(run.equal)} services by slice with three values each, as the whole configuration gives them")
    print(f"{len(proved) - len(equal)} refused, {len(targets) - len(proved)} not proved, {failed} failed")
    if takes_all and (len(equal) < WANTED[0] or len(run.equal) < WANTED[1]):
        print(f"FAIL these are fewer than {WANTED}")
        failed += 1
    if not takes_all and len(equal) != len(options):
        print("FAIL there is no slice of some of these")
        failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
