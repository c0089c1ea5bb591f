# Two people's entries: an apply of some leaves the others pending, and an apply of all says whose come along.
import json


def by(user, command, code=0):
    """What a command of a user prints on both streams, and its exit code as expected."""
    status, said = machine.execute(f"SUDO_USER={user} {command} 2>&1")
    t.assertEqual(status, code, said)
    return said


def states():
    record = json.loads(machine.execute("dynix status --json 2>/dev/null")[1])
    return {one["option"].removeprefix("services.worker."): (one["value"], one["standing"]) for one in record["overrides"]}


def recorded():
    return json.loads(machine.succeed("cat /run/dynix/state.json"))


def numbers(record):
    return [one["entry"] for one in record]


start_all()
machine.wait_for_unit("worker.service")

with subtest("what comes along with one's own last entry is said before it is applied"):
    by("alice", "dynix append services.worker.jobs 4")
    by("bob", "dynix append services.worker.level error")
    said = by("bob", "dynix apply --dry-run")
    t.assertRegex(said, r"note: to be applied: entry 1 by alice, \S+Z: services.worker.jobs = 4\n")
    t.assertNotIn("entry 2", said)
    t.assertNotIn("stays pending", said)
    for command in ["apply --dry-run", "check", "diff"]:
        record = json.loads(by("bob", f"sh -c 'dynix {command} --json 2>/dev/null'"))
        t.assertEqual(numbers(record["alongside"]), [1])
        t.assertEqual(record["pending"], [])

with subtest("a chosen entry is applied, and the other one is pending"):
    said = by("bob", "dynix diff 2")
    t.assertIn('services.worker.level: "warning" -> "error"', said)
    t.assertNotIn("services.worker.jobs:", said)
    t.assertRegex(said, r"note: stays pending: entry 1 by alice, \S+Z: services.worker.jobs = 4\n")
    t.assertIn("stays pending: entry 1", by("bob", "dynix check 2"))
    record = json.loads(by("bob", "sh -c 'dynix apply 2 --json 2>/dev/null'"))
    t.assertEqual((record["alongside"], numbers(record["pending"])), ([], [1]))
    t.assertEqual(worker_arguments(), "--jobs 12 --level error")
    t.assertEqual(states(), {"jobs": ("4", "pending"), "level": ('"error"', "live")})
    machine.fail("dynix status")
    t.assertIn("pending", by("bob", "dynix why services.worker.jobs"))
    state = recorded()
    t.assertEqual([one["entry"] for one in state["overrides"]], [2])
    t.assertNotIn("jobs", state["configuration"])
    t.assertEqual(state["dynamicFile"], "/etc/nixos/dynamic.nix")
    machine.succeed("! ls /run/dynix/chosen-* 2>/dev/null")

with subtest("the next one joins what is applied, by its path"):
    by("alice", "dynix apply services.worker.jobs")
    t.assertEqual(worker_arguments(), "--jobs 4 --level error")
    machine.succeed("dynix status")
    t.assertEqual(recorded()["configuration"], machine.succeed("cat /etc/nixos/dynamic.nix"))

with subtest("an undo of somebody is pending too, and is chosen by its number"):
    by("alice", "dynix undo 1")
    by("bob", "dynix append services.worker.note loud")
    said = by("bob", "dynix apply 4")
    t.assertRegex(said, r"note: stays pending: entry 3 by alice, \S+Z: services.worker.jobs taken out\n")
    t.assertEqual(worker_arguments(), "--jobs 4 --level error")
    t.assertEqual(states(), {"jobs": ("4", "pending"), "level": ('"error"', "live"), "note": ('"loud"', "live")})
    by("alice", "dynix apply 3")
    t.assertEqual(worker_arguments(), "--jobs 12 --level error")
    machine.succeed("dynix status")

with subtest("an entry that a later one overrides, and one that is edited by hand"):
    by("alice", "dynix append services.worker.jobs 5")
    by("bob", "dynix append services.worker.jobs 6")
    said = by("alice", "dynix apply 5")
    t.assertIn("entry 5 sets 'services.worker.jobs' until entry 6 is applied, which overrides it", said)
    t.assertEqual(worker_arguments(), "--jobs 5 --level error")
    t.assertEqual(states()["jobs"], ("6", "pending"))
    machine.succeed("sed -i 's/(-2) \"error\"/(-2) \"info\"/' /etc/nixos/dynamic.nix")
    by("bob", "dynix apply 6")
    t.assertEqual(worker_arguments(), "--jobs 6 --level error")
    t.assertEqual(states()["level"], ('"info"', "pending"))
    by("bob", "dynix apply 2")
    t.assertEqual(worker_arguments(), "--jobs 6 --level info")
    machine.succeed("dynix status")

with subtest("a number and a path that nobody gave, and a part of an entry, are refused"):
    before = machine.succeed("cat /run/dynix/state.json")
    for what, word in [("99", "no entry 99"), ("services.worker.quota", "no override at"), ("a..b", "error")]:
        for command in ["apply", "check", "diff"]:
            t.assertIn(word, by("bob", f"dynix {command} {what}", code=1))
    t.assertEqual(machine.succeed("cat /run/dynix/state.json"), before)

with subtest("a failed apply of a chosen entry puts back what was chosen before"):
    by("alice", "dynix append services.worker.note quiet")
    by("bob", "dynix append services.worker.level broken")
    before = recorded()
    by("bob", "dynix apply 8", code=3)
    t.assertEqual(worker_arguments(), "--jobs 6 --level info")
    for member in ["configuration", "overrides"]:
        t.assertEqual(recorded()[member], before[member])
    by("bob", "dynix undo --last")

with subtest("of a file that others may not read, the record has what was chosen"):
    by("bob", "dynix append services.worker.level debug")
    machine.succeed("chmod 600 /etc/nixos/dynamic.nix")
    by("alice", "dynix apply 7")
    t.assertEqual(worker_arguments(), "--jobs 6 --level info")
    state = recorded()
    t.assertEqual([one["entry"] for one in state["overrides"]], [6, 2, 7])
    t.assertEqual(machine.succeed("stat -c %a /run/dynix/state.json").strip(), "600")
    plan = json.loads(machine.succeed("cat /run/dynix/applied/plan.json"))
    t.assertEqual(plan["configuration"], "")
    t.assertTrue(plan["chosenFile"].startswith("/run/dynix/chosen-"), plan["chosenFile"])
    t.assertEqual(states()["level"], ('"debug"', "pending"))
    machine.succeed("! ls /run/dynix/chosen-* 2>/dev/null", "chmod 644 /etc/nixos/dynamic.nix", "dynix apply")
    t.assertEqual(worker_arguments(), "--jobs 6 --level debug")

with subtest("who is not root chooses too, and leaves nothing behind where Nix does not build for that user"):
    by("alice", "dynix append services.worker.note louder")
    by("bob", "dynix append services.worker.jobs 9")
    said = machine.fail("setpriv --reuid=65534 --clear-groups dynix diff 11 2>&1")
    t.assertIn("stays pending: entry 12 by bob", said)
    t.assertIn("Nix cannot build", said)
    machine.succeed("! ls -d /tmp/dynix-* 2>/dev/null")

with subtest("who chose before somebody else applied something is refused, and takes nothing back"):
    hold("/run/dynix/lock")
    for user, entry in [("alice", 11), ("bob", 12)]:
        command = f"dynix apply {entry} --wait-for-lock 600 > /tmp/{user} 2>&1"
        machine.succeed(f"systemd-run --unit={user} sh -c '{command}'")
        machine.wait_until_succeeds(f"grep 'waiting for .*sleep' /tmp/{user}", timeout=PATIENCE)
    machine.succeed("systemctl stop holder")
    for user in ["alice", "bob"]:
        wait_until_ended(f"{user}.service")
    said = machine.succeed("cat /tmp/alice /tmp/bob")
    t.assertEqual(said.count("something else has been applied, or taken back, since the entries were chosen"), 1)
    t.assertEqual(len({11, 12} & {one["entry"] for one in recorded()["overrides"]}), 1)
    machine.succeed("dynix apply", "dynix status")

with subtest("after a reset a choice begins with nothing"):
    machine.succeed("dynix reset")
    by("bob", "dynix apply services.worker.level")
    t.assertEqual(worker_arguments(), "--jobs 12 --level debug")
    machine.succeed("dynix reset")

with subtest("what is appended between the list and the look of Nix is not applied"):
    by("alice", "dynix append services.worker.jobs 3")
    machine.succeed(
        "printf '#!/bin/sh\\nSUDO_USER=bob dynix append services.worker.note sneaked >&2; exec /usr/bin/nix-build \"$@\"\\n' > /usr/local/bin/nix-build",
        "chmod +x /usr/local/bin/nix-build",
    )
    before = machine.succeed("cat /run/dynix/state.json 2>/dev/null || true")
    said = by("alice", "dynix apply", code=1)
    t.assertIn("'/etc/nixos/dynamic.nix' was changed while Nix read it", said)
    t.assertEqual(machine.succeed("cat /run/dynix/state.json 2>/dev/null || true"), before)
    machine.succeed("rm /usr/local/bin/nix-build")
    t.assertRegex(by("alice", "dynix apply"), r"note: to be applied: entry \d+ by bob, \S+Z: services.worker.note = \"sneaked\"")
    machine.succeed("dynix reset")

with subtest("who waits for the lock is told for whom, and gives up when the time is over"):
    hold("/run/dynix/lock")
    for command in ["apply", "reset"]:
        t.assertRegex(by("bob", f"dynix {command} --wait-for-lock 0", code=1), "held by process .*sleep")
        t.assertRegex(by("bob", f"dynix {command} --wait-for-lock 1", code=1), "is running: process .*sleep.* holds")
