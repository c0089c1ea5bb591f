# `kill -9` of an apply that has to be confirmed, at every change of a file: the next status tells the truth, and what
# was armed takes it back.
import json

RECORD = "/var/lib/dynix/confirmation.json"
CALLS = "rename,renameat,renameat2,unlinkat"
BEFORE = "--jobs 5 --level warning"


def record():
    # Until a reboot the copy is the one that counts.
    return json.loads(machine.succeed(f"cat /run/dynix/confirmation.json 2>/dev/null || cat {RECORD}"))


def wait_until_taken_back():
    machine.wait_until_succeeds(f"grep -qE '\"phase\": ?\"taken-back\"' {RECORD}", timeout=PATIENCE)
    machine.wait_until_fails("systemctl list-units --all --plain --no-legend 'dynix-un*' | grep .", timeout=PATIENCE)


def pending_activation():
    """The command of an apply with --confirm 1s of an entry that was just appended."""
    machine.succeed("systemctl reset-failed", "dynix log | grep 'worker.jobs = 10' || dynix append services.worker.jobs 10", "dynix diff")
    script = machine.succeed("readlink -f /run/dynix/pending").strip() + "/bin/activate"
    return f"{script} --here --confirm 1s --by alice"


def is_under_way():
    return machine.execute("grep -q activating /run/dynix/state.json")[0] == 0


start_all()
machine.wait_for_unit("worker.service")
machine.succeed("dynix append services.worker.jobs 5", "dynix apply")

with subtest("which of these calls an apply makes, and what is armed takes it back"):
    calls = calls_of(pending_activation(), CALLS)
    assert len(calls) > 4, f"too few calls to mean anything: {calls}"
    wait_until_taken_back()

killed = 0
for name, number, _ in calls:
    before = record()["id"]
    # Not where it makes fewer of these calls than before, as nothing is left over.
    killed += kill_at(name, number, pending_activation())
    runs = worker_arguments()
    was_under_way = is_under_way()
    code, said = machine.execute("dynix status 2>&1")
    machine.log(f"killed at {name} {number}: {runs}\n{said}")
    waits = record()["id"] != before
    if waits:
        t.assertRegex(said, "taken back (in|now)|were taken back")
    else:
        t.assertEqual(runs, BEFORE)
    if was_under_way and is_under_way():
        t.assertNotEqual(code, 0)
    if waits:
        wait_until_taken_back()
    t.assertEqual(worker_arguments(), BEFORE)
assert killed > 8, "too few kills to mean anything"
