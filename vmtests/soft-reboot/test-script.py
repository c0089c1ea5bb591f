# A soft reboot keeps /run: overrides outlive it, and an activation in the middle of which it came goes on.
import json


def end_of_worker():
    rows = json.loads(machine.execute("dynix status --json")[1])["overrides"]
    return next(row["until"] for row in rows if row["option"] == "services.worker.jobs")


start_all()
machine.wait_for_unit("worker.service")
machine.succeed("dynix append services.worker.jobs 4", "dynix apply")
before = processes_of("worker.service")

with subtest("an applied override is live behind a soft reboot, and dynix says so"):
    soft_reboot("worker.service")
    assert processes_of("worker.service") != before, "the worker is the process of before"
    t.assertEqual(worker_arguments(), "--jobs 4 --level warning")
    machine.succeed("dynix status")

with subtest("an apply finds nothing to do"):
    before = machine.get_unit_property("worker.service", "InvocationID")
    machine.succeed("dynix apply")
    t.assertEqual(machine.get_unit_property("worker.service", "InvocationID"), before)

with subtest("an activation that a soft reboot ends is found, and the next apply goes on from there"):
    machine.succeed("dynix append services.worker.jobs 5")
    settle_for(60)
    machine.succeed("systemd-run --unit=applying dynix apply")
    wait_until_activating()
    soft_reboot("worker.service")
    machine.fail("dynix status")
    settle_for(1)
    machine.succeed("dynix apply", "dynix status")
    t.assertEqual(worker_arguments(), "--jobs 5 --level warning")

with subtest("what ends by itself is armed again, also where it was taken out of the file and is still applied"):
    machine.succeed("dynix undo --all", "dynix append services.worker.jobs 6 --for 2h --apply")
    ends = end_of_worker()
    machine.succeed("dynix undo --last")
    t.assertEqual(end_of_worker(), ends)
    soft_reboot("worker.service")
    # As dynix-due.service does, which the container machine has not.
    machine.succeed("dynix due")
    machine.succeed("systemctl list-units --plain --no-legend --state=active 'dynix-end-*.timer' | grep -F dynix-end-")
    machine.succeed("systemctl stop 'dynix-end-*.timer'")

with subtest("a reset returns to the static configuration, and it stays behind a soft reboot"):
    machine.succeed("dynix reset")
    t.assertEqual(worker_arguments(), "--jobs 12 --level warning")
    soft_reboot("worker.service")
    t.assertEqual(worker_arguments(), "--jobs 12 --level warning")
    machine.succeed(NO_DROP_INS)
