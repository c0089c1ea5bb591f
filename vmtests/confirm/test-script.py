# An apply that has to be confirmed, and overrides that end by themselves: every end of them, on a real systemd.
import json

RECORD = "/var/lib/dynix/confirmation.json"
STATIC = "--jobs 12 --level warning"


def record():
    return json.loads(machine.succeed(f"cat {RECORD}"))


def ends(phase):
    """Waits until what had to be confirmed has ended so, and nothing of systemd's is left of it."""
    machine.wait_until_succeeds(f"grep -qE '\"phase\": ?\"{phase}\"' {RECORD}", timeout=PATIENCE)
    machine.wait_until_fails("systemctl list-units --all --plain --no-legend 'dynix-un*' | grep .", timeout=PATIENCE)
    return record()


def times_of(timer):
    """When a timer elapses, by which clocks."""
    return machine.succeed(f"systemctl show -p TimersMonotonic -p TimersCalendar {timer}").strip()


def append(jobs, more=""):
    machine.succeed("systemctl reset-failed", f"dynix append services.worker.jobs {jobs} {more}")


def apply(wait, who="alice", more=""):
    return machine.succeed(f"SUDO_USER={who} dynix apply --confirm {wait} {more} 2>&1")


def expect_in_file(*numbers):
    """The entries with overrides in the dynamic file, and what the last line says."""
    entries = json.loads(machine.succeed("dynix log --json"))["entries"]
    t.assertEqual([one["number"] for one in entries if one["overrides"]], list(numbers))
    return entries[-1]


start_all()
machine.wait_for_unit("worker.service")
# Nobody reads what is said: what was asked for is done all the same.
append(4, "--apply | true")
t.assertEqual(worker_arguments(), "--jobs 4 --level warning")

with subtest("confirmed: it stays, and nothing takes it back"):
    append(5)
    said = apply("600s")
    t.assertIn("are taken back in", said)
    t.assertNotIn("not in the plan", said)
    status = json.loads(machine.succeed("dynix status --json"))
    t.assertEqual(status["confirmation"]["by"], "alice")
    t.assertLessEqual(status["confirmation"]["millisecondsLeft"], 600000)
    t.assertIn("unless 'dynix confirm' keeps them", machine.succeed("dynix status 2>&1"))
    # What does not need the dynamic file is seen also where that is broken.
    machine.succeed("cp -p /etc/nixos/dynamic.nix /tmp/ && echo '{' >> /etc/nixos/dynamic.nix")
    said = machine.fail("dynix status 2>&1")
    machine.succeed("cp -p /tmp/dynamic.nix /etc/nixos/")
    t.assertRegex(said, r"(?s)^live +services\.worker\.jobs = 5\n.*unless 'dynix confirm' keeps them.*/etc/nixos/dynamic.nix:\d+")
    timer = f"dynix-unconfirmed-{record()['id']}.timer"
    machine.succeed(f"systemctl is-active {timer}")
    # By a clock that does not jump.
    t.assertRegex(times_of(timer), r"^TimersMonotonic=\{ OnActiveUSec=10min ;[^{]*$")
    t.assertIn("wait to be confirmed", machine.fail("dynix apply 2>&1"))
    refused = machine.fail("SUDO_USER=bob dynix confirm 2>&1")
    t.assertIn("by alice only, not by bob", refused)
    machine.succeed("SUDO_USER=alice dynix confirm | true")
    t.assertEqual(ends("confirmed")["end"], "confirmed by alice")
    t.assertEqual(worker_arguments(), "--jobs 5 --level warning")
    machine.fail("dynix confirm")

with subtest("silence: what was applied before is back, exit 3, and the entry is taken back by name"):
    append(6)
    status, said = machine.execute("SUDO_USER=alice dynix apply --confirm 2s --wait 2>&1")
    machine.log(said)
    t.assertEqual(status, 3)
    t.assertIn("its live process has the planned configuration", said)
    t.assertEqual(ends("taken-back")["end"], "not confirmed within 2s")
    t.assertEqual(worker_arguments(), "--jobs 5 --level warning")
    t.assertEqual(expect_in_file(1, 2)["message"], "not confirmed within 2s")
    machine.succeed("dynix status")
    machine.succeed("journalctl --sync; journalctl -o cat -t dynix | grep 'were taken back: not confirmed within 2s'")

with subtest("a time that is over before the proof runs from the proof all the same"):
    append(7)
    said = apply("200ms")
    t.assertIn("its live process has the planned configuration", said)
    ends("taken-back")
    t.assertEqual(worker_arguments(), "--jobs 5 --level warning")

with subtest("cancelled, by somebody else"):
    append(8)
    apply("600s")
    machine.succeed("SUDO_USER=bob dynix confirm --cancel")
    t.assertEqual(ends("taken-back")["end"], "cancelled by bob")
    t.assertEqual(worker_arguments(), "--jobs 5 --level warning")

with subtest("cancelled and reset, behind su: by the login that the kernel remembers"):
    for command, end in [("dynix confirm --cancel", "cancelled by daemon"), ("dynix reset", "not confirmed before a reset by daemon")]:
        append(8)
        apply("600s")
        machine.succeed(f"sh -c 'echo 1 > /proc/self/loginuid; {command}'")
        t.assertEqual(ends("taken-back")["end"], end)
        t.assertEqual(expect_in_file(1, 2)["user"], "daemon")
    machine.succeed("dynix apply")

with subtest("what a person writes under the number meanwhile is not taken back, and not kept by a confirmation"):
    append(8)
    apply("10s")
    machine.succeed("sed -i -E 's/(worker.jobs = lib.mkOverride .-[0-9]+.) 8;/\\1 88;/' /etc/nixos/dynamic.nix")
    number = record()["entries"][0]["entry"]
    ends("taken-back")
    t.assertEqual(worker_arguments(), "--jobs 5 --level warning")
    t.assertEqual(expect_in_file(1, 2, number)["overrides"][0]["value"], 88)
    kept = machine.succeed("cat /var/lib/dynix/entries.json")
    machine.succeed("dynix undo --last")
    append(9)
    apply("600s")
    machine.succeed("sed -i -E 's/(worker.jobs = lib.mkOverride .-[0-9]+.) 9;/\\1 99;/' /etc/nixos/dynamic.nix")
    machine.succeed("SUDO_USER=alice dynix confirm")
    t.assertEqual(worker_arguments(), "--jobs 9 --level warning")
    t.assertEqual(len(json.loads(machine.succeed("cat /var/lib/dynix/entries.json"))["entries"]), len(json.loads(kept)["entries"]) + 1)
    # So it is new to the next one, and goes with it.
    apply("1s")
    ends("taken-back")
    t.assertEqual(worker_arguments(), "--jobs 9 --level warning")
    expect_in_file(1, 2)
    machine.succeed("dynix apply")

with subtest("the caller is killed in the middle, and the session is lost: it is taken back"):
    append(9)
    settle_for(10)
    machine.succeed("systemd-run --unit=session --property=KillMode=process sh -c 'SUDO_USER=alice dynix apply --confirm 20s; true'")
    wait_until_activating()
    machine.succeed("systemctl kill --signal=KILL session.service 'dynix-activation-*'")
    settle_for(1)
    t.assertEqual(record()["phase"], "activating")
    machine.fail("dynix status")
    t.assertEqual(ends("taken-back")["end"], "not confirmed within 20s")
    t.assertEqual(worker_arguments(), "--jobs 5 --level warning")
    machine.succeed("dynix status")

with subtest("its time is over while another one holds the lock: it waits, and then it is taken back"):
    append(10)
    apply("10s")
    hold("/run/dynix/lock")
    unit = f"dynix-unconfirmed-{record()['id']}.service"
    machine.wait_until_succeeds(f"systemctl is-active {unit}", timeout=PATIENCE)
    t.assertEqual(record()["phase"], "waiting")
    machine.succeed("systemctl stop holder.service")
    ends("taken-back")
    t.assertEqual(worker_arguments(), "--jobs 5 --level warning")

with subtest("its time is over during a switch: it waits for its end"):
    append(10)
    apply("10s")
    hold("/run/nixos/switch-to-configuration.lock", unit="switching")
    unit = f"dynix-unconfirmed-{record()['id']}.service"
    machine.wait_until_succeeds(f"systemctl is-active {unit}", timeout=PATIENCE)
    t.assertEqual((record()["phase"], worker_arguments()), ("waiting", "--jobs 10 --level warning"))
    machine.succeed("systemctl stop switching.service")
    ends("taken-back")
    t.assertEqual(worker_arguments(), "--jobs 5 --level warning")

with subtest("the return is killed: systemd runs it again"):
    append(11)
    apply("10s")
    unit = f"dynix-unconfirmed-{record()['id']}.service"
    hold("/run/dynix/lock")
    machine.wait_until_succeeds(f"systemctl is-active {unit}", timeout=PATIENCE)
    machine.succeed(f"systemctl kill --signal=KILL {unit}", "systemctl stop holder.service")
    ends("taken-back")
    t.assertEqual(worker_arguments(), "--jobs 5 --level warning")

with subtest("a reset and a switch end it"):
    for jobs, command, end in [(13, "SUDO_USER=bob dynix reset", "reset by bob"), (14, "nixos-rebuild switch", "switch")]:
        append(jobs)
        apply("600s")
        machine.succeed(command)
        t.assertEqual(ends("taken-back")["end"], f"not confirmed before a {end}")
        t.assertEqual(worker_arguments(), STATIC)
        expect_in_file(1, 2)
    machine.succeed("dynix apply")

with subtest("a soft reboot: it still waits, and is taken back in its time"):
    append(15)
    apply("45s")
    soft_reboot("worker.service")
    t.assertEqual(record()["phase"], "waiting")
    armed = f"systemctl list-units --plain --no-legend --state=active 'dynix-unconfirmed-{record()['id']}*.timer' | grep ."
    machine.log(machine.wait_until_succeeds(armed, timeout=PATIENCE))
    ends("taken-back")
    t.assertEqual(worker_arguments(), "--jobs 5 --level warning")

with subtest("a reboot: nobody has confirmed it, so its entry is gone; an override that is over is not applied again"):
    append(16, "--for 1h")
    machine.succeed("dynix apply")
    append(17)
    apply("600s")
    # As if the hour were over: the file is what counts.
    machine.succeed("sed -i -E 's/ until [0-9T:-]+Z/ until 2020-01-01T00:00:00Z/' /etc/nixos/dynamic.nix")
    machine.reboot()
    machine.wait_for_unit("worker.service")
    t.assertEqual(ends("taken-back")["end"], "not confirmed before a reboot")
    machine.wait_until_fails("dynix log --json | grep 'until'", timeout=PATIENCE)
    last = expect_in_file(1, 2)
    t.assertEqual(last["message"], "its time is over")
    t.assertEqual(worker_arguments(), STATIC)

with subtest("--for: systemd has its end again after a boot, by the date"):
    append(18, "--for 1h")
    machine.succeed("dynix apply")
    until = json.loads(machine.succeed("dynix log --json"))["entries"][-1]["until"]
    machine.reboot()
    machine.wait_for_unit("worker.service")
    timer = machine.wait_until_succeeds("systemctl list-units --plain --no-legend --state=active 'dynix-end-*.timer' | grep .", timeout=PATIENCE).split()[0]
    t.assertRegex(times_of(timer), rf"^TimersCalendar=\{{ OnCalendar={until[:10]} {until[11:19]} UTC ;[^{{]*$")
    machine.succeed("dynix undo --last")

with subtest("--for: an end that a person writes counts from the next apply on, and one beyond systemd's years is in nobody's way"):
    machine.succeed("dynix append services.worker.level info --for 1h")
    machine.succeed("sed -i -E 's/ until [0-9T:-]+Z/ until 2300-01-01T00:00:00Z/' /etc/nixos/dynamic.nix")
    append(18, "--for 1h")
    machine.succeed("sed -i -E \"s/ until 20[0-9T:-]+Z/ until $(date -u -d '20 seconds' +%Y-%m-%dT%H:%M:%SZ)/\" /etc/nixos/dynamic.nix")
    t.assertNotIn("warning", machine.succeed("dynix apply 2>&1"))
    machine.wait_until_succeeds("tr '\\0' ' ' < /proc/$(systemctl show -P MainPID worker.service)/cmdline | grep -e '--jobs 5 '", timeout=PATIENCE)
    machine.succeed("dynix undo services.worker.level")

with subtest("--for: what is confirmed stays, also when systemd takes no timer for its end"):
    folder = "/run/systemd/system/dynix-end-.timer.d"
    machine.succeed(f"mkdir {folder}", f"printf '[Unit]\\nRefuseManualStart=yes\\n' > {folder}/none.conf", "systemctl daemon-reload")
    append(18, "--for 1h")
    apply("600s")
    t.assertIn("warning: systemd cannot start 'dynix-end-", machine.succeed("SUDO_USER=alice dynix confirm 2>&1"))
    ends("confirmed")
    machine.succeed(f"rm -r {folder}", "systemctl daemon-reload", "dynix undo --last")

with subtest("--for: it ends by itself in the running service and in the file, and nobody's pending entry comes with that"):
    machine.succeed("dynix apply")
    append(18, "--for 30s")
    machine.succeed("dynix apply")
    t.assertEqual(worker_arguments(), "--jobs 18 --level warning")
    t.assertIn("until 20", machine.succeed("dynix status"))
    t.assertRegex(machine.succeed("dynix why services.worker.jobs"), r"entry \d+ +18 .*; until 20")
    machine.succeed("dynix append services.worker.level error")
    machine.wait_until_succeeds("dynix log | grep 'its time is over'", timeout=PATIENCE)
    machine.wait_until_succeeds("tr '\\0' ' ' < /proc/$(systemctl show -P MainPID worker.service)/cmdline | grep -e '--jobs 5 '", timeout=PATIENCE)
    t.assertEqual(worker_arguments(), "--jobs 5 --level warning")
    machine.wait_until_fails("ls /run/dynix/*.nix", timeout=PATIENCE)

with subtest("--for: an end that fails is said to everybody"):
    machine.succeed("dynix undo --last")
    append(19, "--for 20s")
    machine.succeed("dynix apply", "mv /etc/nixos/system.nix /etc/nixos/away.nix")
    said = "journalctl --sync; journalctl -o cat -t dynix | grep 'overrides that have ended are still in effect'"
    machine.wait_until_succeeds(said, timeout=PATIENCE)
    t.assertEqual(worker_arguments(), "--jobs 19 --level warning")
    machine.succeed("mv /etc/nixos/away.nix /etc/nixos/system.nix", "dynix apply")
    t.assertEqual(worker_arguments(), "--jobs 5 --level warning")

with subtest("--for: what was over before it was applied ends at once"):
    append(20, "--for 15s")
    machine.succeed("dynix diff")
    machine.wait_until_fails("dynix log --json | grep until", timeout=PATIENCE)
    machine.succeed("dynix activate /run/dynix/pending/plan.json")
    machine.wait_until_succeeds("tr '\\0' ' ' < /proc/$(systemctl show -P MainPID worker.service)/cmdline | grep -e '--jobs 5 '", timeout=PATIENCE)

with subtest("a record that cannot be read: it is said to everybody what waits, and a reset goes on without it"):
    append(21)
    apply("10s")
    # With what would do in its place.
    machine.succeed(f": > {RECORD}", "rm /run/dynix/confirmation.json /run/dynix/before-*.json")
    machine.wait_until_succeeds("journalctl --sync; journalctl -o cat -t dynix | grep 'overrides that nobody has confirmed may still be in effect'", timeout=PATIENCE)
    t.assertIn("may wait to be confirmed: 'dynix reset' takes it back", machine.fail("dynix status 2>&1"))
    t.assertEqual(machine.fail("dynix apply 2>&1").count("not valid JSON"), 1)
    t.assertEqual(machine.fail("dynix due 2>&1").count("not valid JSON"), 1)
    t.assertIn(f"warning: '{RECORD}' cannot be read", machine.succeed("dynix reset 2>&1"))
    t.assertEqual(worker_arguments(), STATIC)
    machine.succeed("systemctl stop 'dynix-unconfirmed-*.service'", "dynix undo --last", "dynix apply")

with subtest("nothing to try: what is applied already is kept, and nothing waits"):
    machine.succeed("dynix undo --last")
    append(5)
    t.assertIn("nothing waits to be confirmed", apply("600s"))
    kept = json.loads(machine.succeed("cat /var/lib/dynix/entries.json"))["entries"]
    t.assertIn(max(one["number"] for one in json.loads(machine.succeed("dynix log --json"))["entries"]), [one["entry"] for one in kept])
