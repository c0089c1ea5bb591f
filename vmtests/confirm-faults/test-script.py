# What has to be confirmed, where its records cannot be written, are gone or are damaged: it is taken back all the same, once.
import json

LASTING = "/var/lib/dynix"
RECORD = f"{LASTING}/confirmation.json"
STATIC = "--jobs 12 --level warning"
KEPT = "--jobs 3 --level warning"


def runs(arguments):
    machine.wait_until_succeeds(f"tr '\\0' ' ' < /proc/$(systemctl show -P MainPID worker.service)/cmdline | grep -e '{arguments} $'", timeout=PATIENCE)


def nothing_is_armed():
    machine.wait_until_fails("systemctl list-units --all --plain --no-legend 'dynix-un*' | grep .", timeout=PATIENCE)


def try_jobs(jobs, wait):
    machine.succeed("systemctl reset-failed", f"dynix append services.worker.jobs {jobs}")
    return machine.succeed(f"dynix apply --confirm {wait} 2>&1")


start_all()
machine.wait_for_unit("worker.service")
machine.succeed("dynix append services.worker.jobs 3 --apply")

with subtest("its record cannot be written: it is taken back, and never again over a reset"):
    try_jobs(6, "10s")
    machine.succeed(f"mount --bind {LASTING} {LASTING}", f"mount -o remount,bind,ro {LASTING}")
    runs(KEPT)
    nothing_is_armed()
    t.assertIn("were taken back: not confirmed within 10s", machine.succeed("dynix status 2>&1"))
    machine.succeed("dynix reset")
    t.assertEqual(worker_arguments(), STATIC)
    machine.succeed(f"umount {LASTING}")
    before = process_start("worker.service")
    machine.succeed("systemctl start dynix-due.service")
    wait_until_ended("dynix-due.service")
    t.assertEqual((worker_arguments(), process_start("worker.service")), (STATIC, before))
    t.assertNotIn("take", machine.succeed("dynix apply 2>&1"))

with subtest("a reset ends what waits where its record cannot be written"):
    try_jobs(6, "600s")
    machine.succeed(f"mount --bind {LASTING} {LASTING}", f"mount -o remount,bind,ro {LASTING}")
    t.assertIn("warning: ", machine.succeed("dynix reset 2>&1"))
    nothing_is_armed()
    machine.succeed(f"umount {LASTING}")
    machine.fail("ls /run/dynix/before-*")
    t.assertIn("nothing waits", machine.fail("dynix confirm 2>&1"))
    t.assertNotIn("taken back now", machine.succeed("dynix apply 2>&1"))

with subtest("an apply names the units that it has taken back what nobody confirmed in"):
    try_jobs(6, "10s")
    machine.succeed("systemctl stop 'dynix-unconfirmed-*.timer'", "sleep 10")
    said = machine.fail("dynix status 2>&1")
    t.assertIn("nothing is armed to take back", said)
    t.assertFalse(json.loads(machine.execute("dynix status --json")[1])["allLive"])
    said = machine.succeed("dynix apply 2>&1")
    t.assertIn("were taken back", said)
    t.assertIn("note: worker.service: restarted; its live process has what was applied before", said)
    t.assertNotIn("unchanged", said)
    t.assertNotIn("nothing to do", said)
    t.assertEqual(worker_arguments(), KEPT)

for what, damage in [("gone", f"rm {RECORD}"), ("empty", f": > {RECORD}"), ("a folder", f"rm {RECORD} && mkdir {RECORD}"), ("gone with its copy", f"rm {RECORD} /run/dynix/confirmation.json")]:
    with subtest(f"its record is {what}: it is taken back all the same"):
        machine.execute(f"rm -r {RECORD}")
        try_jobs(7, "10s")
        machine.succeed(damage)
        runs(KEPT)
        nothing_is_armed()
        t.assertIn("were taken back", machine.succeed("dynix status 2>&1 || true"))
    if "copy" in what:
        t.assertIn("which entries it had brought in is not known any more", machine.succeed("dynix status 2>&1 || true"))
        machine.succeed("dynix undo --last")

with subtest("a unit file of somebody else is in nobody's way back"):
    machine.succeed("dynix apply")
    try_jobs(8, "10s")
    machine.succeed("cp -p /etc/systemd/system/bystander.service /tmp/", "echo '#x' >> /etc/systemd/system/bystander.service")
    runs(KEPT)
    nothing_is_armed()
    machine.succeed("cp -p /tmp/bystander.service /etc/systemd/system/", "systemctl daemon-reload")
    t.assertIn("were taken back", machine.succeed("dynix status 2>&1"))

with subtest("an entry that stays in the file is named by the record, by status and in the journal of dynix"):
    try_jobs(9, "10s")
    machine.succeed("mount --bind /etc/nixos /etc/nixos", "mount -o remount,bind,ro /etc/nixos")
    runs(KEPT)
    nothing_is_armed()
    machine.succeed("umount /etc/nixos")
    t.assertIn("stays in '/etc/nixos/dynamic.nix'", machine.execute("dynix status 2>&1")[1])
    t.assertIn("stays in", json.loads(machine.succeed(f"cat {RECORD}"))["left"][0])
    machine.succeed("journalctl --sync; journalctl -o cat -t dynix | grep 'and the next apply would bring it'")
    machine.succeed("dynix undo --last")

with subtest("--for: status says that its time is over and nothing takes it back, but not of what is not applied"):
    machine.succeed("dynix append services.worker.level debug --for 15s", "dynix append services.worker.jobs 10 --for 20s")
    machine.succeed("dynix apply services.worker.jobs", "systemctl stop 'dynix-end-*.timer'")
    machine.wait_until_succeeds("(dynix status 2>&1 || true) | grep 'nothing is armed to take it back'", timeout=PATIENCE)
    t.assertEqual(len(json.loads(machine.execute("dynix status --json")[1])["problems"]), 1)
    t.assertIn("'services.worker.jobs' has ended", machine.fail("dynix status 2>&1"))
    machine.succeed("dynix apply")
    t.assertEqual(worker_arguments(), KEPT)

with subtest("what cannot be written down does not survive a boot, and that is said"):
    machine.succeed(f"mount --bind {LASTING} {LASTING}", f"mount -o remount,bind,ro {LASTING}")
    machine.succeed("dynix append services.worker.jobs 4")
    t.assertIn("is not applied again after a boot", machine.succeed("dynix apply 2>&1"))
    machine.succeed(f"umount {LASTING}")
