# What an apply finds to have changed since systemd read it is what systemd itself says, in whatever way it changed.

import random
import re

FILE = f"printf '{service(1000)}' >"
OLD = "touch -h -d 2001-01-01"
CONF = "printf '[Unit]\\nDescription=other\\n' >"
GENERATOR = f"""#!/bin/sh
printf '[Unit]\\nSourcePath=/opt/source\\n{service(1000)}' > $1/made.service
mkdir -p $1/made.service.d; printf '[Unit]\\n' > $1/made.service.d/a.conf
"""
# Where unit files are, and what is there before each case; all of them run.
BEFORE = f"""
mkdir -p /opt/a /opt/b /opt/links /opt/drop /usr/local/lib/systemd/system /run/systemd/system-generators {UNITS}/plain.service.d
cd {UNITS}
{FILE} plain.service; {CONF} plain.service.d/a.conf; {FILE} pre-fix.service; {FILE} template@.service
{FILE} /opt/a/linked.service; {FILE} /opt/b/linked.service; ln -s /opt/a/linked.service linked.service
{FILE} /opt/a/far.service; {FILE} /opt/b/far.service; ln -s ../a /opt/links/next; ln -s /opt/links/next/far.service far.service
{FILE} /usr/local/lib/systemd/system/local.service; ln -s plain.service alias.service
{FILE} /opt/drop/source; touch /opt/source
mkdir /opt/drop/d; {CONF} /opt/drop/d/a.conf; {FILE} drop.service; ln -s /opt/drop/d drop.service.d
{FILE} sourced.service; printf '[Unit]\\nSourcePath=/opt/source\\n' >> sourced.service
cp /tmp/generator /run/systemd/system-generators/maker; chmod +x /run/systemd/system-generators/maker
"""
RUNNING = "plain pre-fix template@1 linked far local drop sourced made planned"
AFTER = f"""
systemctl stop {RUNNING} run-made; rm -rf /opt/* /usr/local/lib/systemd /run/systemd/system-generators
cd {UNITS}; rm -rf plain* pre-* template* linked* far* alias* drop* sourced* made* service.d
umount -q /usr/local/lib
"""

# By which commands; the times of files are those of the change where nothing else is said.
CHANGES = {
    "nothing": "true",
    "a file is edited": f"{CONF} {UNITS}/plain.service",
    "a file is edited, with an old time": f"{CONF} {UNITS}/plain.service; {OLD} {UNITS}/plain.service",
    "a file is exchanged for one with an old time": f"{FILE} /opt/x; {OLD} /opt/x; mv /opt/x {UNITS}/plain.service",
    "a file is removed": f"rm {UNITS}/plain.service",
    "a file of a template is edited": f"{CONF} {UNITS}/template@.service",
    "a link leads to another file": f"ln -sfn /opt/b/linked.service {UNITS}/linked.service",
    "a link leads to an older file": f"{OLD} /opt/b/linked.service; ln -sfn /opt/b/linked.service {UNITS}/linked.service",
    "what a link leads to is edited": f"{CONF} /opt/a/linked.service",
    "what a link leads to is removed": "rm /opt/a/linked.service",
    "what a link leads to is removed with its folder": "rm -r /opt/a",
    "a link between leads elsewhere": "touch /opt/b/far.service; ln -sfn ../b /opt/links/next",
    "a link between leads to a file that was touched before": "ln -sfn ../b /opt/links/next",
    "a link between is removed": "rm /opt/links/next",
    "the folder of a link is another one": "mv /opt/a /opt/c; mv /opt/b /opt/a",
    "the source of a unit is edited": "echo >> /opt/source",
    "the source of a unit is removed": "rm /opt/source",
    "a drop-in comes": f"{CONF} {UNITS}/plain.service.d/b.conf",
    "a drop-in comes with its folder": f"mkdir {UNITS}/pre-fix.service.d; {CONF} {UNITS}/pre-fix.service.d/b.conf",
    "a drop-in is edited": f"{CONF} {UNITS}/plain.service.d/a.conf",
    "a drop-in goes": f"rm {UNITS}/plain.service.d/a.conf",
    "a drop-in goes with its folder": f"rm -r {UNITS}/plain.service.d",
    "a drop-in is masked": f"ln -s /dev/null {UNITS}/plain.service.d/c.conf",
    "a drop-in is hidden by one of another folder": "mkdir -p /etc/systemd/system.control/plain.service.d; ln -s /dev/null /etc/systemd/system.control/plain.service.d/a.conf",
    "a drop-in of an alias comes": f"mkdir {UNITS}/alias.service.d; {CONF} {UNITS}/alias.service.d/b.conf",
    "a drop-in of a prefix comes": f"mkdir {UNITS}/pre-.service.d; {CONF} {UNITS}/pre-.service.d/b.conf",
    "a drop-in of all services comes": f"mkdir {UNITS}/service.d; {CONF} {UNITS}/service.d/b.conf",
    "a drop-in of a template comes": f"mkdir {UNITS}/template@.service.d; {CONF} {UNITS}/template@.service.d/b.conf",
    "a drop-in comes into a folder behind a link": f"{CONF} /opt/drop/d/b.conf",
    "a drop-in goes from a folder behind a link": "rm /opt/drop/d/a.conf",
    "the folder behind a link goes": "rm -r /opt/drop/d",
    "a link to a folder of drop-ins goes": f"rm {UNITS}/drop.service.d",
    "a folder of unit files goes": "rm -r /usr/local/lib/systemd",
    "a file that a generator made is removed": "rm /run/systemd/generator/made.service",
    "a file that a generator made is edited": "echo >> /run/systemd/generator/made.service",
    "a drop-in that a generator made is removed": "rm -r /run/systemd/generator/made.service.d",
    "the file of a transient unit is removed": "rm /run/systemd/transient/run-made.service",
    "the drop-ins of a transient unit are removed": "rm -rf /run/systemd/transient/run-made.service.d",
    "another file system is there": "mount -t tmpfs none /usr/local/lib",
    "what is wanted changes": f"mkdir -p {UNITS}/plain.service.wants; ln -s ../far.service {UNITS}/plain.service.wants/",
}


def systemd_says():
    """Of the services: no case has another unit, and systemd takes 3 ms for each that it is asked about."""
    shown = machine.execute("systemctl show '*.service' --property=Id,NeedDaemonReload | grep -B 1 '^NeedDaemonReload=yes$' | sed -n 's/^Id=//p'")[1]
    return set(shown.split())


def an_apply_says():
    said = machine.execute("dynix activate --dry-run /tmp/plan.json 2>&1")[1]
    return set(re.findall(r"the unit files of '(\S+)' have changed", said)), said


start_all()
machine.succeed(f"cat > /tmp/generator <<'END'\n{GENERATOR}END")
text = service(1000)
wrong = []
changed = 0
cases = {name: [change] for name, change in CHANGES.items()}
for seed in range(10):
    several = random.Random(seed).sample(sorted(CHANGES), 3)
    cases[", ".join(several)] = [CHANGES[name] for name in several]
for name, changes in cases.items():
    with subtest(name):
        machine.succeed(BEFORE)
        put("planned.service", text)
        machine.succeed(f"systemctl start {RUNNING}; systemd-run --unit run-made -p MemoryMax=1G sleep 1000")
        machine.succeed("systemctl set-property --runtime run-made.service CPUWeight=50; systemctl daemon-reload")
        plan(settle=0, planned=(text, text.replace("1000", "1001")))
        for change in changes:
            # What one has removed, the next one may miss.
            status, _ = machine.execute(change)
            t.assertTrue(status == 0 or len(changes) > 1)
        expected = systemd_says()
        changed += bool(expected)
        found, said = an_apply_says()
        machine.log(f"changed: {', '.join(sorted(expected)) or 'none'}")
        # Those that an apply has loaded since.
        more = {unit for unit in found - expected if machine.get_unit_property(unit, "NeedDaemonReload") == "yes"}
        if found - more != expected:
            machine.log(f"*** an apply says: {', '.join(sorted(found)) or 'none'}\n{said}")
            wrong.append(name)
        machine.execute(AFTER)
        machine.succeed("rm -rf /etc/systemd/system.control /run/systemd/system.control; systemctl daemon-reload; systemctl reset-failed")

with subtest("what an apply has written is older than what systemd has read, also by the clock of files"):
    put("planned.service", text, start=True)
    plan(settle=0, planned=(text, text.replace("1000", "1001")))
    activate(0)
    asked = "busctl get-property org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager UnitsLoadTimestamp"
    read = int(machine.succeed(asked).split()[1]) / 1e6
    written = float(machine.succeed("stat -c %.9Z /run/systemd/system"))
    # A tick takes a millisecond at least.
    t.assertGreater(read - written, 0.001)
    reset()

t.assertEqual(wrong, [])
# Where systemd says nothing of any case, silence would do.
t.assertGreater(changed, 30)
