# What an activation says is what is so: of units that show little, that are left over, that end it or are ended with it.
import json

UNITS = "/etc/systemd/system"


def put(name, text, start=True):
    machine.succeed(f"cat > {UNITS}/{name} <<'END'\n{text}END\nsystemctl daemon-reload")
    if start:
        machine.execute(f"systemctl start {name}")


def plan(**units):
    """A plan for services by name: their static and dynamic text."""
    planned = [
        {"name": f"{name}.service", "action": "restart", "static": old, "dynamic": new} for name, (old, new) in units.items()
    ]
    service = {"name": "odd", "options": [], "settleSeconds": 1, "units": planned}
    whole = {"version": 1, "dynamicFile": "", "configuration": "", "verify": "quick", "services": [service]}
    whole |= {"overrides": [], "problems": [], "warnings": [], "leaks": []}
    machine.succeed(f"cat > /run/plan.json <<'END'\n{json.dumps(whole)}\nEND")


def activate(code, *words):
    """Activates the plan, expects the exit code, and these words in what it says."""
    status, said = machine.execute("dynix activate /run/plan.json 2>&1", timeout=60)
    machine.log(f"(exit {status})\n{said}")
    t.assertEqual(status, code)
    for word in words:
        t.assertIn(word, said)


def begin_slow(flags=""):
    """Starts an activation that waits in a start of slow.service; returns when it has changed something."""
    slow = "[Service]\nExecStartPre=/bin/sleep {}\nExecStart=/bin/sleep 1000\n"
    put("slow.service", slow.format(0))
    plan(slow=(slow.format(0), slow.format(5)))
    machine.succeed(f"systemd-run --unit=caller --property=StandardOutput=file:/run/record dynix activate {flags} /run/plan.json")
    machine.wait_until_succeeds("systemctl show -P SubState slow.service | grep start-pre", timeout=20)


def reset():
    machine.succeed("dynix reset", "systemctl reset-failed", "! ls /run/systemd/system/*/zz-dynix.conf 2>/dev/null")


start_all()
bystander = machine.get_unit_property("bystander.service", "InvocationID")

with subtest("a process that has wiped its command line and environment: applied, and called not provable"):
    wiped = "[Service]\nExecStart=/usr/bin/perl -e '$$0 = \"wiped\"; sleep 1000'\nEnvironment=C={}\n"
    put("wiped.service", wiped.format(1))
    plan(wiped=(wiped.format(1), wiped.format(2)))
    activate(0, "wiped.service: restarted with the planned configuration, which no live process can show")
    reset()

with subtest("an assignment that systemd ignores, because it is not UTF-8"):
    odd = "[Service]\nExecStart=/bin/sleep 1000\nEnvironment=C={}\n"
    put("bytes.service", odd.format(1))
    plan(bytes=(odd.format(1), odd.format("\\xff")))
    activate(0, "bytes.service: restarted; its live process has the planned configuration")
    reset()

with subtest("processes of another PID namespace: not provable, and not contradicted"):
    plain = "[Service]\nExecStart=/bin/sleep {}\n"
    put("plain.service", plain.format(1000))
    plan(plain=(plain.format(1000), plain.format(1001)))
    activate(0)
    said = machine.execute("unshare --pid --fork --mount-proc dynix status --json")[1]
    unit = json.loads(said)["units"][0]
    t.assertEqual(unit["standing"], "applied")
    t.assertIn("cannot be seen from here", unit["reason"])
    machine.succeed("dynix status")
    reset()

with subtest("KillMode=process: the new process is proved, and the old one is named"):
    kept = "[Service]\nKillMode=process\nExecStart=/bin/sh -c 'sleep 5{0} & exec sleep 1{0}'\n"
    put("kept.service", kept.format(1))
    plan(kept=(kept.format(1), kept.format(2)))
    # The shell becomes another program, in the old run as in the new one.
    activate(0, "kept.service: process ", "'sleep 51' of an earlier run is still there")
    reset()
    machine.succeed("systemctl stop kept.service; pkill -x sleep -f 'sleep 5' || true")

with subtest("a oneshot whose condition does not hold any more has not been started: that is not done"):
    once = "[Unit]\nConditionPathExists={}\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n"
    put("once.service", once.format("/run"))
    plan(once=(once.format("/run"), once.format("/nowhere")))
    activate(3, "'once.service' was not started: a condition of it (Condition*=) is not met", "the previous state is back")
    t.assertEqual(machine.get_unit_property("once.service", "ActiveState"), "active")

with subtest("a nightly job that failed is not run by an apply"):
    nightly = "[Service]\nType=oneshot\nEnvironment=C={}\nExecStart=/bin/sh -c 'echo >> /run/nightly; exit 1'\n"
    put("nightly.service", nightly.format(1))
    plan(nightly=(nightly.format(1), nightly.format(2)))
    activate(0, "nightly.service: is not running")
    t.assertEqual(machine.succeed("wc -l < /run/nightly").strip(), "1")
    reset()

with subtest("what cannot be restored is named, each unit and how"):
    machine.succeed("cp /bin/sleep /run/program; mount -o remount,exec /run")
    gone = "[Service]\nExecStart=/run/program {}\n"
    for name in ("first", "second"):
        put(f"{name}.service", gone.format(1000))
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
    machine.wait_until_fails("systemctl is-active caller.service", timeout=20)
    machine.succeed("dynix status")
    reset()
