# An activation does not end with its caller: hang-up, kill and logout leave it working; Ctrl-C makes it restore.
import re

ACTIVATIONS = "systemctl list-units --plain --no-legend 'dynix-activation-*'"


def begin(command):
    """Starts the command in a session of its own, with a terminal; returns when its activation is under way, which has to
    last until then."""
    # As a session that sshd gave up: nobody but the terminal tells its processes, and none gets SIGTERM.
    session = "systemd-run --quiet --unit=session --property=KillMode=process"
    machine.succeed(f"systemctl reset-failed; {session} script -qec '{command}' /run/said")
    machine.wait_until_succeeds(f"test -n \"$({ACTIVATIONS})\"", timeout=PATIENCE)


def end():
    """Waits until no activation is under way; what the session's command ended with."""
    machine.wait_until_succeeds(f"test -z \"$({ACTIVATIONS})\"", timeout=PATIENCE)
    wait_until_ended("session.service")
    machine.log(machine.execute("tr -d '\\r' < /run/said")[1])
    return int(machine.get_unit_property("session.service", "ExecMainStatus"))


start_all()
machine.wait_for_unit("worker.service")
bystander = machine.get_unit_property("bystander.service", "InvocationID")
jobs = 20
give_gate("worker.service")

for what, kill in {
    "the whole session is killed": "systemctl kill --signal=KILL session.service",
    "the terminal is hung up": "kill -KILL $(systemctl show -P MainPID session.service)",
}.items():
    with subtest(f"{what}: the activation ends by itself, and the journal has what it said"):
        jobs += 1
        machine.succeed(f"dynix append services.worker.jobs {jobs}")
        close_gate()
        begin("dynix apply")
        wait_at_gate("worker.service")
        machine.succeed(kill)
        machine.succeed(f"test -n \"$({ACTIVATIONS})\"")
        open_gate()
        end()
        t.assertEqual(worker_arguments(), f"--jobs {jobs} --level warning")
        machine.succeed("dynix status", "journalctl --sync")
        said = machine.succeed("journalctl -o cat -t dynix -n 1")
        t.assertEqual(said.strip(), "worker.service: restarted; its live process has the planned configuration")

for what, kill in {
    "the command is hung up": "pkill -HUP -x dynix -o",
    "what waits for the activation is killed": f"kill -KILL $({ACTIVATIONS} | sed -E 's/dynix-activation-([0-9]+).*/\\1/')",
}.items():
    with subtest(f"{what}: exit 4, it says which unit works on, and nothing is not as it was"):
        jobs += 1
        machine.succeed(f"dynix append services.worker.jobs {jobs}")
        close_gate()
        begin("dynix apply --json")
        wait_at_gate("worker.service")
        machine.succeed(kill)
        # It says so before the activation has ended.
        wait_until_ended("session.service")
        # The journal comes to what the activation says when that has ended.
        machine.succeed("systemctl kill --signal=STOP systemd-journald")
        open_gate()
        t.assertEqual(end(), 4)
        machine.succeed("systemctl kill --signal=CONT systemd-journald")
        said = machine.succeed("cat /run/said")
        unit = re.search(r'"worksOn": ?"(dynix-activation-\d+.service)"', said)[1]
        t.assertIn(f"the activation works on in '{unit}'", said)
        t.assertRegex(said, '"result": ?"failed-left"')
        t.assertNotIn("not as it was", said)
        t.assertEqual(worker_arguments(), f"--jobs {jobs} --level warning")
        machine.succeed("dynix status", "journalctl --sync", f"journalctl -o cat -u {unit} | grep -E '\"result\": ?\"done\"'")

before = worker_arguments()
# They come while it waits for the worker to settle.
settle_for(5)
for what, stop in {
    "Ctrl-C": "pkill -INT -x dynix -o",
    "SIGTERM to the command": "pkill -TERM -x dynix -o",
    "the activation's unit is stopped": "systemctl stop 'dynix-activation-*'",
}.items():
    with subtest(f"{what}: the previous state comes back"):
        machine.succeed("dynix append services.worker.jobs 99")
        begin("dynix apply")
        # Before it has changed anything it would only have to go away.
        wait_until_activating()
        machine.succeed(stop)
        t.assertEqual(end(), 3)
        t.assertEqual(worker_arguments(), before)
        machine.succeed("! grep 'comes back' /run/said | grep -v 'unless all is done by then'")
        machine.succeed("grep -q 'error: interrupted' /run/said", "grep -q 'the previous state is back' /run/said")

with subtest("Ctrl-C with --no-restore: what is done stays, and nothing is said to come back"):
    begin("dynix apply --no-restore")
    wait_until_activating()
    machine.succeed("pkill -INT -x dynix -o")
    t.assertEqual(end(), 4)
    machine.succeed("grep -q 'note: stopping: what is done so far stays' /run/said", "! grep -q 'comes back' /run/said")
    machine.succeed("dynix reset")

with subtest("the activation itself is killed: exit 4, and the next apply goes on from there"):
    begin("dynix apply")
    wait_until_activating()
    machine.succeed("systemctl kill --signal=KILL 'dynix-activation-*'")
    t.assertEqual(end(), 4)
    machine.succeed("grep -q 'was ended before it could say' /run/said")
    machine.fail("dynix status")
    settle_for(1)
    machine.succeed("dynix apply", "dynix status")
    t.assertEqual(worker_arguments(), "--jobs 99 --level warning")

with subtest("a reset goes on without its caller too"):
    # It waits in its unit, so that there is time for the kill.
    hold("/run/dynix/lock")
    begin("dynix reset")
    machine.succeed("systemctl kill --signal=KILL session.service", "systemctl stop holder.service")
    end()
    t.assertEqual(worker_arguments(), "--jobs 12 --level warning")

with subtest("the script alone does the same, exit code and output included"):
    script = machine.succeed("readlink -f /run/dynix/pending").strip() + "/bin/activate"
    said = machine.succeed(f"{script} 2>/dev/null")
    t.assertIn("its live process has the planned configuration", said)
    t.assertEqual(worker_arguments(), "--jobs 99 --level warning")

with subtest("what systemd cannot start is done here, after a note"):
    program = machine.succeed("ls /usr/lib/dynix/dynix 2>/dev/null || echo /usr/bin/dynix").strip()
    hidden = f"mount -t tmpfs none /mnt; cp {program} /mnt/dynix; LD_LIBRARY_PATH=/usr/lib/dynix/lib /mnt/dynix reset 2>&1"
    said = machine.succeed(f"unshare --mount bash -ec '{hidden}'")
    t.assertIn("not in a unit of its own", said)
    t.assertEqual(worker_arguments(), "--jobs 12 --level warning")

with subtest("nobody else was touched"):
    t.assertEqual(machine.get_unit_property("bystander.service", "InvocationID"), bystander)
