"""The shared store of recorded plans, `vmtests/recorded`: whatever several scenarios have is kept once.

    answers/SCENARIO.json   which nixpkgs, and the store path built for each question
    registration            what Nix's database knows of the paths (`nix-store --dump-db`), sorted by path
    store/                  the closures of all answers, under their names in /nix/store
    options.json            what all recorded /etc/dynix/options.json agree on; in store/ is what each has besides

A *recording* is one scenario's part of it, as a folder of its own: answers.json, registration and store/.
"""

import json
import shutil
import tempfile
from pathlib import Path

STORE = "/nix/store/"
SCHEMA = "*-dynix-options.json"


class NotRecordable(Exception):
    """What was built cannot be kept as reviewable text."""


class RecordedStore:
    def __init__(self, folder: Path):
        self._folder = folder

    def has(self, scenario: str) -> bool:
        return self._answers(scenario).is_file()

    def nixpkgs_of(self, scenario: str) -> str:
        return json.loads(self._answers(scenario).read_text())["nixpkgs"]

    def unpack(self, scenario: str, recording: Path) -> None:
        """Makes the scenario's recording as a folder that does not exist yet."""
        answers = json.loads(self._answers(scenario).read_text())
        known = entries_of((self._folder / "registration").read_text())
        names = closure(tops_of(answers), known)
        (recording / "store").mkdir(parents=True)
        for name in names:
            copy(self._folder / "store" / name, recording / "store" / name)
        shared = json.loads((self._folder / "options.json").read_text())
        for path in (recording / "store").glob(SCHEMA):
            path.write_text(compact(merged(shared, json.loads(path.read_text()))))
        (recording / "registration").write_text("".join(known[name] for name in names))
        shutil.copy(self._answers(scenario), recording / "answers.json")

    def pack(self, scenario: str, recording: Path) -> None:
        """Puts a recording in the place of the scenario's earlier one; what no scenario needs any more goes."""
        with tempfile.TemporaryDirectory() as temporary:
            recordings = {scenario: recording}
            for answers in sorted(self._folder.glob("answers/*.json")):
                if answers.stem != scenario:
                    recordings[answers.stem] = Path(temporary) / answers.stem
                    self.unpack(answers.stem, recordings[answers.stem])
            made = Path(temporary) / "made"
            put_together(recordings, made)
            shutil.rmtree(self._folder, ignore_errors=True)
            shutil.copytree(made, self._folder, symlinks=True)

    def _answers(self, scenario: str) -> Path:
        return self._folder / "answers" / f"{scenario}.json"


def put_together(recordings: dict[str, Path], made: Path) -> None:
    """Makes a shared store of recordings; of what two have, the first one's."""
    (made / "store").mkdir(parents=True)
    (made / "answers").mkdir()
    known: dict[str, str] = {}
    for scenario, recording in recordings.items():
        for path in (recording / "store").iterdir():
            if not (made / "store" / path.name).exists():
                copy(path, made / "store" / path.name)
        known = entries_of((recording / "registration").read_text()) | known
        shutil.copy(recording / "answers.json", made / "answers" / f"{scenario}.json")
    (made / "registration").write_text("".join(known[name] for name in sorted(known)))
    take_shared_out(sorted((made / "store").glob(SCHEMA)), made / "options.json")


def take_shared_out(schemas: list[Path], place: Path) -> None:
    """Writes what these JSON files agree on to `place`, and leaves the rest in each."""
    texts = [path.read_text() for path in schemas]
    for path, text in zip(schemas, texts):
        if compact(json.loads(text)) != text:
            raise NotRecordable(f"'{path.name}' is not JSON as Nix writes it")
    values = [json.loads(text) for text in texts]
    shared = values[0] if values else {}
    for value in values[1:]:
        shared = agreed(shared, value)
    place.write_text(compact(shared) + "\n")
    for path, value in zip(schemas, values):
        path.write_text(json.dumps(without(value, shared), indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def agreed(a: dict, b: dict) -> dict:
    """The places of two attribute sets that have the same value, at any depth."""
    found = {}
    for name in a.keys() & b.keys():
        if isinstance(a[name], dict) and isinstance(b[name], dict):
            found[name] = agreed(a[name], b[name])
        elif a[name] == b[name]:
            found[name] = a[name]
    return found


def without(whole: dict, shared: dict) -> dict:
    """What `merged` needs besides `shared` to make `whole` again."""
    rest = {}
    for name, value in whole.items():
        if name not in shared:
            rest[name] = value
        elif isinstance(value, dict) and value != shared[name]:
            rest[name] = without(value, shared[name])
    return rest


def merged(shared: dict, rest: dict) -> dict:
    both = {name: merged(shared[name], rest[name]) for name in shared.keys() & rest.keys()}
    return {**shared, **rest, **both}


def compact(value: object) -> str:
    """As builtins.toJSON writes it."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)


def copy(source: Path, target: Path) -> None:
    if source.is_dir() and not source.is_symlink():
        shutil.copytree(source, target, symlinks=True)
    else:
        shutil.copy(source, target, follow_symlinks=False)


def entries_of(registration: str) -> dict[str, str]:
    """The entries of a database dump by the name of their path: path, hash, size, deriver, count, references."""
    lines = registration.splitlines(keepends=True)
    found = {}
    while lines:
        size = 5 + int(lines[4])
        found[name_of(lines[0].strip())] = "".join(lines[:size])
        lines = lines[size:]
    return found


def closure(names: list[str], known: dict[str, str]) -> list[str]:
    """These paths and all that they refer to, sorted."""
    found: set[str] = set()
    while names:
        name = names.pop()
        if name not in found:
            found.add(name)
            names += [name_of(path) for path in known[name].splitlines()[5:]]
    return sorted(found)


def tops_of(answers: dict) -> list[str]:
    return [name_of(path) for path in [answers["static"], *(plan["path"] for plan in answers["dynamic"])]]


def name_of(path: str) -> str:
    return path.removeprefix(STORE)
