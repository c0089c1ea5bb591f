# What an activation says is what is so: of units that show little, that are left over, that end it or are ended with it.
import json


def begin_slow(flags=""):
    """Starts an activation that waits in a start of slow.service; returns when it is at the gate."""
    put("slow.service", service(1000, GATE), start=True)
    plan(slow=(service(1000, GATE), service(1001, GATE)))
    close_gate()
    # What it says for a person is not part of the record.
    streams = "--property=StandardOutput=truncate:/run/record --property=StandardError=journal"
    machine.succeed(f"systemd-run --unit=caller {streams} dynix activate {flags} /tmp/plan.json")
    wait_at_gate("slow.service")


start_all()
bystander = invocation("bystander.service")

with subtest("a process that has wiped its command line and environment: applied, and called not provable"):
    wipe = "$$0 = \"wiped\"; system(\"systemd-notify --ready\"); sleep 1000"
    wiped = f"[Service]\nType=notify\nNotifyAccess=all\nExecStart=/usr/bin/perl -e '{wipe}'\nEnvironment=C={{}}\n"
    put("wiped.service", wiped.format(1), start=True)
    plan(wiped=(wiped.format(1), wiped.format(2)))
    activate(0, "wiped.service: restarted with the planned configuration, which no live process can show")
    reset()

with subtest("an assignment that systemd ignores, because it is not UTF-8"):
    odd = "[Service]\nExecStart=/bin/sleep 1000\nEnvironment=C={}\n"
    put("bytes.service", odd.format(1), start=True)
    plan(bytes=(odd.format(1), odd.format("\\xff")))
    activate(0, "bytes.service: restarted; its live process has the planned configuration")
    reset()

with subtest("processes of another PID namespace: not provable, and not contradicted"):
    plain = "[Service]\nExecStart=/bin/sleep {}\n"
    put("plain.service", plain.format(1000), start=True)
    plan(plain=(plain.format(1000), plain.format(1001)))
    activate(0)
    said = machine.execute("unshare --pid --fork --mount-proc dynix status --json")[1]
    unit = json.loads(said)["units"][0]
    t.assertEqual(unit["standing"], "applied")
    t.assertIn("cannot be seen from here", unit["reason"])
    machine.succeed("dynix status")
    reset()

with subtest("of units that are not touched nothing is said, where others are"):
    for name in ("plain", "other"):
        put(f"{name}.service", service(1000), start=True)
    plan(plain=(service(1000), service(1001)), other=(service(1000), service(1000)))
    said = machine.succeed("dynix activate /tmp/plan.json 2>/dev/null")
    t.assertEqual(said, "plain.service: restarted; its live process has the planned configuration\n")
    reset()

with subtest("what systemd has started and not executed yet is waited for: an idle service, while there is a job"):
    idle = service("{}", "Type=idle")
    put("idle.service", idle.format(1000), start=True)
    t.assertEqual(argument("idle.service"), "1000")
    machine.succeed("systemd-run --no-block --unit=busy --service-type=oneshot sleep 1000")
    plan(settle=0, idle=(idle.format(1000), idle.format(1001)))
    activate(0, "idle.service: restarted; its live process has the planned configuration")
    machine.succeed("systemctl restart idle.service", "dynix status")
    machine.succeed("systemctl restart idle.service")
    t.assertEqual(argument("idle.service"), "1001")
    machine.succeed("systemctl stop busy.service")
    reset()

with subtest("a file of variables: refused where it hides the override, and never called live where it may"):
    noted = "[Service]\nEnvironment=NOTE={}\nEnvironmentFile=-/run/variables\nExecStart=/bin/sleep 1000\n"
    put("noted.service", noted.format("static"), start=True)
    plan(noted=(noted.format("static"), noted.format("dynamic")))
    machine.succeed("echo NOTE=admin > /run/variables")
    activate(1, "'/run/variables', an EnvironmentFile= of 'noted.service', sets NOTE, which an override changes, and so hides it")
    machine.succeed("rm /run/variables")
    activate(0, "noted.service: restarted; its live process has the planned configuration")
    machine.succeed("dynix status")
    # systemd reads the file when it starts the unit; nobody can know what was in it then.
    machine.succeed("echo NOTE=admin > /run/variables; systemctl restart noted.service; rm /run/variables")
    t.assertEqual(variable_of("noted.service", "NOTE"), "admin")
    unit = json.loads(machine.fail("dynix status --json"))["units"][0]
    t.assertEqual(unit["standing"], "applied")
    t.assertEqual(unit["reason"], "NOTE is something else than NOTE=dynamic: EnvironmentFile= may set it")
    activate(0, "nothing to do: every unit has its drop-in", "noted.service: unchanged; NOTE is something else than NOTE=dynamic")
    reset()

with subtest("what hides an override that is applied is seen, and what does not run is not said to run"):
    limited = "[Service]\nExecStart=/bin/sleep 1000\nMemoryMax={}M\n"
    put("limited.service", limited.format(100), start=True)
    plan(limited=(limited.format(100), limited.format(200)))
    activate(0)
    activate(0, "nothing to do: what runs is what is planned")
    machine.succeed("systemctl set-property --runtime limited.service MemoryMax=77M")
    unit = json.loads(machine.fail("dynix status --json"))["units"][0]
    t.assertEqual(unit["standing"], "pending")
    t.assertIn("sets MemoryMax, which an override changes,", unit["reason"])
    activate(1, "sets MemoryMax")
    machine.succeed("rm -r /run/systemd/system.control/limited.service.d; systemctl daemon-reload")
    machine.succeed("systemctl stop limited.service")
    for flags in ("--dry-run", ""):
        activate(0, "nothing to do: every unit has its drop-in\nlimited.service: unchanged; the unit is inactive", flags=flags)
    reset()

with subtest("KillMode=process: the new process is proved, and the old one is named"):
    kept = "[Service]\nKillMode=process\nExecStart=/bin/sh -c 'sleep 5{0} & exec sleep 1{0}'\n"
    put("kept.service", kept.format(1), start=True)
    wait_for_command("kept.service", "sleep")
    plan(kept=(kept.format(1), kept.format(2)))
    # The shell becomes another program, in the old run as in the new one.
    activate(0, "kept.service: process ", "'sleep 51' of an earlier run is still there")
    reset()
    machine.succeed("systemctl stop kept.service; pkill -x sleep -f 'sleep 5' || true")

with subtest("a oneshot whose condition does not hold any more has not been started: that is not done"):
    once = "[Unit]\nConditionPathExists={}\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n"
    put("once.service", once.format("/run"), start=True)
    plan(once=(once.format("/run"), once.format("/nowhere")))
    activate(3, "'once.service' was not started, as a condition of it (Condition*=, ExecCondition=) does not hold", "the previous state is back")
    t.assertEqual(machine.get_unit_property("once.service", "ActiveState"), "active")

with subtest("a nightly job that failed is not run by an apply"):
    nightly = "[Service]\nType=oneshot\nEnvironment=C={}\nExecStart=/bin/sh -c 'echo >> /run/nightly; exit 1'\n"
    put("nightly.service", nightly.format(1), start=True)
    plan(nightly=(nightly.format(1), nightly.format(2)))
    activate(0, "nightly.service: is not running")
    t.assertEqual(machine.succeed("wc -l < /run/nightly").strip(), "1")
    reset()

with subtest("what cannot be restored is named, each unit and how"):
    machine.succeed("cp /bin/sleep /run/program; mount -o remount,exec /run")
    gone = "[Service]\nExecStart=/run/program {}\n"
    for name in ("first", "second"):
        put(f"{name}.service", gone.format(1000), start=True)
    machine.succeed("mv /run/program /run/moved")
    plan(first=(gone.format(1000), gone.format(1001)), second=(gone.format(1000), gone.format(1001)))
    activate(4, "not as it was: 'first.service'", "not as it was: 'second.service'", "failed")
    machine.succeed("mv /run/moved /run/program")
    reset()

with subtest("while an activation is under way, status says so"):
    begin_slow()
    said = machine.fail("dynix status 2>&1")
    t.assertIn("an activation is under way, by process ", said)
    t.assertNotIn("interrupted", said)
    t.assertNotIn("no apply recorded", said)
    open_gate()
    wait_until_ended("caller.service")
    machine.succeed("dynix status")
    reset()

with subtest("an activation that is killed leaves a record too"):
    begin_slow("--json")
    machine.succeed("systemctl kill --signal=KILL 'dynix-activation-*'")
    wait_until_ended("caller.service")
    record = json.loads(machine.succeed("cat /run/record"))
    t.assertEqual((record["result"], record["exitCode"]), ("failed-left", 4))
    t.assertEqual(record["left"], ["'slow.service': its drop-in is not the previous one, and it is being started"])
    t.assertEqual([(unit["name"], unit["restarted"]) for unit in record["units"]], [("slow.service", True)])
    t.assertIn("was interrupted", machine.fail("dynix status 2>&1"))
    machine.execute("systemctl stop slow.service")
    open_gate()
    reset()

with subtest("a service that has itself changed: the activation works on when its caller ends"):
    watch = "while sleep 0.2; do [ -e /run/hook ] && mv /run/hook /run/flags && dynix activate $$(cat /run/flags) /tmp/plan.json > /run/said 2>&1; done"
    hook = f"[Service]\nEnvironment=C=1 PATH=/usr/local/bin:/usr/bin:/bin\nExecStart=/bin/sh -c '{watch}'\n"
    put("hook.service", hook, start=True)
    plan(hook=(hook, hook.replace("C=1", "C=2")))
    machine.succeed("echo --here > /run/hooked; mv /run/hooked /run/hook")
    machine.wait_until_succeeds("grep \"this command runs in 'hook.service'\" /run/said", timeout=PATIENCE)
    t.assertEqual(variable_of("hook.service", "C"), "1")
    before = invocation("hook.service")
    machine.succeed("echo > /run/hooked; mv /run/hooked /run/hook")
    machine.wait_until_fails(f"systemctl show -P InvocationID hook.service | grep {before}", timeout=PATIENCE)
    machine.wait_until_succeeds("dynix status", timeout=PATIENCE)
    t.assertEqual(variable_of("hook.service", "C"), "2")
    machine.succeed("grep 'works on' /run/said")
    reset()

with subtest("nobody else was touched"):
    t.assertEqual(invocation("bystander.service"), bystander)
