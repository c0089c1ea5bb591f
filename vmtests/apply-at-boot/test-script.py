# Where it is asked for, a boot and a switch apply the overrides again: in the background, as far as they can be applied.
import json


def wait_for_reapply(result):
    """The service has run since the boot or the switch, and ended so."""
    machine.wait_until_succeeds("systemctl show -P ExecMainExitTimestampMonotonic dynix-reapply | grep -v '^0$'", timeout=PATIENCE)
    wait_until_ended("dynix-reapply.service")
    t.assertEqual(machine.get_unit_property("dynix-reapply.service", "Result"), result)


def reboot():
    machine.reboot()
    machine.wait_for_unit("multi-user.target")


def status():
    record = json.loads(machine.execute("dynix status --json 2>/dev/null")[1])
    return {one["option"].removeprefix("services.worker."): (one["standing"], one["reason"]) for one in record["overrides"]}


def log_of_reapply():
    return machine.succeed("journalctl --sync; journalctl --boot -u dynix-reapply.service -o cat")


start_all()
machine.wait_for_unit("worker.service")
machine.succeed("systemctl enable dynix-reapply.service")
machine.succeed("dynix append services.worker.jobs 4", "dynix append services.worker.note loud", "dynix apply")

with subtest("a boot applies the overrides, though nobody has since"):
    reboot()
    wait_for_reapply("success")
    machine.succeed("dynix status")
    t.assertEqual(worker_arguments(), "--jobs 4 --level warning")
    t.assertEqual(variable_of("worker.service", "NOTE"), "loud")

with subtest("the boot was over before it began"):
    reached = int(machine.get_unit_property("multi-user.target", "ActiveEnterTimestampMonotonic"))
    begun = int(machine.get_unit_property("dynix-reapply.service", "ExecMainStartTimestampMonotonic"))
    t.assertLess(reached, begun)
    t.assertNotIn("dynix-reapply", machine.succeed("systemctl show -P After multi-user.target sysinit.target"))
    t.assertNotIn("ordering cycle", machine.succeed("journalctl --sync; journalctl --boot -o cat"))

with subtest("what is applied is not applied again"):
    before = invocation("worker.service")
    t.assertIn("nothing to do", machine.succeed("dynix reapply"))
    t.assertEqual(invocation("worker.service"), before)

with subtest("a switch applies them over the new static configuration, and does not wait"):
    machine.succeed("sed -i 's/^    level = .*/    level = \"info\";/' /etc/nixos/system.nix")
    machine.succeed("nixos-rebuild switch")
    machine.wait_until_succeeds("dynix status", timeout=PATIENCE)
    t.assertEqual(worker_arguments(), "--jobs 4 --level info")

with subtest("a boot is not what applies an entry for the first time"):
    machine.succeed("dynix append services.worker.jobs 7")
    reboot()
    wait_for_reapply("success")
    t.assertEqual(worker_arguments(), "--jobs 4 --level info")
    t.assertEqual(variable_of("worker.service", "NOTE"), "loud")
    machine.succeed("dynix undo --last", "dynix apply")

with subtest("what fails is left out and named, and the others are applied"):
    machine.succeed("dynix append services.worker.level broken", "dynix append services.worker.quota 5")
    # Applied and kept, before something else made them fail.
    machine.succeed("cp /usr/local/bin/worker /root/worker", "sed -i 's/broken)/never)/' /usr/local/bin/worker")
    machine.succeed("dynix apply --allow-leak", "mv /root/worker /usr/local/bin/worker")
    reboot()
    wait_for_reapply("exit-code")
    t.assertEqual(worker_arguments(), "--jobs 4 --level info")
    t.assertEqual(variable_of("worker.service", "NOTE"), "loud")
    now = status()
    t.assertEqual([now[name][0] for name in ["jobs", "note"]], ["live", "live"])
    for name, entry, why in [("level", 5, "worker.service"), ("quota", 6, "reach")]:
        t.assertEqual(now[name][0], "pending")
        t.assertIn("left out when it was to be applied again", now[name][1])
        t.assertIn(why, now[name][1])
        t.assertRegex(log_of_reapply(), f"entry {entry} is left out: .*{why}")
    t.assertIn("dynix-reapply.service", machine.succeed("systemctl list-units --failed --plain --no-legend"))

with subtest("what root alone may read is no problem of others"):
    said = machine.execute("setpriv --reuid=daemon --clear-groups dynix status --json")[1]
    t.assertNotIn("left-out.json", "".join(json.loads(said)["problems"]))

with subtest("by hand it says the same"):
    status_code, said = machine.execute("dynix reapply --json 2>/dev/null")
    record = json.loads(said)
    t.assertEqual((status_code, record["exitCode"]), (1, 1))
    t.assertEqual([one["entry"] for one in record["leftOut"]], [5, 6])
    t.assertEqual(record["applied"], [1, 2])

with subtest("a lock that is held is no entry's fault"):
    hold("/run/dynix/lock")
    said = machine.fail("dynix reapply --wait-for-lock 1 2>&1")
    t.assertIn("not all is applied again: ", said)
    t.assertNotIn("is left out", said)
    machine.succeed("systemctl stop holder")

with subtest("applied later, it is left out no more"):
    machine.succeed("dynix apply --allow-leak 6")
    t.assertEqual([one["entry"] for one in json.loads(machine.succeed("cat /run/dynix/left-out.json"))["entries"]], [5])

with subtest("undone, it is left out no more"):
    machine.succeed("dynix undo 5", "dynix undo 6", "dynix reapply")
    machine.succeed("dynix status", "! test -e /run/dynix/left-out.json")

with subtest("what a person has written in the place of a kept entry is not applied by a boot"):
    machine.succeed("sed -i 's/(-2) \"loud\"/(-2) \"louder\"/' /etc/nixos/dynamic.nix")
    reboot()
    wait_for_reapply("success")
    t.assertEqual(worker_arguments(), "--jobs 4 --level info")
    t.assertEqual(variable_of("worker.service", "NOTE"), "static")
    t.assertEqual(status()["note"][0], "pending")

with subtest("an apply of another file changes nothing of what is kept"):
    machine.succeed("cp /etc/nixos/dynamic.nix /root/other.nix", "sed -i 's/(-1) 4/(-1) 5/' /root/other.nix")
    machine.succeed("dynix apply --file /root/other.nix")
    reboot()
    wait_for_reapply("success")
    t.assertEqual(worker_arguments(), "--jobs 4 --level info")

with subtest("a dynamic file that cannot be read costs no boot"):
    machine.succeed("echo '}' >> /etc/nixos/dynamic.nix")
    reboot()
    wait_for_reapply("exit-code")
    t.assertEqual(worker_arguments(), "--jobs 12 --level info")
    t.assertIn("dynamic.nix", log_of_reapply())
